"""What the format in which a request arrived has no words for: losing that is nobody's mistake."""

from dataclasses import dataclass, replace

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject
from toolfuzz.formats.protocol import CannotAskError, WireFormat
from toolfuzz.judge.relay.schemas import Words

__all__ = ["UNLIMITED", "Limits", "limits_of"]


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
