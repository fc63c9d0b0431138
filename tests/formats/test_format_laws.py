"""The language of ``laws.toml``: shapes, order and lives."""

from pathlib import Path
from typing import Any

import pytest

from toolfuzz.core.json import Duplicates, Float
from toolfuzz.formats.laws import Laws
from toolfuzz.formats.reading import Event, Notes
from toolfuzz.formats.shapes import conditions, holds, shape

ONE = {
    "a": {"b": 1, "list": [{"type": "x", "n": "1"}, {"type": "y", "n": 2}]},
    "none": None,
    "twice": Duplicates([("n", 1), ("n", 2)]),
    "real": Float("1.0"),
}


@pytest.mark.parametrize(
    ("line", "breaches"),
    [
        ("a: object", []),
        ("a.b: integer", []),
        ("a.b: string", ["a.b is an integer"]),
        ("a.b = 1", []),
        ("a.b = 2", ["a.b is not 2"]),
        ("a.b = true", ["a.b is not true"]),
        ("a.c: string", ["a.c is missing"]),
        ("a.c?: string", []),
        ("b.c: string", []),
        ("none: string|null", []),
        ("none?: string", ["none is null"]),
        ("a.list[]: object", []),
        ("a.list[].n: string", ["a.list[].n is an integer"]),
        ("a.list[type=x].n: string", []),
        ("a.list[type=y].n: string", ["a.list[type=y].n is an integer"]),
        ("a.list: union", ["a.list is no object with one member"]),
        ("twice.n: string", ["twice.n is an integer"]),
        ("real: number", []),
        ("real: integer", ["real is a number"]),
    ],
)
def test_shapes(line: str, breaches: list[str]) -> None:
    one = shape(line)
    assert list(one.breaches(ONE)) == breaches
    assert holds([one])(ONE) is (not breaches)
    assert holds([shape("a: object"), one, shape("none?: null")])(ONE) is (not breaches)


@pytest.mark.parametrize("line", ["a", "a b: string", "a: text", "a:"])
def test_a_line_that_is_no_shape(line: str) -> None:
    with pytest.raises(ValueError):
        shape(line)


def test_conditions() -> None:
    assert conditions(("a.list[]",))(ONE)
    assert not conditions(("a.more[]",))(ONE)
    assert conditions(("type=x",))({"type": "x"})
    assert not conditions(("type=x", "a"))({"type": "x"})


LAWS = """
kind = "type"
first = "start"
last = ["end"]
once = ["start"]
same = ["id"]
free = ["ping"]
survives = ["block.closed"]

[shows]
"block.fits" = "some-defect"

[must]
"add type=add kind=text" = ["text: string"]

[[life]]
name = "block"
key = ["n"]
open = "open"
within = ["add"]
close = "close"
agree = ["close name = name"]
needs = ["add"]
final = { kind = "end", array = "all", agree = ["name = name"] }
fits = { kind = "add", field = "kind", opened = "kind", table = { text = "text" } }
"""
START: dict[str, Any] = {"type": "start", "id": "1"}
OPEN: dict[str, Any] = {"type": "open", "n": 0, "kind": "text", "name": "x"}
ADD: dict[str, Any] = {"type": "add", "n": 0, "kind": "text", "text": "t"}
CLOSE: dict[str, Any] = {"type": "close", "n": 0, "name": "x"}
END: dict[str, Any] = {"type": "end", "id": "1", "all": [{"name": "x"}]}
RIGHT = [START, OPEN, ADD, CLOSE, END]


@pytest.mark.parametrize(
    ("events", "broken"),
    [
        (RIGHT, []),
        ([START, {"type": "ping", "id": "9"}, *RIGHT[1:]], []),
        (RIGHT[1:], ["first"]),
        (RIGHT[:-1], ["last"]),
        ([START, *RIGHT], ["once"]),
        ([*RIGHT[:-1], {**END, "id": "2"}], ["same"]),
        ([START, ADD, CLOSE, END], ["block.opened add", "block.opened close", "block.final"]),
        ([START, OPEN, OPEN, ADD, CLOSE, END], ["block.twice"]),
        ([START, OPEN, CLOSE, ADD, END], ["block.after"]),
        ([START, OPEN, ADD, END], ["block.closed"]),
        ([START, OPEN, CLOSE, END], ["block.needs add"]),
        ([START, OPEN, ADD, {**CLOSE, "name": "y"}, END], ["block.agree close name"]),
        ([*RIGHT[:-1], {**END, "all": []}], ["block.final"]),
        ([*RIGHT[:-1], {**END, "all": [{"name": "y"}]}], ["block.final name"]),
        ([START, {**OPEN, "kind": "call"}, ADD, CLOSE, END], ["block.fits"]),
        ([START, OPEN, {**ADD, "text": 1}, CLOSE, END], ["text: string"]),
        ([START, OPEN, ADD, {**ADD, "text": 1}, CLOSE, END], ["text: string"]),
        # What broke no law breaks one once its block is closed, or when it only looks the same.
        ([START, OPEN, ADD, ADD, CLOSE, ADD, END], ["block.after"]),
        ([START, {**ADD, "n": True}, ADD, OPEN, ADD, CLOSE, END], ["block.opened add"]),
        (
            [START, OPEN, ADD, {**OPEN, "kind": "call"}, ADD, CLOSE, END],
            ["block.twice", "block.fits"],
        ),
        ([START, OPEN, {**ADD, "kind": []}, ADD, CLOSE, END], []),
        # A key that comes twice hides nothing.
        (
            [START, OPEN, Duplicates([*ADD.items(), ("n", 1)]), ADD, CLOSE, END],
            ["block.opened add"],
        ),
    ],
)
def test_streams(tmp_path: Path, events: list[dict[str, Any]], broken: list[str]) -> None:
    (tmp_path / "laws.toml").write_text(LAWS)
    notes = Notes()
    numbered = [Event(n, "", data) for n, data in enumerate(events)]
    handed_on = list(Laws(str(tmp_path / "laws.toml")).watch(numbered, notes))
    assert handed_on == numbered
    assert [problem.law for problem in notes.all()] == broken
    for problem in notes.all():
        assert problem.severity == ("warn" if problem.law == "block.closed" else "error")
        shown = {"block.fits": "some-defect", "text: string": "bad-field"}
        assert problem.defect == shown.get(problem.law, "")
