"""Wrong calls, no calls, calls in the wrong place (group E of the catalogue)."""

import re
from random import Random

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.simulate.faults.registry import Roll, fault
from toolfuzz.simulate.parsers.tags import TAGGED
from toolfuzz.simulate.schema import example

_PROSE = "The weather in Paris is sunny and mild today."


@fault("no-call", "plan")
def no_call(reply: ReplyPlan, roll: Roll) -> bool:
    """Prose, though a call was wanted."""
    wanted = bool(reply.calls)
    if wanted:
        reply.calls, reply.text = [], _PROSE
    return wanted


@fault("fabricated-call", "plan")
def fabricated_call(reply: ReplyPlan, roll: Roll) -> bool:
    """A call, though none was wanted."""
    if reply.calls or not reply.ask.tools or reply.ask.tool_choice != "auto" or reply.ask.answered:
        return False
    reply.calls, reply.text = [_simple(roll.rng.choice(reply.ask.tools))], ""
    return True


@fault("call-when-none", "plan", "forbids")
def call_when_none(reply: ReplyPlan, roll: Roll) -> bool:
    """A call, though tool_choice is none."""
    if reply.ask.tool_choice != "none" or not reply.ask.tools:
        return False
    reply.calls, reply.text = [_simple(roll.rng.choice(reply.ask.tools))], ""
    return True


@fault("forced-tool-ignored", "plan")
def forced_tool_ignored(reply: ReplyPlan, roll: Roll) -> bool:
    """Another tool than the one that was forced."""
    ask = reply.ask
    others = [t for t in ask.tools if f"tool:{t.name}" != ask.tool_choice]
    if not ask.tool_choice.startswith("tool:") or not reply.calls or not others:
        return False
    reply.calls = [_simple(roll.rng.choice(others))]
    return True


@fault("parallel-excess", "plan", "serial")
def parallel_excess(reply: ReplyPlan, roll: Roll) -> bool:
    """Two calls, though parallel calls are switched off."""
    if reply.ask.parallel is not False or not reply.calls:
        return False
    made = [(call.name, call.arguments) for call in reply.calls]
    others = [
        call for call in map(_simple, reply.ask.tools) if (call.name, call.arguments) not in made
    ]
    if others:
        reply.calls.append(roll.rng.choice(others))
    return bool(others)


@fault("duplicate-call", "plan")
def duplicate_call(reply: ReplyPlan, roll: Roll) -> bool:
    """The last call twice."""
    for call in reply.calls[-1:]:
        reply.calls.append(Call(call.name, call.arguments))
    return bool(reply.calls)


@fault("unknown-tool", "plan")
def unknown_tool(reply: ReplyPlan, roll: Roll) -> bool:
    """A tool that was not offered."""
    return _rename(reply, roll, ["execute_python", "run_terminal_cmd"])


@fault("name-polluted", "message")
def name_polluted(reply: ReplyPlan, roll: Roll) -> bool:
    """Special tokens, space or markup around the name."""
    call = _one(reply, roll.rng)
    return call is not None and _rename(
        reply,
        roll,
        [f"{call.name}<|channel|>commentary", f" {call.name}", f"{call.name}<arg_key>"],
        call,
    )


@fault("name-case", "message")
def name_case(reply: ReplyPlan, roll: Roll) -> bool:
    """The right name in another case or with other separators."""
    call = _one(reply, roll.rng)
    if call is None:
        return False
    if sum(_bare(tool.name) == _bare(call.name) for tool in reply.ask.tools) > 1:
        return False
    camel = "".join(w.capitalize() for w in call.name.replace("-", "_").split("_"))
    return _rename(reply, roll, [call.name.swapcase(), camel], call)


@fault("name-prefixed", "message")
def name_prefixed(reply: ReplyPlan, roll: Roll) -> bool:
    """An invented namespace in front, or a number behind."""
    call = _one(reply, roll.rng)
    return call is not None and _rename(
        reply,
        roll,
        [f"functions.{call.name}", f"default_api.{call.name}", f"functions.{call.name}:0"],
        call,
    )


@fault("name-concatenated", "message")
def name_concatenated(reply: ReplyPlan, roll: Roll) -> bool:
    """The names of several calls glued together."""
    if not reply.calls:
        return False
    first, *more = reply.calls
    name = "".join(c.name for c in reply.calls) if more else first.name * 2
    return _rename(reply, roll, [name], first)


@fault("name-empty", "message")
def name_empty(reply: ReplyPlan, roll: Roll) -> bool:
    """No name."""
    return _rename(reply, roll, [""])


@fault("call-in-content", "message")
def call_in_content(reply: ReplyPlan, roll: Roll) -> bool:
    """The call stays in the content as the model wrote it."""
    if not reply.calls:
        return False
    reply.text = "\n".join(t for t in (reply.text, _native(reply, roll.rng)) if t)
    reply.calls, reply.finish = [], "stop"
    return True


@fault("call-in-reasoning", "message")
def call_in_reasoning(reply: ReplyPlan, roll: Roll) -> bool:
    """The call stays in the reasoning as the model wrote it."""
    if not reply.calls:
        return False
    reply.reasoning = f"I should call the tool now.\n{_native(reply, roll.rng)}"
    reply.calls, reply.finish = [], "stop"
    return True


@fault("call-and-markup", "message")
def call_and_markup(reply: ReplyPlan, roll: Roll) -> bool:
    """The call is there, and so is its native text."""
    if reply.calls:
        reply.text += _native(reply, roll.rng)
    return bool(reply.calls)


@fault("call-dropped", "message")
def call_dropped(reply: ReplyPlan, roll: Roll) -> bool:
    """Tokens were spent and nothing came."""
    if not reply.calls:
        return False
    reply.calls, reply.text, reply.finish = [], "", "stop"
    reply.output_tokens = max(reply.output_tokens, 24)
    return True


@fault("mlx/coercion-error", "message")
def coercion_error_drops_call(reply: ReplyPlan, roll: Roll) -> bool:
    """A parser that wants whole numbers raises on others and drops the calls (mlx-lm#1330)."""
    values = [value for call in reply.calls for value in call.arguments.values()]
    return any(isinstance(value, float) for value in values) and call_dropped(reply, roll)


def _simple(tool: Tool) -> Call:
    value = example(tool.parameters, tool.parameters)
    return Call(tool.name, value if isinstance(value, dict) else {})


def _one(reply: ReplyPlan, rng: Random) -> Call | None:
    return rng.choice(reply.calls) if reply.calls else None


def _rename(reply: ReplyPlan, roll: Roll, names: list[str], call: Call | None = None) -> bool:
    """Give a call one of the names that no offered tool has."""
    call = call or _one(reply, roll.rng)
    free = [name for name in names if reply.ask.tool(name) is None]
    if call is None or not free:
        return False
    call.name = roll.rng.choice(free)
    return True


def _bare(name: str) -> str:
    """The name without case and separators."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _native(reply: ReplyPlan, rng: Random) -> str:
    """The calls in a native format: one of the engines' families, or tags if none carries them."""
    from toolfuzz.engines import native

    calls = [ExpectedCall(c.name, c.arguments) for c in reply.calls]
    families = list(native.families().values())
    for family in rng.sample(families, len(families)):
        try:
            text = family.render(calls, reply.ask.tools)
        except native.NotExpressible:
            continue
        if any(marker in text for marker in family.markers):
            return text
    tagged = rng.choice(list(TAGGED.values()))
    return tagged.write(reply.calls)
