"""A difference between the two sides of a gateway."""

from dataclasses import dataclass

from toolfuzz.core.case import Json
from toolfuzz.core.verdict import Finding, Severity

__all__ = ["Difference"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What was given to a gateway and what came out of it.

    ``where`` is a path for people (``tools/f/parameters/properties/n``); ``call`` the position of
    the call in a reply. ``turn`` is the conversation's, from 0. ``kind`` is a part of the cause:
    differences of one slug and kind are the same mistake.
    """

    slug: str
    where: str
    given: Json
    arrived: Json
    message: str
    severity: Severity = "error"
    kind: str = ""
    call: int | None = None
    turn: int = 0

    @property
    def finding(self) -> Finding:
        """The difference as a finding of the reply's turn."""
        return Finding(
            self.slug,
            self.severity,
            "relay",
            f"{self.where}: {self.message}" if self.where else self.message,
            call=self.call,
            pointer=f"/{self.where}" if self.where else "",
            shape=self.kind,
            expected=self.given,
            actual=self.arrived,
            turn=self.turn,
        )
