"""What a gateway made of a request: tools, how they may be called, what was said and answered."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolfuzz.core.ask import Ask, Said
from toolfuzz.core.case import Json, Message, Tool
from toolfuzz.core.verdict import Severity
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.history import history_changes
from toolfuzz.judge.relay.limits import UNLIMITED, Limits
from toolfuzz.judge.relay.names import named, new_names
from toolfuzz.judge.relay.schemas import changes

__all__ = ["request_changes"]

_ROLES = ("system", "user")


def request_changes(sent: Ask, arrived: Ask, limits: Limits = UNLIMITED) -> Iterator[Difference]:
    """Yield what is different upstream of what the client sent, after each format's own reading.

    What the format in which it arrived can't hold (``limits``) is a warning.
    """
    names = new_names(sent.tools, arrived.tools)
    for old, new in names.items():
        yield Difference(
            "relay-tool-renamed", f"tools/{old}", old, new, "is called otherwise", "warn"
        )
    sent = _narrowed(named(sent, names), arrived)
    yield from _tools(sent.tools, arrived.tools, limits)
    if arrived.tools:
        yield from _choice(sent, arrived, limits)
    yield from _said(sent, arrived)
    yield from history_changes(sent.said, arrived.said)


def _narrowed(sent: Ask, arrived: Ask) -> Ask:
    """Return the question with no more tools on offer than may be called, if it arrived like that:
    a format that can't name those that may be called has no other way to say it."""
    if sent.allowed and {tool.name for tool in arrived.tools} == set(sent.allowed):
        return replace(sent, tools=tuple(t for t in sent.tools if t.name in sent.allowed))
    return sent


def _tools(sent: Sequence[Tool], arrived: Sequence[Tool], limits: Limits) -> Iterator[Difference]:
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
                other.description, "is another", "error" if tool.description else "info",
            )  # fmt: skip
        if tool.declared:
            yield from changes(
                tool.parameters, other.parameters, f"{where}/parameters", limits.words
            )
        if tool.strict != other.strict:
            yield Difference(
                "relay-strict-changed", f"{where}/strict", tool.strict, other.strict,
                "is another", "warn" if limits.strict else "info",
            )  # fmt: skip
    for name in there:
        yield Difference("relay-tool-added", f"tools/{name}", None, name, "nobody offered it")


def _choice(sent: Ask, arrived: Ask, limits: Limits) -> Iterator[Difference]:
    if _demand(sent) != _demand(arrived):
        kind = "allowed" if sent.allowed else sent.tool_choice.partition(":")[0]
        yield Difference(
            "relay-tool-choice", "tool_choice", _chosen(sent), _chosen(arrived), "is another",
            _gravity(limits.choice), kind,
        )  # fmt: skip
    # Left out means that several are allowed.
    if (sent.parallel is False) != (arrived.parallel is False):
        yield Difference(
            "relay-parallel-changed", "parallel tool calls", sent.parallel, arrived.parallel,
            "is another", _gravity(limits.serial),
            "no longer forbidden" if sent.parallel is False else "forbidden",
        )  # fmt: skip


def _demand(ask: Ask) -> tuple[str, frozenset[str]]:
    """Return whether there must be a call, and to which tools alone, if not to all on offer."""
    forced = ask.tool_choice.startswith("tool:")
    may, offered = frozenset(ask.may_call), {tool.name for tool in ask.tools}
    return "required" if forced else ask.tool_choice, frozenset() if may >= offered else may


def _gravity(can_be_said: bool) -> Severity:
    return "error" if can_be_said else "warn"


def _chosen(ask: Ask) -> Json:
    return [ask.tool_choice, *ask.allowed] if ask.allowed else ask.tool_choice


def _said(sent: Ask, arrived: Ask) -> Iterator[Difference]:
    before, after = ({role: _text(ask.said, role) for role in _ROLES} for ask in (sent, arrived))
    if _text(sent.said, *_ROLES) == _text(arrived.said, *_ROLES) and not after["system"]:
        if before["system"]:
            yield Difference(
                "relay-message-changed", "system messages", before["system"], "",
                "are said by the user", kind="system to user",
            )  # fmt: skip
        return
    for role in _ROLES:
        if before[role] != after[role]:
            yield Difference(
                "relay-message-changed", f"{role} messages", before[role], after[role],
                "are others", kind=role,
            )  # fmt: skip


def _text(said: Sequence[Said], *roles: str) -> str:
    """Return all that these roles said: formats differ in how messages are cut and joined."""
    texts = (part.content for part in said if isinstance(part, Message) and part.role in roles)
    return " ".join(word for text in texts for word in text.split())
