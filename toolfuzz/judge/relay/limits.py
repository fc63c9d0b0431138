"""What one of the two formats has no words for: that it doesn't arrive is nobody's mistake."""

from dataclasses import dataclass, replace

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject
from toolfuzz.formats.protocol import CannotAskError, WireFormat
from toolfuzz.judge.relay.schemas import Words

__all__ = ["UNLIMITED", "Limits", "limits_of", "said_in"]


@dataclass(frozen=True, slots=True)
class Limits:
    """``serial``, ``strict`` and ``choice`` say that a request can hold them; ``words`` which
    keywords of schemas it can.
    """

    serial: bool = True
    strict: bool = True
    choice: bool = True
    words: Words = None


UNLIMITED = Limits()


def limits_of(format: WireFormat, sent: Ask, body: JsonObject) -> Limits:
    """Return the limits for what was sent to become ``body`` in a format."""
    traits = format.traits
    return Limits(traits.serial, traits.strict, _has_choice(format, sent), format.words(body))


def _has_choice(format: WireFormat, sent: Ask) -> bool:
    try:
        format.write(replace(sent, continues=None))
    except CannotAskError:
        return False
    return True


def said_in(format: WireFormat, ask: Ask) -> Ask:
    """Return a question as a client says it in a format, which may have no flags for all of it."""
    traits = format.traits
    tools = ask.tools if traits.strict else tuple(replace(t, strict=False) for t in ask.tools)
    return replace(ask, tools=tools, parallel=ask.parallel if traits.serial else None)
