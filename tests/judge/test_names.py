"""The ladder of names: which offered tool is meant, and what a strange name is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.judge.names import resolve, split_glued

OFFERED = (
    "get_weather",
    "read",
    "exec",
    "query_dataset",
    "write_file",
    "walk_directory",
    "todowrite",
    "fs.list",
    "Search",
    "search_all",
)


@pytest.mark.parametrize(
    ("name", "tool", "slug"),
    [
        ("get_weather", "get_weather", None),
        ("fs.list", "fs.list", None),
        ("search_all", "search_all", None),
        ("query_dataset<|channel|>commentary", "query_dataset", "polluted"),
        ("<|constrain|>read", "read", "polluted"),
        (" read", "read", "polluted"),
        ("read\n", "read", "polluted"),
        ('"read"', "read", "polluted"),
        ("read()", "read", "polluted"),
        ("read<arg_key>filePath</arg_key>", "read", "polluted"),
        ('read({"path": 1})', "read", "polluted"),
        ("functions.read<|x|>", "read", "polluted"),
        ("default.read", "read", "prefixed"),
        ("functions.get_weather:0", "get_weather", "prefixed"),
        ("mcp__server__read", "read", "prefixed"),
        ("default_api.read", "read", "prefixed"),
        ("read.filePath", "read", "prefixed"),
        ("functionsexec5", "exec", "prefixed"),
        ("get_weather_2", "get_weather", "prefixed"),
        ("walk_directorywrite_filewrite_file", "walk_directory", "concatenated"),
        ("readread", "read", "concatenated"),
        ("read_write_file", "read", "concatenated"),
        ("read,exec", "read", "concatenated"),
        ("<read>", "read", "polluted"),
        ("**read**", "read", "polluted"),
        ("<function=read", "read", "polluted"),
        ("assistant read", "read", "polluted"),
        ("read>{", "read", "polluted"),
        ("read\u2060", "read", "polluted"),
        ("ｒｅａｄ", "read", "polluted"),
        ("read#2", "read", "prefixed"),
        ("Read", "read", "case"),
        ("todo_write", "todowrite", "case"),
        ("getWeather", "get_weather", "case"),
        ("search", "Search", "case"),
        ("", None, "empty"),
        ("  ", None, "empty"),
        (None, None, "empty"),
        ("execute_python", None, "unknown"),
        ("bread", None, "unknown"),
        ("reading", None, "unknown"),
        ("read_all", None, "unknown"),
        ("please read", None, "unknown"),
        ("weather", None, "unknown"),
        ("x" * 5000, None, "unknown"),
    ],
)
def test_ladder(name: str | None, tool: str | None, slug: str | None) -> None:
    assert resolve(name, OFFERED) == (tool, slug)


def test_of_two_that_differ_in_case_the_first_is_meant() -> None:
    assert resolve("GETTIME", ("get_time", "get-time")) == ("get_time", "case")
    assert resolve("get-time", ("get_time", "get-time")) == ("get-time", None)


@given(st.lists(st.sampled_from(OFFERED), min_size=2, max_size=5))
def test_glued_names_come_apart(names: list[str]) -> None:
    parts = split_glued("".join(names), OFFERED)
    assert "".join(parts) == "".join(names)
    assert set(parts) <= set(OFFERED)


@given(st.text(max_size=30), st.lists(st.text(max_size=6), max_size=4))
def test_any_name_gets_an_answer(name: str, offered: list[str]) -> None:
    tool, slug = resolve(name, offered)
    assert (tool is None) == (slug in ("unknown", "empty"))
    assert tool is None or tool in offered
