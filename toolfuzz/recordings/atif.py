"""ATIF, the Agent Trajectory Interchange Format of the Harbor framework, v1.0 to v1.8.

One document is one trajectory; subagents' may stand inside. A step of the agent is a reply, with
the results of its calls. Tools are described where the agent's are (``tool_definitions``, v1.5),
else known by their names. Each reply is judged with what was said since the user's last words.

https://harborframework.com/docs/trajectory-format
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from toolfuzz.core.ask import Ask, Called, ToolResult
from toolfuzz.core.case import JsonObject, Message, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats import USUAL, wire_format
from toolfuzz.formats.history import conversation, replied
from toolfuzz.formats.plan import ABSENT, Call
from toolfuzz.formats.reading import content_text, objects, string
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.lines import json_value
from toolfuzz.recordings.recorded import MOST_BEFORE, BadEntry, Recorded, each, rebuilt

__all__ = ["read", "recognises"]

_VERSION = re.compile(r'"schema_version"\s*:\s*"ATIF-v1\.')


def recognises(head: Head) -> bool:
    """Whether a file is a trajectory."""
    return head.text.startswith("{") and _VERSION.search(head.text) is not None


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the steps of the agent, and those of its subagents behind them; raises UsageError."""
    document = json_value(file.read())
    if not isinstance(document, dict):
        raise UsageError("the trajectory is not a JSON object")
    return each(enumerate(_replies(document), 1), lambda found: found)


def _replies(trajectory: JsonObject) -> Iterator[Recorded]:
    steps = objects(trajectory.get("steps"))
    agent = trajectory.get("agent")
    agent = agent if isinstance(agent, dict) else {}
    name, model = string(agent, "name") or "an agent", string(agent, "model_name") or ""
    tools = _tools(agent, steps)
    said: list[JsonObject] = []
    for step in steps:
        if step.get("source") == "user":
            said = []
        elif _is_reply(step):
            label = string(trajectory, "session_id") or ""
            ask = Ask(string(step, "model_name") or model, tools, conversation(_said(said)))
            calls = [_call(call) for call in objects(step.get("tool_calls"))]
            text = content_text(step.get("message"))
            yield rebuilt(f"ATIF ({name})", f"{label}/{step.get('step_id')}", ask, calls, text)
        said.append(step)
        said = [*said[:1], *said[1:][-MOST_BEFORE:]]
    for inner in objects(trajectory.get("subagent_trajectories")):
        yield from _replies(inner)


def _is_reply(step: JsonObject) -> bool:
    """Whether a step is what one call of a model gave, and was not copied from elsewhere."""
    of_one = step.get("llm_call_count") in (None, 1)
    return step.get("source") == "agent" and of_one and step.get("is_copied_context") is not True


def _tools(agent: JsonObject, steps: Sequence[JsonObject]) -> tuple[Tool, ...]:
    """Return the tools that are described, and those that are called without being so."""
    offered = {"messages": [], "tools": agent.get("tool_definitions") or []}
    described = wire_format(USUAL).read_request(offered).tools
    names = {string(c, "function_name") for s in steps for c in objects(s.get("tool_calls"))}
    others = sorted(name for name in names - {tool.name for tool in described} if name)
    return (*described, *(Tool(name, None, {}, declared=False) for name in others))


def _said(steps: Sequence[JsonObject]) -> Iterator[Message | Called | ToolResult]:
    for step in steps:
        text = content_text(step.get("message"))
        match step.get("source"):
            case "user" | "system" as role:
                yield Message("user" if role == "user" else "system", text)
            case "agent":
                calls = objects(step.get("tool_calls"))
                yield replied(text, [_told(call) for call in calls])
                results = _results(step)
                # What was not recorded was said all the same.
                for call in calls:
                    call_id = string(call, "tool_call_id")
                    name = string(call, "function_name")
                    yield ToolResult(call_id, name, results.get(call_id, ""))


def _results(step: JsonObject) -> dict[str | None, str]:
    observation = step.get("observation")
    found = objects(observation.get("results")) if isinstance(observation, dict) else []
    return {string(r, "source_call_id"): content_text(r.get("content")) for r in found}


def _arguments(call: JsonObject) -> str:
    return json.dumps(call.get("arguments"), ensure_ascii=False)


def _call(call: JsonObject) -> Call:
    name, call_id = call.get("function_name", ABSENT), call.get("tool_call_id", ABSENT)
    return Call(name, {}, call_id, _arguments(call))


def _told(call: JsonObject) -> ToolCall:
    return ToolCall(string(call, "tool_call_id"), string(call, "function_name"), _arguments(call))
