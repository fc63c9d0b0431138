"""What the simulator answered to one request, for logs and for tests."""

from dataclasses import dataclass, field

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.formats.plan import Refusal, ReplyPlan
from toolfuzz.simulate.profiles import profile_named
from toolfuzz.simulate.sending import Sending

__all__ = ["Served", "served", "unread"]


@dataclass(frozen=True, slots=True)
class Served:
    """A request, and what it was answered.

    ``number`` counts the requests for this ``model`` from 1; it is 0 where the request was refused
    unread, for the reason in ``text``. ``status`` is None where no answer was begun. ``calls`` are
    the names of the tools that were called. ``faults`` struck; ``missed`` are those that should
    have and could not, each with the reason. ``step`` is the place in the script (``2/5``).
    """

    number: int
    format: str
    model: str
    stream: bool
    body: JsonObject = field(repr=False)
    status: int | None
    calls: tuple[str, ...] = ()
    text: str = ""
    faults: tuple[str, ...] = ()
    missed: tuple[tuple[str, str], ...] = ()
    step: str = ""

    @property
    def line(self) -> str:
        """All of it in a line, for people."""
        asked = f"{self.format}{' streamed' if self.stream else ''}"
        # Clients send all sorts of things as a model, their keys among them.
        asked += f" {self.model}" if self.number and profile_named(self.model) else ""
        asked += f" #{self.number}" if self.number else ""
        if self.status is None:
            said = "no answer"
        elif self.status != 200:
            said = f"{self.status} {self.text[:200]}".rstrip()
        else:
            said = f"call {', '.join(self.calls)}" if self.calls else "text"
        told = [f"{asked}: {said}"]
        told += [f"fault {', '.join(self.faults)}"] if self.faults else []
        told += [f"NOT struck: {slug} ({why})" for slug, why in self.missed]
        told += [f"script {self.step}"] if self.step else []
        return printable(" · ".join(told))


def served(
    reply: ReplyPlan,
    how: Sending,
    *,
    format: str,
    number: int,
    faults: tuple[str, ...],
    missed: tuple[tuple[str, str], ...],
    step: str,
) -> Served:
    """Return what is told of an answer."""
    refusal = how.refusal or reply.refusal
    status = refusal.status if refusal else 200
    said = () if refusal else tuple(str(call.name) for call in reply.calls)
    return Served(
        number,
        format,
        reply.ask.model,
        reply.ask.stream,
        reply.request,
        None if how.until == 0 else status,
        said,
        "" if refusal else reply.text,
        faults,
        missed,
        step,
    )


def unread(format: str, refusal: Refusal) -> Served:
    """Return what is told of a request that was refused."""
    return Served(0, format, "", False, {}, refusal.status, text=refusal.message)
