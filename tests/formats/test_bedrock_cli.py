"""Converse from the command line: a run, its journal judged again, recorded exchanges."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.formats import wire_format

FORMAT = wire_format("bedrock-converse")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
REQUEST = {
    "messages": [{"role": "user", "content": [{"text": "weather?"}]}],
    "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": SCHEMA}}}]},
}
EXPECT = {"calls": [{"name": "f", "arguments": {"city": "Köln"}}]}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


@pytest.mark.parametrize("profile", ["clean", "glm-4.7"])
def test_a_run_and_its_journal_judged_again(profile: str) -> None:
    options = ["--format", "bedrock-converse", "--cases", "20", "--both-streams", "--quiet"]
    # One turn a case, so that each verdict is about one exchange.
    options += [word for probe in ("echo", "describe", "batch") for word in ("--probe", probe)]
    ran = toolfuzz_("run", "-m", f"sim/{profile}", *options, "--out", "run", "--json")
    assert ran.exit_code == 0, ran.output
    (target,) = json.loads(ran.stdout)["targets"]
    journal = [json.loads(line) for line in Path("run/run.jsonl").read_text().splitlines()]
    verdicts = [event for event in journal if event["event"] == "verdict-reached"]
    # A case that this format can't ask is skipped in both modes.
    skipped = sum(event["event"] == "case-skipped" for event in journal)
    assert len(verdicts) + skipped == 40 and skipped <= 4
    assert bool(target["defects"]) is (profile != "clean")
    # What is asked once more, since a sampling model may differ by chance, has no verdict.
    bodies = [
        attempt["body_base64"]
        for event in journal
        if event["event"] == "exchange-recorded" and event["stream"] and event["repeat"] >= 0
        for attempt in event["attempts"]
    ]
    assert len(bodies) == sum(v["stream"] for v in verdicts), (
        "the bytes of a binary stream are kept"
    )
    again = json.loads(toolfuzz_("judge", "run/run.jsonl", "--json").stdout)["verdicts"]
    ours = [(v["status"], [f["slug"] for f in v["findings"]]) for v in verdicts]
    assert [(v["status"], [f["slug"] for f in v["findings"]]) for v in again] == ours


def line(body: bytes, **more: Any) -> str:
    response = {"status": 200, "body_base64": base64.b64encode(body).decode(), "stream": True}
    return json.dumps({"request": REQUEST, "response": response, "expect": EXPECT, **more})


def test_recorded_streams_are_judged_with_and_without_the_name_of_their_format() -> None:
    events: list[tuple[str | None, Any]] = [
        ("messageStart", {"role": "assistant"}),
        (
            "contentBlockStart",
            {"start": {"toolUse": {"toolUseId": "t1", "name": "f"}}, "contentBlockIndex": 0},
        ),
        (
            "contentBlockDelta",
            {"delta": {"toolUse": {"input": '{"city": "Köln"}'}}, "contentBlockIndex": 0},
        ),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": "tool_use"}),
        (
            "metadata",
            {
                "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
                "metrics": {"latencyMs": 4},
            },
        ),
    ]
    body = b"".join(FORMAT.framing.join(events))
    broken = body[:-9] + b"X" + body[-8:]
    Path("lines.jsonl").write_text(
        "\n".join([line(body), line(body, format="bedrock-converse"), line(broken)])
    )
    done = toolfuzz_("judge", "lines.jsonl", "--json")
    verdicts = json.loads(done.stdout)["verdicts"]
    found = [(v["status"], [f["slug"] for f in v["findings"]]) for v in verdicts]
    assert found == [("pass", []), ("pass", []), ("fail", ["wire-malformed"])]
