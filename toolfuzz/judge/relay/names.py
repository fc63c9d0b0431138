"""Tools that a gateway offers under other names: it may, as long as replies bear the old ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from toolfuzz.core.ask import Answered, Ask, Called, Said
from toolfuzz.core.case import Tool
from toolfuzz.core.reply import Reply

__all__ = ["calls_named", "named", "new_names"]


def new_names(sent: Sequence[Tool], arrived: Sequence[Tool]) -> dict[str, str]:
    """Return old name to new name of the tools that were renamed, in their order.

    Those that are missing and those that are new must be as many and take the same parameters.
    """
    known, there = ({tool.name for tool in tools} for tools in (sent, arrived))
    missing = [tool for tool in sent if tool.name not in there]
    new = [tool for tool in arrived if tool.name not in known]
    if [_takes(tool) for tool in missing] != [_takes(tool) for tool in new]:
        return {}
    return {one.name: other.name for one, other in zip(missing, new, strict=True)}


def _takes(tool: Tool) -> frozenset[str]:
    properties = tool.parameters.get("properties")
    return frozenset(properties if isinstance(properties, dict) else ())


def named(ask: Ask, names: Mapping[str, str]) -> Ask:
    """Return a question with its tools called otherwise, wherever it names them."""
    if not names:
        return ask
    kind, _, forced = ask.tool_choice.partition(":")
    return replace(
        ask,
        tools=tuple(replace(tool, name=names.get(tool.name, tool.name)) for tool in ask.tools),
        said=tuple(_said(said, names) for said in ask.said),
        tool_choice=f"{kind}:{names.get(forced, forced)}" if forced else kind,
        allowed=tuple(names.get(name, name) for name in ask.allowed),
    )


def _said(said: Said, names: Mapping[str, str]) -> Said:
    match said:
        case Called(reply):
            return Called(calls_named(reply, names))
        case Answered(results):
            return Answered(
                tuple(replace(one, tool=names.get(one.tool or "", one.tool)) for one in results)
            )
        case _:
            return said


def calls_named(reply: Reply, names: Mapping[str, str]) -> Reply:
    """Return a reply whose calls name tools otherwise."""
    calls = (
        structs.replace(call, name=names.get(call.name or "", call.name)) for call in reply.calls
    )
    return structs.replace(reply, calls=tuple(calls))
