"""What a command may spend in all."""

import math
from dataclasses import dataclass

from toolfuzz.core.errors import UsageError

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a command may spend: HTTP attempts, seconds, tokens both ways, US dollars.

    ``price`` is in dollars for a million tokens in and out, None: as the public lists say.
    """

    calls: float = math.inf
    seconds: float = math.inf
    tokens: float = math.inf
    dollars: float = math.inf
    price: tuple[float, float] | None = None

    @property
    def flags(self) -> dict[str, float]:
        """The limits by the names of their flags."""
        return {
            "--max-calls": self.calls,
            "--max-time": self.seconds,
            "--max-tokens": self.tokens,
            "--max-cost": self.dollars,
        }

    @property
    def any(self) -> bool:
        """Whether there is any limit."""
        return any(most < math.inf for most in self.flags.values())

    def less(
        self, calls: float = 0, seconds: float = 0, tokens: float = 0, dollars: float = 0
    ) -> "Limits":
        """Return what is left when so much was spent."""
        return Limits(
            self.calls - calls,
            self.seconds - seconds,
            self.tokens - tokens,
            self.dollars - dollars,
            self.price,
        )

    def check(self) -> None:
        """Refuse what is no number above 0; raises UsageError."""
        for flag, most in self.flags.items():
            if not most > 0:
                raise UsageError(f"{flag} {most:g}: more than 0 is needed", None)
