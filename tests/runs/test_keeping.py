"""Exchanges that others made, kept as runs: one a wire format, told of as what they are."""

from pathlib import Path

from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Message, Tool
from toolfuzz.formats.plan import Call
from toolfuzz.judge.judge import judge
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import Recorded, read_exchange, rebuilt
from toolfuzz.runs.keeping import Keeper
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.stored import stored_options

TOOL = Tool("save", None, {"type": "object", "properties": {"n": {"type": "integer"}}})
ASK = Ask("m", (TOOL,), (Message("user", "Save 7."),))


def keep(keeper: Keeper, recorded: Recorded) -> None:
    keeper.keep(recorded, judge(recorded.case, recorded.replies))


def anthropic(text: str) -> Recorded:
    body = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "c", "stop_sequence": None,
        "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": 9},
    }  # fmt: skip
    request = {"model": "c", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello."}]}
    return read_exchange("", "anthropic-messages", request, body)


def test_each_format_and_each_asking_has_its_place(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "run", Policy(strict=True, ignore=("F",)), about={"judged": "x"})
    for recorded in (rebuilt("tool", "", ASK, []), anthropic("a"), anthropic("b")):
        keep(keeper, recorded)
    assert [s["folder"] for s in keeper.close()] == [
        str(tmp_path / "run"), str(tmp_path / "run-anthropic-messages"),
    ]  # fmt: skip
    run = load_run(tmp_path / "run-anthropic-messages")
    assert [v.repeat for v in run.verdicts] == [0, 1], "the same question twice"
    assert all(v.metrics.latency_ms is None for v in run.verdicts), "nobody measured it"
    assert stored_options(run.started.settings).policy == Policy(True, ("F",), ())
    assert run.started.settings["judged"] == "x"
    assert run.finished is not None


def test_bytes_that_no_server_sent_are_not_said_to_be_its_own(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "run", Policy(), about={"judged": "spans.json"})
    keep(keeper, rebuilt("OpenLLMetry", "", ASK, [Call("save", {"n": "7"})]))
    keeper.close()
    (verdict,) = load_run(tmp_path / "run").verdicts
    assert verdict.status == "fail"
    for command in (["bug"], ["show", verdict.case_id]):
        done = CliRunner().invoke(cli, [command[0], str(tmp_path / "run"), *command[1:]])
        assert done.exit_code == 0, done.output
        report = next((tmp_path / "run").glob("bugs/*.md"))
        told = report.read_text() if command == ["bug"] else done.stdout
        assert "OpenLLMetry" in told
        assert "not the server's bytes" in told


def test_what_is_discarded_is_gone(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "run", Policy())
    keep(keeper, anthropic("a"))
    keeper.discard()
    assert not (tmp_path / "run").exists()
