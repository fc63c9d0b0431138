"""The schema of a case's file is the code's, and the files that we keep are of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from toolfuzz.core.codec import case_from_json, case_schema, case_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.evidence.corpus import read_corpus, starter_folder
from toolfuzz.generate import draw_cases

PUBLISHED = Path(__file__).parents[2] / "docs" / "case.schema.json"
MINIMAL: Any = {
    "origin": "mine",
    "probe": "echo",
    "features": [],
    "tools": [{"name": "f", "description": None, "parameters": {"type": "object"}}],
    "turns": [
        {"messages": [{"role": "user", "content": "Go."}], "expect": {"kind": "no_call"}},
    ],
}


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


def test_it_is_published_as_it_is() -> None:
    """`python scripts/case_schema.py` writes it anew."""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == case_schema()


def test_all_cases_are_of_it(schema: Draft202012Validator) -> None:
    kept = [entry.case for entry in read_corpus(starter_folder())]
    for case in [*kept, *draw_cases(12, seed=1)]:
        assert not list(schema.iter_errors(case_to_json(case)))
    assert not list(schema.iter_errors(MINIMAL))
    assert case_from_json(MINIMAL).at(-1).expect.kind == "no_call"


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("turns", 0, "expect", "kind"), "call"),
        (("turns", 0, "messages", 0, "role"), "assistant"),
        (("tools", 0, "parameters"), []),
        (("turns", 0, "expect"), None),
        (("origin",), 7),
    ],
)
def test_what_the_schema_refuses_we_refuse(
    place: tuple[Any, ...], wrong: Any, schema: Draft202012Validator
) -> None:
    case = json.loads(json.dumps(MINIMAL))
    at = case
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = wrong
    assert list(schema.iter_errors(case))
    with pytest.raises(UsageError, match="not a case"):
        case_from_json(case)
