"""Rules as small automata over the trace, by name: one file for each kind of what is ruled."""

from toolfuzz.worlds.rules import calls, claims, values
from toolfuzz.worlds.rules.base import Obeyed

__all__ = ["RULES", "Obeyed"]

RULES: dict[str, Obeyed] = {**calls.RULES, **claims.RULES, **values.RULES}
