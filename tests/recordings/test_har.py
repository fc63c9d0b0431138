"""HAR files that real tools wrote, and what tools leave out of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

FILES = Path(__file__).parents[1] / "data/recordings"
NOTE = "5 € – “ok” 😀 č"


def judged(path: Path) -> list[Any]:
    return [one.reason if isinstance(one, BadEntry) else one for one in judge_file(path, Policy())]


def test_chromium_reads_a_stream_as_windows_1252() -> None:
    """Recorded by Playwright 1.65 from Chromium 156; the page itself asks no model."""
    stream, aborted = judged(FILES / "chromium.har")
    assert isinstance(stream, Judged) and stream.judgement.status == "pass"
    assert json.loads(str(stream.judgement.reply.calls[0].arguments_raw))["note"] == NOTE
    assert aborted == "the request got no response: net::ERR_ABORTED"


def test_mitmproxy_reads_a_stream_as_latin_1() -> None:
    """Recorded by mitmproxy 11.0.2; the second reply has a fault of the simulator's."""
    right, wrong = judged(FILES / "mitmproxy.har")
    assert (right.judgement.status, wrong.judgement.status) == ("pass", "fail")
    assert [f.slug for f in wrong.judgement.findings] == ["boolean-as-string"]
    assert json.loads(str(wrong.judgement.reply.calls[0].arguments_raw))["note"] == NOTE


def test_mitmproxy_reads_a_binary_stream_as_latin_1_too() -> None:
    """Events of Bedrock's are not binary enough for it to write them in base64."""
    (found,) = judged(FILES / "mitmproxy-bedrock.har")
    assert (found.recorded.format, found.judgement.status) == ("bedrock-converse", "pass")
    assert json.loads(str(found.judgement.reply.calls[0].arguments_raw))["note"] == NOTE


def changed(tmp_path: Path, part: str, **fields: Any) -> Any:
    har = json.loads((FILES / "mitmproxy.har").read_text(encoding="utf-8"))
    entry = har["log"]["entries"][0]
    held = {"content": entry["response"]["content"], "postData": entry["request"]["postData"]}
    (held | entry)[part].update(fields)
    path = tmp_path / "changed.har"
    path.write_text(json.dumps(har), encoding="utf-8")
    return judged(path)[0]


@pytest.mark.parametrize(
    ("part", "fields", "told"),
    [
        ("content", {"text": ""}, "the response's body is empty or was not recorded"),
        ("content", {"text": None}, "the response's body is empty or was not recorded"),
        ("content", {"encoding": "base64"}, "the response's body is not base64"),
        ("content", {"_file": "a.json"}, "the response's body is in a file of its own"),
        ("postData", {"text": ""}, "the request's body is empty or was not recorded"),
        ("postData", {"text": "[1]"}, "the request's body is not a JSON object"),
        ("postData", {"text": "a=b"}, "the request's body is not JSON"),
        ("response", {"status": 0}, "the request got no response"),
        ("response", {"status": 0, "_error": "reset"}, "the request got no response: reset"),
        ("response", {"content": []}, "the response's body is empty or was not recorded"),
    ],
)
def test_what_was_not_recorded_is_said(
    part: str, fields: dict[str, Any], told: str, tmp_path: Path
) -> None:
    assert str(changed(tmp_path, part, **fields)).startswith(told)


def test_text_that_was_read_right_stays_as_it_is(tmp_path: Path) -> None:
    """Also where it has only letters that Latin-1 has."""
    text = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"grün"}}]}\n\n'
    for mime in ("text/event-stream", "text/event-stream; charset=utf-8"):
        found = changed(tmp_path, "content", text=text, mimeType=mime)
        assert found.judgement.reply.text == "grün"
