"""Session files of agents: what the agent wrote (shapes of Claude Code 2.1.197, Codex 0.171.0 and
ATIF v1.7), and what can be proven of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

Lines = list[dict[str, Any]]


def judged(path: Path, text: str) -> list[Judged | BadEntry]:
    path.write_text(text)
    return list(judge_file(path, Policy()))


def slugs(found: Sequence[Judged | BadEntry]) -> list[list[str]]:
    assert all(isinstance(one, Judged) for one in found)
    return [[f.slug for f in one.judgement.findings] for one in found if isinstance(one, Judged)]


def lines(entries: Lines) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def use(name: str, given: Any, call_id: str = "toolu_1") -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": given}


class Claude:
    """A session of Claude Code: each block a line that names the line before it."""

    def __init__(self) -> None:
        self.lines: Lines = [{"type": "mode", "mode": "normal", "sessionId": "s"}]
        self._replies = 0

    def _line(self, kind: str, parent: int | None = None, **more: Any) -> None:
        number = len(self.lines)
        before = number - 1 if parent is None else parent
        named = {"uuid": f"u{number}", "parentUuid": f"u{before}" if before else None}
        self.lines.append({"type": kind, "sessionId": "s", **named, **more})

    def prompt(self, text: str) -> "Claude":
        self._line("user", message={"role": "user", "content": text})
        return self

    def reply(self, *blocks: dict[str, Any], stop: str = "tool_use") -> "Claude":
        self._replies += 1
        for n, block in enumerate(blocks):
            ended = stop if n == len(blocks) - 1 else None
            message = {"id": f"msg_{self._replies}", "model": "m", "role": "assistant"}
            self._line("assistant", message={**message, "content": [block], "stop_reason": ended})
        return self

    def result(
        self, text: str, told: Any = None, call_id: str = "toolu_1", back: int = 0
    ) -> "Claude":
        """Answer a call; the line goes on from the call's own, ``back`` lines before."""
        block = {"type": "tool_result", "tool_use_id": call_id, "content": text}
        parent = len(self.lines) - 1 - back
        message = {"role": "user", "content": [block]}
        self._line("user", parent, message=message, toolUseResult=told)
        return self


def refusing(*issues: dict[str, Any]) -> dict[str, str]:
    """What Claude Code says to the model, and keeps beside it."""
    told = "InputValidationError: " + json.dumps(issues, indent=2)
    return {"text": "<tool_use_error>InputValidationError: Read failed …", "told": told}


PATH = {"file_path": "a.txt"}
NO_PATH = refusing({"expected": "string", "code": "invalid_type", "path": ["file_path"]})
NO_ARRAY = refusing({"expected": "array", "code": "invalid_type", "path": ["edits"]})
ONE_MORE = refusing({"code": "unrecognized_keys", "keys": ["note"], "path": []})
ODD_MODE = refusing({"code": "invalid_value", "values": ["content", "count"], "path": ["mode"]})
NOT_SENT = {"text": "… This tool's schema was not sent to the API …", "told": NO_PATH["told"]}
UNREAD = {"__unparsedToolInput": {"raw": '{"file_path":"a.t', "len": 17}}
CUT = {"text": "", "told": "InputValidationError: JSON parse failed (17 bytes)"}
DONE = {"text": "1\\thello", "told": None}


@pytest.mark.parametrize(
    ("name", "given", "answer", "found"),
    [
        ("Read", PATH, DONE, []),
        ("Read", {"limit": "5", **PATH}, DONE, []),
        ("Read", {"limit": 5}, NO_PATH, ["missing-required"]),
        ("Read", {"note": "x", **PATH}, ONE_MORE, ["unknown-param"]),
        ("Read", {"mode": "Count"}, ODD_MODE, ["enum-case"]),
        ("Read", {"edits": '[{"a": 1}]'}, NO_ARRAY, ["array-as-json-string"]),
        ("Read", UNREAD, CUT, ["args-truncated"]),
        ("Read", 42, DONE, ["args-non-object"]),
        ("rEAD", PATH, {"text": "", "told": "Error: No such tool available: rEAD"}, ["name-case"]),
        # The model may not have seen the schema, or the tool is gone since: nothing is proven.
        ("Read", {"limit": 5}, NOT_SENT, []),
        ("mcp__x", {}, {"text": "", "told": "Error: No such tool available: mcp__x. It left."}, []),
        ("Read", PATH, {"text": "", "told": "InputValidationError: something new"}, []),
    ],
)  # fmt: skip
def test_what_claude_code_refused_is_proven(
    name: str, given: Any, answer: dict[str, Any], found: list[str], tmp_path: Path
) -> None:
    session = (
        Claude().prompt("Go.").reply(use("Read", PATH, "toolu_0")).result("x", None, "toolu_0")
    )
    session.reply(use(name, given)).result(**answer).reply(
        {"type": "text", "text": "Done."}, stop="end_turn"
    )
    got = judged(tmp_path / "s.jsonl", lines(session.lines))
    assert slugs(got) == [[], found, []]
    assert all(
        isinstance(one, Judged) and one.recorded.rebuilt_from == "Claude Code" for one in got
    )


def test_calls_of_one_reply_and_their_results_belong_together(tmp_path: Path) -> None:
    """Its blocks are lines of their own, and each result goes on from its own call."""
    session = Claude().prompt("Go.")
    session.reply(use("A", {}, "t1"), use("B", {}, "t2")).result("one", None, "t1", back=1)
    session.result("two", None, "t2", back=1).reply({"type": "text", "text": "x"}, stop="end_turn")
    first, last = judged(tmp_path / "s.jsonl", lines(session.lines))
    assert isinstance(first, Judged) and isinstance(last, Judged)
    assert [call.name for call in first.judgement.reply.calls] == ["A", "B"]
    assert last.recorded.case.turns[0].results == ("one", "two")
    assert (last.recorded.misfit, last.judgement.findings) == (None, ())


def test_a_later_prompt_begins_anew_and_a_torn_line_spoils_itself(tmp_path: Path) -> None:
    session = Claude().prompt("Go.").reply(use("A", {})).result("x").prompt("And now?")
    session.reply({"type": "text", "text": "x"}, stop="end_turn")
    text = lines(session.lines) + '{"type": "assist'
    bad, _, last = judged(tmp_path / "s.jsonl", text)
    assert isinstance(bad, BadEntry) and bad.number == len(session.lines) + 1
    assert isinstance(last, Judged)
    assert [m.content for t in last.recorded.case.turns for m in t.messages] == ["And now?"]


def test_lines_that_name_each_other_in_a_circle_end(tmp_path: Path) -> None:
    session = Claude().prompt("Go.").reply(use("A", {}))
    session.lines[1]["message"]["content"] = [{"type": "tool_result", "tool_use_id": "x"}]
    session.lines[1]["parentUuid"] = "u2"
    assert slugs(judged(tmp_path / "s.jsonl", lines(session.lines))) == [[]]


def codex(*items: dict[str, Any]) -> str:
    meta = {"type": "session_meta", "payload": {"id": "s", "cli_version": "0.171.0"}}
    turn = {"type": "turn_context", "payload": {"model": "m"}}
    prompt = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Go."}]}
    return lines([meta, turn, *({"type": "response_item", "payload": i} for i in (prompt, *items))])


def call(arguments: str, name: str = "exec_command") -> dict[str, Any]:
    return {"type": "function_call", "call_id": "call_1", "name": name, "arguments": arguments}


def output(text: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": "call_1", "output": text}


NUMBER = {"type": "object", "properties": {"ms": {"type": "number"}}, "required": ["ms"]}
OFFERED = {
    "type": "additional_tools",
    "role": "developer",
    "tools": [
        {
            "type": "namespace",
            "name": "clock",
            "tools": [{"type": "function", "name": "sleep", "parameters": NUMBER}],
        }
    ],
}
SAID = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Done."}],
}
FAILED = "failed to parse function arguments: "
WRONG = f"{FAILED}invalid type: "
AS_SCALAR, MISSING = "string-as-scalar", "missing-required"


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([call('{"cmd": "ls"}'), output("a.txt")], []),
        ([call('{"ms": 1}'), output(f"{FAILED}missing field `cmd` at")], [MISSING]),
        (
            [
                call('{"cmd": "ls", "ms": "10"}'),
                output(f'{WRONG}string "10", expected u64 at line 1 column 24'),
            ],
            ["number-as-string"],
        ),
        ([call('{"cmd": "l'), output(f"{FAILED}EOF while parsing")], ["args-truncated"]),
        # The schema may say no more than "number", and which of two was meant isn't known.
        ([call('{"a": 1.5}'), output(f"{WRONG}floating point `1.5`, expected u64 at 1")], []),
        ([call('{"a": "1", "b": "1"}'), output(f'{WRONG}string "1", expected u64')], []),
        ([call('{"a": 1}'), output(f"{WRONG}integer `1`, expected a string")], [AS_SCALAR]),
        ([OFFERED, call('{"ms": 5}', "sleep"), output("slept")], []),
        ([OFFERED, call('{"ms": "5"}', "sleep"), output("slept")], ["number-as-string"]),
        ([OFFERED, call('{"ms": 1}', "Sleep"), output("unsupported call: Sleep")], ["name-case"]),
        (
            [{"type": "custom_tool_call", "call_id": "c", "name": "exec", "input": "text(1)"},
             {"type": "custom_tool_call_output", "call_id": "c", "output": "1"}],
            [],
        ),
    ],
)  # fmt: skip
def test_what_is_proven_of_a_session_of_codex(
    items: Lines, found: list[str], tmp_path: Path
) -> None:
    assert slugs(judged(tmp_path / "s.jsonl", codex(*items, SAID))) == [found, []]


def test_what_codex_has_compacted_is_said_no_more(tmp_path: Path) -> None:
    compacted = {"type": "compacted", "payload": {"replacement_history": [SAID]}}
    text = codex(call("{}"), output("x")) + lines([compacted]) + lines(
        [{"type": "response_item", "payload": call("{}")}]
    )  # fmt: skip
    *_, last = judged(tmp_path / "s.jsonl", text)
    assert isinstance(last, Judged)
    assert [reply.text for reply in last.recorded.replies if reply] == ["Done.", ""]


def step(number: int, source: str, **more: Any) -> dict[str, Any]:
    return {"step_id": number, "source": source, "message": "", **more}


def acting(number: int, arguments: Any, **more: Any) -> dict[str, Any]:
    tool_call = {"tool_call_id": "c1", "function_name": "sleep", "arguments": arguments}
    result = {"source_call_id": "c1", "content": "slept"}
    more["observation"] = {"results": [result]}
    return step(number, "agent", tool_calls=[tool_call], **more)


@pytest.mark.parametrize(
    ("steps", "described", "found"),
    [
        ([acting(2, {"ms": 5}), step(3, "agent", message="Done.")], True, [[], []]),
        ([acting(2, {"ms": "5"})], True, [["number-as-string"]]),
        ([acting(2, {"ms": "5"})], False, [[]]),
        ([acting(2, [1])], False, [["args-non-object"]]),
        # Copied from elsewhere, or of several calls of a model: not one reply.
        ([acting(2, {"ms": "5"}, is_copied_context=True), acting(3, {"ms": 5})], True, [[]]),
        ([acting(2, {"ms": "5"}, llm_call_count=2), acting(3, {"ms": 5})], True, [[]]),
    ],
)
def test_what_is_proven_of_a_trajectory(
    steps: Lines, described: bool, found: list[list[str]], tmp_path: Path
) -> None:
    tool = {"type": "function", "function": {"name": "sleep", "parameters": NUMBER}}
    agent = {"name": "a", "version": "1", "model_name": "m"}
    agent |= {"tool_definitions": [tool]} if described else {}
    document = {"schema_version": "ATIF-v1.7", "session_id": "s", "agent": agent}
    document["steps"] = [step(1, "user", message="Go."), *steps]
    inner = {**document, "trajectory_id": "t"}
    whole = {**document, "subagent_trajectories": [inner]}
    got = judged(tmp_path / "t.json", json.dumps(whole, indent=2))
    assert slugs(got) == found + found
    assert isinstance(got[0], Judged) and got[0].recorded.rebuilt_from == "ATIF (a)"


def opencode(*tools: dict[str, Any]) -> str:
    def message(role: str, *parts: dict[str, Any]) -> dict[str, Any]:
        return {"info": {"role": role, "modelID": "m"}, "parts": list(parts)}

    def reply(reason: str, *parts: dict[str, Any]) -> dict[str, Any]:
        ended = {"type": "step-finish", "reason": reason}
        return message("assistant", {"type": "step-start"}, *parts, ended)

    text = {"type": "text", "text": "Go."}
    messages = [message("user", text), reply("tool-calls", *tools), reply("stop", text)]
    return json.dumps(
        {"info": {"id": "ses_1", "version": "1.18.33"}, "messages": messages}, indent=2
    )


def ran(given: Any, name: str = "read", **state: Any) -> dict[str, Any]:
    state = {"status": "completed", "output": "x", **state, "input": given}
    return {"type": "tool", "tool": name, "callID": "c1", "state": state}


def wrong(why: str) -> dict[str, str]:
    told = f"The read tool was called with invalid arguments: SchemaError({why}).\nPlease rewrite"
    return {"status": "error", "error": told}


CUT_OFF = (
    'Invalid input for tool read: JSON parsing failed: Text: {"filePath":"a.\nError message: x'
)
GONE = "Model tried to call unavailable tool 'Read'. Available tools: bash, invalid, read."


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (ran({"filePath": "a"}), []),
        (ran({"limit": 5}, **wrong('Missing key\n  at ["filePath"]')), [MISSING]),
        (
            ran({"limit": "5"}, **wrong('Expected number | undefined, got "5"\n  at ["limit"]')),
            ["number-as-string"],
        ),
        (ran({"a": [1]}, **wrong('Expected string, got 1\n  at ["a"][0]')), [AS_SCALAR]),
        (ran({"a": 1}, **wrong('Expected string | null, got 1\n  at ["a"]')), []),
        (ran({"tool": "read", "error": CUT_OFF}, "invalid"), ["args-truncated"]),
        (ran({"tool": "Read", "error": GONE}, "invalid", output=GONE), ["name-case"]),
    ],
)
def test_what_is_proven_of_a_session_of_opencode(
    part: dict[str, Any], found: list[str], tmp_path: Path
) -> None:
    first, last = judged(tmp_path / "s.json", opencode(part))
    assert slugs([first, last]) == [found, []]
    assert isinstance(last, Judged) and last.recorded.misfit is None
