"""Recorded exchanges beside each wire format (``examples/*.http``) are judged as they say.

A file is laid out as ``toolfuzz bug`` writes it, under three lines: a title, the calls that were
asked for, and what the judge must say of the reply: slugs, ``nothing`` or ``unjudged``. The body of
a binary stream is base64, and ``base64`` stands behind its status.
"""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import toolfuzz.formats
from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request, format_names, guess, wire_format
from toolfuzz.judge.judge import judge

HOME = Path(toolfuzz.formats.__file__).parent
FILES = sorted(HOME.glob("*/examples/*.http"))
LAYOUT = re.compile(
    r"# (?P<title>.+)\n# asked: (?P<asked>.+)\n# expect: (?P<expect>.+)\n"
    r"POST (?P<url>\S+)\n(?P<headers>(?:[\w-]+: .*\n)*)\n(?P<request>\{(?s:.*?)\n\})\n\n"
    r"### the response, as it came \(status (?P<status>\d+)(?P<binary>, base64)?\)\n\n"
    r"(?P<response>(?s:.*))\n"
)


@dataclass(frozen=True)
class Recorded:
    expect: set[str]
    case: Case
    request: Request
    attempt: Attempt
    stream: bool


def read(file: Path) -> Recorded:
    found = LAYOUT.fullmatch(file.read_text(encoding="utf-8"))
    assert found, f"{file.name} is laid out otherwise"
    name = file.parents[1].name.replace("_", "-")
    path = re.sub(r"^/v\d\w*", "", urlsplit(found["url"])._replace(scheme="", netloc="").geturl())
    body: JsonObject = json.loads(found["request"])
    ask = wire_format(name).read_request(body, path=path)
    calls = tuple(ExpectedCall(tool, arguments) for tool, arguments in json.loads(found["asked"]))
    turn = Turn(ask.messages, Expectation("calls" if calls else "no_call", calls))
    kind = {"content-type": "text/event-stream" if ask.stream else "application/json"}
    data = found["response"].encode()
    data = base64.b64decode(data) if found["binary"] else data
    return Recorded(
        set(found["expect"].split()) - {"nothing"},
        Case("recorded", file.stem, (), ask.tools, (turn,)),
        Request(path, body),
        Attempt(0.0, 0.0, 0.0, int(found["status"]), kind, ((0.0, data),)),
        ask.stream,
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}-{file.stem}")
def test_the_judge_says_what_the_file_says(file: Path) -> None:
    one = read(file)
    format = wire_format(file.parents[1].name.replace("_", "-"))
    assert guess(one.request.body, one.request.path).name == format.name
    assert format.serving.refuses(one.request) is None
    judgement = judge(one.case, [format.read(one.attempt, stream=one.stream)])
    if one.expect == {"unjudged"}:
        assert judgement.status == "unjudged"
        return
    assert {f.slug for f in judgement.findings if f.severity != "info"} == one.expect
    assert judgement.status == ("fail" if one.expect else "pass")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}-{file.stem}")
def test_the_sdk_reads_what_is_right(file: Path) -> None:
    one = read(file)
    readers = wire_format(file.parents[1].name.replace("_", "-")).clients
    if one.expect:
        return
    right = [(call.tool, call.arguments) for call in one.case.turns[0].expect.calls]
    for reader in readers:
        if reader.stream == one.stream:
            assert list(reader.read(one.attempt)) == right, reader.name


def test_examples_show_right_and_wrong() -> None:
    shown = {file.parents[1].name for file in FILES}
    assert shown <= {name.replace("-", "_") for name in format_names()}
    for name in shown:
        said = [read(file).expect for file in FILES if file.parents[1].name == name]
        assert set() in said
        assert any(said)
