"""What a gateway made of a request: tools, how they may be called, what was said and answered."""

from collections.abc import Iterator, Sequence

from toolfuzz.core.ask import Answered, Ask, Called, Said
from toolfuzz.core.case import Json, Message, Tool
from toolfuzz.core.jsonvalue import equal, same
from toolfuzz.core.reply import ToolCall, arguments_of
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.schemas import changes

__all__ = ["request_changes"]


def request_changes(sent: Ask, arrived: Ask) -> Iterator[Difference]:
    """Yield what is different upstream of what the client sent, after each format's own reading."""
    yield from _tools(sent.tools, arrived.tools)
    if arrived.tools:
        yield from _choice(sent, arrived)
    yield from _said(sent, arrived)


def _tools(sent: Sequence[Tool], arrived: Sequence[Tool]) -> Iterator[Difference]:
    there = {tool.name: tool for tool in arrived}
    for tool in sent:
        other = there.pop(tool.name, None)
        where = f"tools/{tool.name}"
        if other is None:
            kind = "all" if not arrived else "some"
            yield Difference(
                "relay-tool-dropped", where, tool.name, None, "was not passed on", kind=kind
            )
            continue
        if (tool.description or "") != (other.description or ""):
            yield Difference(
                "relay-tool-description", f"{where}/description", tool.description,
                other.description, "is another",
            )  # fmt: skip
        if tool.declared:
            yield from changes(tool.parameters, other.parameters, f"{where}/parameters")
        if tool.strict != other.strict:
            yield Difference(
                "relay-strict-changed", f"{where}/strict", tool.strict, other.strict,
                "is another", "warn",
            )  # fmt: skip
    for name in there:
        yield Difference("relay-tool-added", f"tools/{name}", None, name, "nobody offered it")


def _choice(sent: Ask, arrived: Ask) -> Iterator[Difference]:
    if (sent.tool_choice, sent.allowed) != (arrived.tool_choice, arrived.allowed):
        told = {"given": _chosen(sent), "arrived": _chosen(arrived)}
        yield Difference("relay-tool-choice", "tool_choice", **told, message="is another",
                         kind=sent.tool_choice.partition(":")[0])  # fmt: skip
    # Left out means that several are allowed.
    if (sent.parallel is False) != (arrived.parallel is False):
        yield Difference(
            "relay-parallel-changed", "parallel tool calls", sent.parallel, arrived.parallel,
            "is another",
        )  # fmt: skip


def _chosen(ask: Ask) -> Json:
    return [ask.tool_choice, *ask.allowed] if ask.allowed else ask.tool_choice


def _said(sent: Ask, arrived: Ask) -> Iterator[Difference]:
    for role in ("system", "user"):
        one, other = _text(sent.said, role), _text(arrived.said, role)
        if one != other:
            yield Difference(
                "relay-message-changed", f"{role} messages", one, other, "are others", kind=role
            )
    yield from _replies(sent, arrived)


def _text(said: Sequence[Said], role: str) -> str:
    """Return all that a role said: formats differ in how messages are cut and joined."""
    texts = (part.content for part in said if isinstance(part, Message) and part.role == role)
    return "\n".join(" ".join(text.split()) for text in texts if text.strip())


def _replies(sent: Ask, arrived: Ask) -> Iterator[Difference]:
    one, other = _history(sent.said), _history(arrived.said)
    if len(one) != len(other):
        yield Difference(
            "relay-history-changed", "history", len(one), len(other), "calls are lost or added",
            kind="count",
        )  # fmt: skip
        return
    for n, ((call, result), (there, answered)) in enumerate(zip(one, other, strict=True)):
        where = f"history/{n}"
        if call.name != there.name:
            yield Difference(
                "relay-history-changed", f"{where}/name", call.name, there.name, "is another",
                kind="name",
            )  # fmt: skip
        given, came = _value(call), _value(there)
        if not same(given, came):
            severity = "warn" if equal(given, came) else "error"
            yield Difference(
                "relay-history-changed", f"{where}/arguments", given, came, "are others",
                "warn" if severity == "warn" else "error", "arguments",
            )  # fmt: skip
        if result != answered:
            lost = "is lost" if answered is None else "is another"
            yield Difference(
                "relay-result-changed", f"{where}/result", result, answered, lost,
                kind="lost" if answered is None else "text",
            )  # fmt: skip


def _history(said: Sequence[Said]) -> list[tuple[ToolCall, str | None]]:
    """Return the calls that were made, each with the result that bears its id."""
    calls: list[ToolCall] = []
    results: dict[str | None, str] = {}
    unnamed: list[str] = []
    for part in said:
        match part:
            case Called(reply):
                calls += reply.calls
            case Answered(answers):
                for answer in answers:
                    if answer.call_id:
                        results[answer.call_id] = answer.content
                    else:
                        unnamed.append(answer.content)
            case _:
                pass
    if unnamed and not results:
        padded = [*unnamed, *[None] * len(calls)]
        return list(zip(calls, padded, strict=False))
    return [(call, results.get(call.id)) for call in calls]


def _value(call: ToolCall) -> Json:
    return arguments_of(call, broken=call.arguments_raw)
