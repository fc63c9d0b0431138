"""Which release broke it: rows of made-up answers, and simulated releases with planted breaks."""

import json
import sys
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from made_xinference import make_xinference

from toolfuzz.cli import cli
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.core.talk import play
from toolfuzz.engines import environment, store
from toolfuzz.engines.history import History, KnownOnEngine, Tried, history
from toolfuzz.engines.releases import SAMPLED, released_between, releases, searched
from toolfuzz.engines.spec import version_key
from toolfuzz.engines.trial import EngineTrial

TOOL = Tool(
    "save", "", {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
)
CALL = Expectation("calls", (ExpectedCall("save", {"n": 5}),))
CASE = Case("generated", "test", (), (TOOL,), (Turn((Message("user", "Go."),), CALL),))
BREAKS = "{k: str(v) for k, v in a.items()}"
SLUG = "number-as-string"
SPEC = "engine/xinference@1.4.0:qwen"
ASKED = EngineTrial(SPEC).question(play(CASE), stream=False)


# --- where answers change


async def looked_at(row: str, first: int, *, every: bool = False) -> dict[int, str]:
    """``.`` stands for a release that gives no answer."""

    async def answer(place: int) -> str:
        return row[place]

    return await searched(
        len(row), answer, lambda a: a, first=first, answers=lambda a: a != ".", every=every
    )


def changes(found: dict[int, str]) -> list[tuple[int, int]]:
    places = sorted(found)
    pairs = pairwise(places)
    return [(a, b) for a, b in pairs if found[a] != found[b]]


@settings(max_examples=60, deadline=None)
@given(old=st.integers(0, 60), right=st.integers(0, 60), wrong=st.integers(1, 60), data=st.data())
async def test_a_row_that_changes_once_is_known_to_the_place(
    old: int, right: int, wrong: int, data: Any
) -> None:
    row = "." * old + "r" * right + "w" * wrong
    first = data.draw(st.integers(old + right, len(row) - 1))
    found = await looked_at(row, first)
    assert all(b == a + 1 for a, b in changes(found))
    assert len(changes(found)) == (old > 0) + (right > 0)
    assert len(found) <= 3 * SAMPLED + 3 * len(row).bit_length()


async def test_what_is_undone_between_two_samples_is_seen_by_looking_at_all() -> None:
    row = "r" * 20 + "w" + "r" * 19 + "w" * 40
    assert changes(await looked_at(row, 79)) == [(39, 40)]
    assert len(changes(await looked_at(row, 79, every=True))) == 3


@pytest.mark.parametrize("row", ["w", "rw", "r.w", "rrwwrrww", ".w.r", "rrw.", "rw......"])
async def test_short_rows_are_looked_at_where_they_change(row: str) -> None:
    found = await looked_at(row, len(row) - 1)
    assert all(b == a + 1 for a, b in changes(found))


# --- words


def history_of(row: str, *, dense: bool = True) -> History:
    states = {"r": "right", "w": "wrong", "o": "otherwise", "n": "no parser", ".": "not tried"}
    tried = [Tried(f"1.{n}", states[s]) for n, s in enumerate(row) if s != " "]  # type: ignore[arg-type]
    versions = tuple(f"1.{n}" for n in range(len(row)))
    return History(SLUG, versions, tuple(tried), dense)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("rrww", "broke in 1.2 (1.1 is right); still in 1.3; all 4 releases tried"),
        ("rwr", "broke in 1.1 (1.0 is right); mended in 1.2; all 3 releases tried"),
        ("ww", "1.0 has it, the oldest that was tried; still in 1.1; all 2 releases tried"),
        (".nw", "begins in 1.2 (1.1 has no such parser); still in 1.2; all 3 releases tried"),
        ("r.w", "broke between 1.0 and 1.2 (1.0 is right); still in 1.2; all 3 releases tried"),
        (
            "wo",
            "1.0 has it, the oldest that was tried; gone in 1.1 (1.1 is wrong in another way)",
        ),
        ("rr", "number-as-string shows in none of them; all 2 releases tried"),
        ("r  w", "2 of 4 releases tried: what lies between two alike is taken to be like them"),
    ],
)
def test_a_history_in_words(row: str, said: str) -> None:
    assert said in history_of(row).words


def test_of_releases_at_hand_nothing_is_said_of_those_between() -> None:
    assert history_of("rw", dense=False).words == (
        "broke between 1.0 and 1.1 (1.0 is right); still in 1.1; 2 releases at hand tried"
    )


# --- releases


def test_versions_are_sorted_as_pip_sorts_them() -> None:
    ordered = ["0.4.10", "0.5.6.dev1", "0.5.6rc1", "0.5.6", "0.5.6.post1", "0.5.10", "1.0"]
    assert sorted([*ordered[3:], *ordered[:3]], key=version_key) == ordered
    assert released_between(ordered, "0.5.6", "0.5.10") == ordered[3:6]
    with pytest.raises(UsageError, match="no release from 2 to 3"):
        released_between(ordered, "2", "3")
    with pytest.raises(UsageError, match="no version number"):
        released_between(ordered, "newest", None)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Releases that break, mend and break again; the oldest don't load or lack the parser."""
    make_xinference(tmp_path, "1.0.0", does="a b")
    make_xinference(tmp_path, "1.1.0", parser="other")
    make_xinference(tmp_path, "1.2.0", older=True)
    make_xinference(tmp_path, "1.3.0", does=BREAKS)
    make_xinference(tmp_path, "1.3.0.post1", does="{}")
    make_xinference(tmp_path, "1.4.0", does=BREAKS)
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)
    monkeypatch.setattr(store, "available", lambda engine: {"1.4.0", "1.3.0"})
    return tmp_path


def bug(folder: Path, **defect: object) -> Path:
    path = folder / "bug.json"
    told = {"slug": SLUG, "stream": True, "seen_on": SPEC, **defect}
    path.write_text(json.dumps({**case_to_json(CASE), "defect": told}))
    return path


STATES = ["not tried", "no parser", "right", "wrong", "otherwise", "wrong"]


def test_bisect_finds_where_it_broke_and_was_mended(made: Path) -> None:
    done = CliRunner().invoke(cli, ["engines", "bisect", str(bug(made)), "xinference", "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["state"] for one in found["tried"]] == STATES
    assert found["broke"] == ["1.3.0", "1.4.0"]
    assert "do not load: SyntaxError" in found["tried"][0]["reason"]
    assert "args-empty-object" in found["tried"][4]["slugs"]
    assert found["words"].startswith("broke in 1.3.0 (1.2.0 is right); gone in 1.3.0.post1")
    assert done.stderr.count(" s)\n") == len(STATES)


def test_bisect_asks_what_was_asked_then(made: Path) -> None:
    """The text of the report goes to each release, whatever the case's own would be."""
    text = '<tool_call>\n{"name": "save", "arguments": {"n": 6}}\n</tool_call>'
    beside = {"text": text, "deltas": ["x"], "places": True, "cpu_seconds": 1e9}
    report = bug(made, question={**ASKED, **beside}, stream=False)
    done = CliRunner().invoke(cli, ["engines", "bisect", str(report), "--since", "1.2.0"])
    assert done.exit_code == 0, done.stderr
    rows = [line.split()[:3] for line in done.stdout.splitlines()[1:5]]
    assert rows == [
        ["1.2.0", "otherwise", "value-changed"],
        ["1.3.0", "wrong", SLUG],
        ["1.3.0.post1", "otherwise", "args-empty-object"],
        ["1.4.0", "wrong", SLUG],
    ]


@pytest.mark.parametrize(
    ("defect", "arguments", "said"),
    [
        ({"seen_on": "glm-4.7"}, [], "it was seen on glm-4.7"),
        ({"seen_on": None}, ["xinference"], "it doesn't say where it was seen"),
        ({"slug": None}, [], "doesn't say which defect it shows"),
        ({"question": {"parser": "qwen"}}, [], "the question is none for an engine"),
        ({"question": 5}, [], "the question is none for an engine"),
        ({"question": {**ASKED, "stream": True}}, [], "it has no deltas"),
        ({"question": {**ASKED, "cuts": ["whole"]}}, [], "it has no deltas"),
        ({"question": {**ASKED, "cuts": ["?"], "deltas": []}}, [], "unknown cut '?'"),
        ({}, ["sglang"], "it was seen on engine/xinference@1.4.0:qwen"),
        ({}, ["--since", "9"], "no release from 9 to 1.4.0"),
        ({}, ["xinferenc:qwen"], "unknown engine 'xinferenc'"),
    ],
)
def test_what_can_not_be_bisected_is_said_in_a_line(
    made: Path, defect: dict[str, object], arguments: list[str], said: str
) -> None:
    done = CliRunner().invoke(cli, ["engines", "bisect", str(bug(made, **defect)), *arguments])
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_failure_that_no_release_shows_is_inconclusive(made: Path) -> None:
    report = bug(made, slug="value-nulled")
    done = CliRunner().invoke(
        cli, ["engines", "bisect", str(report), "--since", "1.2", "--offline"]
    )
    assert done.exit_code == 3
    assert "value-nulled shows in none of them; 4 releases at hand tried" in done.stdout


async def test_the_release_that_it_was_seen_on_is_tried_first(made: Path) -> None:
    told: list[Tried] = []
    failure = KnownOnEngine(CASE, SLUG, "engine/xinference@1.3.0:qwen", stream=False)
    found = await history(failure, releases("xinference"), tell=told.append)
    assert told[0].version == "1.3.0"
    assert asdict(found.tried[-1])["state"] == "wrong"
