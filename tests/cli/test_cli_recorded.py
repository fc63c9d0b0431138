"""Recorded failures are worked on like any other: judged into a run, shown, reported, kept."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import needs
import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.evidence.corpus import read_corpus
from toolfuzz.runs.reading import load_run

SCHEMA = {
    "type": "object",
    "properties": {"config": {"type": "object"}, "batch": {"type": "integer"}},
    "required": ["config", "batch"],
}
TOOLS = [{"type": "function", "function": {"name": "import_data", "parameters": SCHEMA}}]
ASKED = {"role": "user", "content": "Import batch 3 into production."}
STRING = json.dumps({"config": '{"env": "prod"}', "batch": 3})
WRONG = json.dumps({"config": {"env": "prod"}, "batch": 4})
RIGHT = json.dumps({"config": {"env": "prod"}, "batch": 3})


def called(arguments: str) -> Any:
    call = {"name": "import_data", "arguments": arguments}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
    }


def exchange(id: str, arguments: str, *said: Any) -> Any:
    choice = {"index": 0, "message": called(arguments), "finish_reason": "tool_calls"}
    body = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 9,
                                       "total_tokens": 18},
    }  # fmt: skip
    request = {"model": "m", "messages": [*said, ASKED], "tools": TOOLS}
    return {"id": id, "request": request, "response": {"status": 200, "body": body}}


def several(*calls: tuple[str, Any]) -> Any:
    """An exchange in which tools a and b are on offer, and these calls come."""
    one = exchange("several", "{}")
    number = {"type": "object", "properties": {"n": {"type": "integer"}}}
    one["request"]["tools"] = [
        {"type": "function", "function": {"name": name, "parameters": number}} for name in "ab"
    ]
    (choice,) = one["response"]["body"]["choices"]
    choice["message"]["tool_calls"] = [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate((name, json.dumps(given)) for name, given in calls)
    ]
    return one


EARLIER = [
    {"role": "user", "content": "Import batch 2."},
    called('{"config": "{}", "batch": 2}'),
    {"role": "tool", "tool_call_id": "call_1", "content": "config must be an object"},
]
LINES = [
    exchange("string", STRING),
    exchange("later", STRING, *EARLIER),
    exchange("wrong", WRONG, {"role": "system", "content": "Be exact."}),
    exchange("right", RIGHT, {"role": "system", "content": "Be quick."}),
]


def toolfuzz_(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("exchanges.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))


def statuses(run: str | Path) -> list[str]:
    return [verdict.status for verdict in load_run(Path(run)).verdicts]


def test_a_file_becomes_a_run_with_the_same_verdicts() -> None:
    done = toolfuzz_("judge", "exchanges.jsonl", "--out", "run")
    assert done.exit_code == 0, done.output
    told = [json.loads(line)["status"] for line in done.stdout.splitlines()]
    assert told == statuses("run") == ["fail", "fail", "pass", "pass"]
    run = load_run(Path("run"), keep_exchanges=True)
    (target,) = run.started.targets
    assert (target.name, target.format) == ("m", "openai-chat")
    assert "done" in Path("run/run.jsonl").read_text().splitlines()[-1]
    # The run is judged again as it is, and kept again.
    assert toolfuzz_("judge", "run", "--out", "again").exit_code == 0
    assert statuses("again") == statuses("run")
    assert toolfuzz_("judge", "exchanges.jsonl", "--out", "run").exit_code == 2


def test_which_tool_fails_is_told_of_recorded_calls() -> None:
    lines = [
        several(("a", {"n": 1})),
        several(("a", {"n": 1}), ("b", {"n": "1"})),
        several(("b", {"n": 1})),
        several(("c", {})),
    ]
    Path("tools.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    done = toolfuzz_("judge", "tools.jsonl", "--json", "--out", "run")
    assert done.exit_code == 0, done.output
    told = {
        "b": {"judged": 2, "failed": 1, "unjudged": 0, "defects": {"number-as-string": 1}},
        # The reply that fails for b's call says nothing about a's.
        "a": {"judged": 1, "failed": 0, "unjudged": 0, "defects": {}},
    }
    figures = json.loads(done.stdout)["summary"]["tools"]
    assert figures == told and list(figures) == ["b", "a"], "the weakest first"
    assert "  b: 1 of 2 failed: number-as-string (1)" in done.stderr
    assert "1 of 2 tools without a failure" in done.stderr

    (target,) = json.loads(Path("run/summary.json").read_text())["targets"]
    assert {n: {k: e[k] for k in told[n]} for n, e in target["tools"].items()} == told
    said = toolfuzz_(
        "report", "run", "--report", "junit", "--report", "markdown", "--report", "html"
    )
    assert "failing tool" in said.stdout
    assert 'name="tool: b"' in Path("run/junit.xml").read_text()
    assert "#### Your tools on `m`" in Path("run/report.md").read_text()
    assert 'id="tools"' in Path("run/report.html").read_text()
    # Judged again, also by others, it is told the same.
    again = toolfuzz_("judge", "run", "--json", "--workers", "2")
    assert json.loads(again.stdout)["summary"]["tools"] == told


def test_what_is_wrong_without_a_schema_knowing_is_said_by_hand() -> None:
    toolfuzz_("judge", "exchanges.jsonl", "--out", "run")
    data = load_run(Path("run"))
    (wrong,) = [c.id for c in data.cases.values() if "Be exact." in str(c.turns)]
    done = toolfuzz_("bug", "run", wrong[:6], "--expect-value", "/batch=3")
    assert done.exit_code == 0, done.output
    (report,) = Path("run").glob("expected-*/bugs/*.md")
    assert '"batch": 3' in report.read_text()
    assert '"batch": 4' in report.read_text()
    kept = json.loads(report.with_suffix(".json").read_text())
    assert kept["turns"][-1]["expect"]["calls"] == [
        {"tool": "import_data", "arguments": json.loads(RIGHT)}
    ]
    Path("expected.json").write_text(json.dumps({wrong: {"no_call": True}}))
    done = toolfuzz_("corpus", "add", "run", "--expect", "expected.json")
    assert done.exit_code == 0, done.output
    (entry,) = read_corpus(Path("corpus"))
    assert entry.case.at(-1).expect.kind == "no_call"


KILLED = """
import os, signal, sys
from toolfuzz.cli import cli
from toolfuzz.runs import rejudged

judge_file = rejudged.judge_file

def until_one_is_kept(*how):
    for judged in judge_file(*how):
        yield judged
        if judged.by_hand:
            os.kill(os.getpid(), signal.SIGKILL)

rejudged.judge_file = until_one_is_kept
cli(sys.argv[1:])
"""


@needs.signals
def test_what_was_killed_while_it_was_judged_is_not_taken_for_whole() -> None:
    toolfuzz_("judge", "exchanges.jsonl", "--out", "run")
    cases = load_run(Path("run")).cases.values()
    two = [case.id for case in cases if "Be exact." in str(case.turns) or len(case.turns) == 2]
    Path("expected.json").write_text(json.dumps({case: {"no_call": True} for case in two}))
    command = "corpus", "add", "run", "--expect", "expected.json"
    killed = subprocess.run([sys.executable, "-c", KILLED, *command], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert toolfuzz_(*command).exit_code == 0
    assert len(read_corpus(Path("corpus"))) == len(two) == 2
    (folder,) = Path("run").glob("expected-*")
    assert json.loads((folder / "summary.json").read_text())["folder"] == str(folder)


def test_in_a_file_by_the_ids_that_stand_there() -> None:
    done = toolfuzz_(
        "judge", "exchanges.jsonl", "--json", "--expect-value", "wrong:/batch=3",
        "--expect-value", "right:/batch=5",
    )  # fmt: skip
    verdicts = {v["id"]: v for v in json.loads(done.stdout)["verdicts"]}
    assert verdicts["wrong"]["findings"][0]["expected"] == 3
    assert verdicts["right"]["findings"][0]["actual"] == 3
    assert verdicts["string"]["findings"][0]["expected"] is None
    done = toolfuzz_("judge", "exchanges.jsonl", "--out", "run", "--expect-value", "/batch=3")
    assert done.exit_code == 2
    assert "later:/…=VALUE" in done.output
    assert not Path("run").exists(), "nothing is left of a run that can't be"


def test_a_conversation_is_reported_with_its_history() -> None:
    toolfuzz_("judge", "exchanges.jsonl", "--out", "run")
    data = load_run(Path("run"))
    (later,) = [c for c in data.cases.values() if len(c.turns) == 2]
    assert toolfuzz_("bug", "run", later.id).exit_code == 0
    case = Path("run/bugs/object-as-json-string-1.json")
    assert "a schema that lacks the failing part" in case.with_suffix(".md").read_text()
    first, second = json.loads(case.read_text())["turns"]
    assert first["expect"]["calls"] == [
        {"tool": "import_data", "arguments": {"config": "{}", "batch": 2}}
    ]
    assert first["results"] == ["config must be an object"]
    assert second["messages"][0]["content"] == ASKED["content"]


@pytest.mark.parametrize(
    "command", ["bug", "minimize", "attribute", "corpus add", "replay -m x", "report"]
)
def test_other_files_are_said_to_need_judging_first(command: str) -> None:
    Path("one.jsonl").write_text(json.dumps(LINES[0]))
    for name in ("exchanges.jsonl", "one.jsonl"):
        done = toolfuzz_(*command.split(), name)
        assert done.exit_code == 2
        assert "`toolfuzz judge FILE --out DIR`" in done.output
