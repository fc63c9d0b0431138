"""Examples of defects as bytes (``judge/defects/examples/SLUG.NAME.http``) are judged as they say.

A file is laid out as ``toolfuzz bug`` writes it, under three lines: a title, the calls that were
asked for, and what the judge must say of the reply: slugs, ``nothing`` or ``unjudged``. The wire
format is told by the request. A look-alike's NAME begins with ``not-``.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from toolfuzz.core.ask import turns_of
from toolfuzz.core.case import Case, Expectation, ExpectedCall
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import guess
from toolfuzz.judge import catalogue
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.example import Example
from toolfuzz.judge.judge import Judgement, judge

FILES = sorted((Path(catalogue.__file__).parent / "defects/examples").glob("*.http"))
LAYOUT = re.compile(
    r"# (?P<title>.+)\n# asked: (?P<asked>.+)\n# expect: (?P<expect>.+)\n"
    r"POST (?P<url>\S+)\n(?P<headers>(?:[\w-]+: .*\n)*)\n(?P<request>\{(?s:.*?)\n\})\n\n"
    r"### the response, as it came \(status (?P<status>\d+)\)\n\n(?P<response>(?s:.*))"
)


def judged(text: str) -> tuple[str, Judgement]:
    """What the file says must be found, and the judgement of its bytes."""
    found = LAYOUT.fullmatch(text)
    assert found, "the file is laid out otherwise"
    body, path = json.loads(found["request"]), urlsplit(found["url"]).path
    format = guess(body, path)
    ask = format.read_request(body, path=path)
    calls = tuple(ExpectedCall(tool, arguments) for tool, arguments in json.loads(found["asked"]))
    turns = turns_of(ask, Expectation("calls" if calls else "no_call", calls))
    kind = {"content-type": "text/event-stream" if ask.stream else "application/json"}
    data = found["response"].encode()
    attempt = Attempt(0.0, 0.0, 0.0, int(found["status"]), kind, ((0.0, data),))
    reply = format.read(attempt, stream=ask.stream)
    case = Case("recorded", "example", (), ask.tools, turns)
    judgement = judge(case, [*ask.replies, reply], max_tokens=ask.max_tokens)
    return found["expect"], judgement


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_bytes_of_an_example(file: Path) -> None:
    slug, _, name = file.stem.partition(".")
    assert slug in defects()
    expect, judgement = judged(file.read_text(encoding="utf-8"))
    found = {f.slug for f in judgement.findings if f.severity != "info" or f.slug == slug}
    assert (judgement.status == "unjudged") == (expect == "unjudged")
    assert found == set(expect.split()) - {"nothing", "unjudged"}
    assert (slug in found) is not name.startswith("not-")


def test_every_defect_has_an_example_and_a_look_alike() -> None:
    """What nothing shows can't be reached; what has no look-alike blames too easily."""
    shown = {(e.slug, one.found) for e in defects().values() for one in e.examples}
    for file in FILES:
        slug, _, name = file.stem.partition(".")
        shown.add((slug, not name.startswith("not-")))
    for entry in defects().values():
        if entry.shows_in in ("run", "world", "relay"):
            continue  # tests/runs/test_server_faults.py, tests/worlds, tests/judge/test_relay.py
        assert entry.detect or entry.explain or entry.refused or entry.problems
        assert (entry.slug, True) in shown
        assert (entry.slug, False) in shown


def test_every_defect_is_shown_by_what_its_command_asks() -> None:
    """Some example holds no more than what is asked by the command that the page names."""
    from_files = {file.stem.partition(".")[0] for file in FILES}
    for entry in defects().values():
        shown = [one for one in entry.examples if one.found]
        assert (
            entry.slug in from_files
            or entry.shows_in in ("run", "world", "relay")
            or any(_suits(one, entry.shows_in) for one in shown)
        )


def _suits(one: Example, shows_in: str) -> bool:
    *earlier, last = one.replies
    assert last is not None
    match shows_in:
        case "history":
            return bool(earlier)
        case "both":
            return last.stream and one.counterpart is not None
        case "stream":
            return last.stream
        case _:
            return not earlier and one.counterpart is None
