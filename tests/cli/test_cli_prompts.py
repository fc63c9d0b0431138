"""One's own questions and system prompt, through the command line, over real HTTP."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.core.talk import rehearsed
from toolfuzz.formats import format_names, wire_format
from toolfuzz.generate import draw_cases, prompts

SYSTEM = "You are Ada, the shop's assistant.\nBe brief."
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [Tool(name, "", SCHEMA) for name in ("weather", "traffic", "events")]


def asking(*calls: tuple[str, str], **right: Any) -> dict[str, Any]:
    """A question in words that the simulated endpoint understands."""
    wanted = [ExpectedCall(name, {"city": city}) for name, city in calls]
    probe = {0: "abstain", 1: "echo"}.get(len(wanted), "batch")
    (message,) = prompts.render(probe, TOOLS, wanted)
    return {"prompt": message.content, **right}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    listed = [{"name": t.name, "parameters": t.parameters} for t in TOOLS]
    Path("tools.json").write_text(json.dumps(listed), encoding="utf-8")
    Path("system.md").write_text(SYSTEM, encoding="utf-8")
    ask(
        asking(("weather", "Bonn"), tool="weather", arguments={"city": "Bonn"}),
        asking(("weather", "Ulm"), tool="weather", arguments={"city": "Rome"}),
        asking(("traffic", "Ulm"), tool="traffic"),
        asking(("traffic", "Ulm"), ("events", "Kiel"), calls=[{"name": "traffic"}]),
        asking(no_call=True),
    )


def ask(*lines: dict[str, Any]) -> None:
    Path("asked.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


OWN = ("--tools", "tools.json", "--prompts", "asked.jsonl", "--system", "system.md")


def drawn(folder: str) -> list[dict[str, Any]]:
    lines = Path(folder, "run.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for line in lines if (event := json.loads(line))["event"] == "case-drawn"]


def test_own_questions_are_asked_and_judged_by_their_right_answers() -> None:
    args = ("run", "-m", "sim/clean", *OWN, "--out", "run", "--quiet", "--json")
    planned = toolfuzz_(*args, "--dry-run")
    assert [p["cases"] for p in json.loads(planned.stdout)] == [5]
    done = toolfuzz_(*args)
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    (target,) = summary["targets"]
    assert (target["judged"], target["failed"]) == (5, 2)
    assert (summary["cases"], summary["settings"]["questions"]) == (5, 5)
    failed = {name: (t["judged"], t["failed"]) for name, t in target["tools"].items()}
    # Rome was right, by the file; and a call of events was not asked for there.
    assert failed == {"weather": (2, 1), "traffic": (2, 1), "events": (0, 0)}
    cases = drawn("run")
    said = [case["turns"][0]["messages"] for case in cases]
    assert {s[0]["content"] for s in said} == {SYSTEM} and {s[0]["role"] for s in said} == {
        "system"
    }
    assert [s[1]["content"] for s in said] == [
        json.loads(line)["prompt"] for line in Path("asked.jsonl").read_text().splitlines()
    ]
    Path("system.md").unlink()
    again = toolfuzz_("run", "--resume", "run", "--quiet", "--json")
    assert json.loads(again.stdout)["targets"][0]["judged"] == 5


def test_arguments_that_nobody_gave_are_not_said_to_be_right(tmp_path: Path) -> None:
    pattern = {**SCHEMA, "properties": {"city": {"type": "string", "pattern": "^[A-Z]{3}$"}}}
    Path("tools.json").write_text(json.dumps([{"name": "weather", "parameters": pattern}]))
    ask({"prompt": "Call weather.", "tool": "weather"})
    args = ("run", "-m", "sim/clean", *OWN[:4], "--out", "run")
    done = toolfuzz_(*args, "--quiet", "--report", "markdown", "--report", "junit")
    # The simulator sends a simple text.
    assert "constraint-violation" in done.output and " instead of " not in done.output
    assert "asked  city" not in done.output
    shown = toolfuzz_("show", "run", "1").output
    assert "weather any arguments that its schema allows" in shown
    assert "expected" not in Path("run/junit.xml").read_text(encoding="utf-8")


def test_a_check_asks_both_sides_one_s_own_questions() -> None:
    first = toolfuzz_("run", "-m", "sim/clean", *OWN, "--out", "base", "--quiet", "--json")
    assert first.exit_code == 0, first.output
    args = ("-m", "sim/claude-opus", "--out", "check", "--quiet", "--json")
    done = toolfuzz_("check", "--baseline", "base", *args)
    assert json.loads(done.stdout)["spent"]["first"] == 5, done.output
    summary = json.loads(Path("check/summary.json").read_text(encoding="utf-8"))
    assert [case["id"] for case in drawn("check")] == [case["id"] for case in drawn("base")]
    assert summary["sources"] == json.loads(first.stdout)["sources"]
    assert list(summary["targets"][0]["tools"]) == ["traffic", "weather", "events"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--prompts", "asked.jsonl"), "--prompts are about tools of your own"),
        ((*OWN, "--probe", "echo"), "--probe is of drawn questions"),
        ((*OWN, "--feature", "object"), "--feature is of drawn questions"),
        ((*OWN, "--respell"), "--respell is of drawn questions"),
        (("--probe", "plan", "--system", "system.md"), "a system message of their own"),
        (("--probe", "plan", "--prompts", "asked.jsonl"), "questions of their own"),
        ((*OWN[:2], "--prompts", "gone.jsonl"), "gone.jsonl: no such file"),
        (("--system", "gone.md"), "--system gone.md: can't be read"),
        (("--system", "."), "can't be read"),
        ((*OWN, "--exclude", "wetter"), "did you mean weather?"),
        (("--include", "get_*"), "choose among tools of your own"),
        ((*OWN, "--max-input", "1"), "no case's prompt fits"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_asked(
    args: Sequence[str], said: str
) -> None:
    done = toolfuzz_("run", "-m", "sim/clean", "--out", "run", *args)
    assert done.exit_code == 2 and said in done.output
    assert not Path("run").exists()


@pytest.mark.parametrize(("data", "said"), [(b"\xff", "not UTF-8"), (b" \n", "nothing in it")])
def test_a_system_prompt_that_is_none_is_refused(data: bytes, said: str) -> None:
    Path("system.md").write_bytes(data)
    done = toolfuzz_("run", "-m", "sim/clean", "--system", "system.md")
    assert done.exit_code == 2 and said in done.output


def test_a_configured_system_prompt_is_a_file_too() -> None:
    Path("toolfuzz.toml").write_text('[run]\nsystem = "system.md"\n', encoding="utf-8")
    done = toolfuzz_("run", "-m", "sim/clean", "--cases", "2", "--out", "run", "--quiet", "--json")
    assert json.loads(done.stdout)["settings"]["system"] == SYSTEM


def many(count: int) -> None:
    listed = [{"name": f"tool_{n}", "parameters": SCHEMA} for n in range(count)]
    Path("many.json").write_text(json.dumps(listed), encoding="utf-8")


def test_many_tools_are_offered_together() -> None:
    many(128)
    done = toolfuzz_(
        *("run", "-m", "sim/clean", "--tools", "many.json", "--offer", "all", "--cases", "12"),
        *("--both-streams", "--out", "run", "--quiet", "--json"),
    )
    (target,) = json.loads(done.stdout)["targets"]
    assert (target["rate"], target["defects"]) == (1.0, {})
    assert min(len(case["tools"]) for case in drawn("run")) == 128


def test_more_tools_than_a_service_takes_are_refused_before_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    many(140)
    args = ("run", "-m", "sim/clean", "-m", "gpt-5", "--tools", "many.json", "--dry-run")
    done = toolfuzz_(*args, "--offer", "all")
    assert done.exit_code == 2
    assert "OpenAI takes at most 128 tools in a request, and 140 would be offered" in done.output
    # Where a conversation brings a tool of its own, that is one too many.
    done = toolfuzz_(*args, "--offer", "128", "--json", "--cases", "40")
    sim, openai = json.loads(done.stdout)
    assert sim["cases"] == 40 and 0 < openai["skipped"] < 20
    assert toolfuzz_(*args, "--cases", "5").exit_code == 0


def test_monitor_asks_no_question_twice() -> None:
    done = toolfuzz_("monitor", "-m", "sim/clean", "--tools", "tools.json", "--prompts", OWN[3])
    assert done.exit_code == 2 and "your own are always the same" in done.output


PLACES = {
    "openai-chat": lambda body: body["messages"][0],
    "openai-responses": lambda body: body["input"][0],
    "anthropic-messages": lambda body: body["system"],
    "gemini": lambda body: body["systemInstruction"],
    "bedrock-converse": lambda body: body["system"],
}


@pytest.mark.parametrize("name", format_names())
def test_every_wire_format_has_a_place_for_it(name: str) -> None:
    for case in draw_cases(8, system=SYSTEM, features=["object", "conversation"]):
        ask = next(iter(rehearsed(case, model="m")))
        body = wire_format(name).request(ask, params={}).body
        place = json.dumps(PLACES[name](body))
        assert json.dumps(SYSTEM)[1:-1] in place
        assert json.dumps(body).count("You are Ada") == 1
