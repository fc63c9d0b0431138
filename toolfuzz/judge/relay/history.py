"""What a gateway made of a conversation so far: earlier calls, and the results of each."""

import json
from collections.abc import Iterator, Sequence

from toolfuzz.core.ask import Answered, Called, Said, ToolResult
from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import canonical, same
from toolfuzz.core.reply import ToolCall
from toolfuzz.judge.relay.arguments import argument_changes, value_of
from toolfuzz.judge.relay.difference import Difference

__all__ = ["history_changes"]

Paired = tuple[ToolCall, ToolResult | None]


def history_changes(sent: Sequence[Said], arrived: Sequence[Said]) -> Iterator[Difference]:
    """Yield what is different in the calls that were made, and in their results."""
    one, other = _paired(sent), _paired(arrived)
    if len(one) != len(other):
        yield _other_count(one, other)
        return
    for n, ((call, result), (there, answered)) in enumerate(zip(one, other, strict=True)):
        where = f"history/{n}"
        if call.name != there.name:
            yield Difference(
                "relay-history-changed", f"{where}/name", call.name, there.name, "is another",
                kind="name",
            )  # fmt: skip
        for change in argument_changes(call, there, f"{where}/arguments"):
            yield Difference(
                "relay-history-changed", change.where, change.given, change.arrived,
                "is spelled otherwise" if change.spelling else "is another",
                "info" if change.spelling else "error", change.kind,
            )  # fmt: skip
        yield from _result(result, answered, there, where)


def _other_count(one: Sequence[Paired], other: Sequence[Paired]) -> Difference:
    meant, came = ([_spelled(call) for call, _ in calls] for calls in (one, other))
    kind = "lost" if len(other) < len(one) else "added"
    if kind == "lost" and set(meant) == set(came):
        kind = "equal calls merged"
    return Difference(
        "relay-history-changed", "history", [call.name for call, _ in one],
        [call.name for call, _ in other], f"{len(other)} of {len(one)} calls", kind=kind,
    )  # fmt: skip


def _spelled(call: ToolCall) -> str:
    return f"{call.name} {canonical(value_of(call))}"


def _result(
    result: ToolResult | None, answered: ToolResult | None, call: ToolCall, where: str
) -> Iterator[Difference]:
    given, came = (one.content if one else None for one in (result, answered))
    if not _same_result(given, came):
        lost = "is lost" if came is None else "is another"
        yield Difference(
            "relay-result-changed", f"{where}/result", given, came, lost,
            kind=_fate(given, came),
        )  # fmt: skip
    if answered and answered.tool and answered.tool != call.name:
        yield Difference(
            "relay-result-changed", f"{where}/result/name", call.name, answered.tool,
            "is called otherwise than the call that it answers", kind="name",
        )  # fmt: skip


def _fate(given: str | None, came: str | None) -> str:
    """Say what became of a result, for telling causes apart."""
    if given is None or came is None:
        return "lost" if came is None else "text"
    if _loaded(came) == given:
        return "quoted"
    if isinstance(_loaded(given), str) and same(_loaded(_loaded(given)), _loaded(came)):
        return "unquoted"
    try:
        return "parts as JSON" if _is_within(given, _loaded(came)) else "text"
    except RecursionError:
        return "text"


def _is_within(text: str, value: Json) -> bool:
    """Whether a text is somewhere in a value, in which JSON may be a text once more."""
    match value:
        case dict():
            return any(_is_within(text, item) for item in value.values())
        case list():
            return any(_is_within(text, item) for item in value)
        case str():
            return value == text or (value[:1] in "[{" and _is_within(text, _reloaded(value)))
        case _:
            return False


def _reloaded(text: str) -> Json:
    value = _loaded(text)
    return None if value == text else value


def _same_result(given: str | None, came: str | None) -> bool:
    """Whether two results say the same: as text, as JSON, or under a key that a format needs."""
    if given is None or came is None or given == came:
        return given == came
    one, other = _loaded(given), _loaded(came)
    return same(one, other) or _holds(one, (came, other)) or _holds(other, (given, one))


def _holds(one: Json, wanted: Sequence[Json]) -> bool:
    if not isinstance(one, dict) or len(one) != 1:
        return False
    (value,) = one.values()
    return any(same(value, other) for other in wanted)


def _loaded(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _paired(said: Sequence[Said]) -> list[Paired]:
    """Return the calls that were made, each with the result that bears its id."""
    calls: list[ToolCall] = []
    results: dict[str | None, ToolResult] = {}
    unnamed: list[ToolResult] = []
    for part in said:
        match part:
            case Called(reply):
                calls += reply.calls
            case Answered(answers):
                for answer in answers:
                    if answer.call_id:
                        results[answer.call_id] = answer
                    else:
                        unnamed.append(answer)
            case _:
                pass
    if unnamed and not results:
        return _by_name(calls, unnamed)
    return [(call, results.get(call.id)) for call in calls]


def _by_name(calls: Sequence[ToolCall], answers: list[ToolResult]) -> list[Paired]:
    """Pair results that bear no ids: by the tools' names, in their order where those are equal."""
    left, found = [*answers], dict[int, ToolResult]()
    for n, call in enumerate(calls):
        own = next((k for k, answer in enumerate(left) if answer.tool == call.name), None)
        if own is not None:
            found[n] = left.pop(own)
    for n in range(len(calls)):
        if n not in found and left:
            found[n] = left.pop(0)
    return [(call, found.get(n)) for n, call in enumerate(calls)]
