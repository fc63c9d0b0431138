"""Filters of the user's own tools."""

from typing import Any

import pytest

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools.choose import chosen
from toolfuzz.generate.tools.toolset import Labels, Skipped, ToolSet


def tool(name: str) -> Tool:
    return Tool(name, "", {"type": "object"})


SHOP = ToolSet(
    "tools:api.json",
    tuple(map(tool, ("get_order", "get_user", "delete_user"))),
    (Skipped("put_file", "/x", "no"), Skipped("get_user", "/y", "left out of every call: no")),
    labels={
        "get_order": Labels("/orders/{id}", ("shop",)),
        "get_user": Labels("/users/{id}", ("people", "read")),
        "delete_user": Labels("/users/{id}", ("people",)),
        "put_file": Labels("/files", ("shop",)),
    },
)
FILE = ToolSet("tools:own.json", (tool("get_weather"), tool("Say")))


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({}, ["get_order", "get_user", "delete_user", "get_weather", "Say"]),
        ({"include": ["get_*"]}, ["get_order", "get_user", "get_weather"]),
        ({"include": ["tag:people", "Say"]}, ["get_user", "delete_user", "Say"]),
        ({"exclude": ["path:/users/*"]}, ["get_order", "get_weather", "Say"]),
        ({"include": ["get_*"], "exclude": ["tag:read"]}, ["get_order", "get_weather"]),
        ({"include": ["get_[ou]*"]}, ["get_order", "get_user"]),
    ],
)
def test_a_filter_means_names_tags_and_paths(given: Any, left: list[str]) -> None:
    found = chosen([SHOP, FILE], **given)
    assert [tool.name for one in found for tool in one.tools] == left
    names = {"get_order", "get_user", "delete_user", "put_file", "get_weather", "Say"}
    skipped = {skip.tool for one in found for skip in one.skipped}
    counted = len(set(left) | skipped) + sum(len(one.not_chosen) for one in found)
    assert counted == len(names)


def test_what_was_not_chosen_is_counted_and_not_said_to_be_left_out() -> None:
    (one,) = chosen([SHOP], exclude=["tag:shop"])
    assert (one.not_chosen, [skip.tool for skip in one.skipped]) == (
        ("get_order", "put_file"),
        ["get_user"],
    )


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"include": ["get_oder"]}, "--include get_oder: no tool has such a name", "get_order"),
        ({"include": ["*weath"]}, "no tool has such a name", "did you mean get_weather?"),
        ({"exclude": ["say"]}, "--exclude say: no tool", "did you mean Say?"),
        ({"exclude": ["tag:peple"]}, "no tool has such a tag", "did you mean people?"),
        ({"include": ["path:/zzz"]}, "no tool has such a path", "there are /orders/{id}, "),
        ({"exclude": ["*"]}, "leave no tool", None),
        ({"include": ["put_file"]}, "leave no tool", "put_file: no"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(given: Any, message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as error:
        chosen([SHOP, FILE], **given)
    assert message in error.value.message
    assert (hint or "") in (error.value.hint or "")


def test_only_operations_have_tags() -> None:
    with pytest.raises(UsageError) as error:
        chosen([FILE], include=["tag:x"])
    assert error.value.hint == "tools have a tag only where they come from --openapi"
