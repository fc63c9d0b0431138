"""What a command may spend in all."""

import math
from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be spent in all: HTTP attempts, seconds, tokens both ways, US dollars."""

    calls: float = math.inf
    seconds: float = math.inf
    tokens: float = math.inf
    dollars: float = math.inf
