"""The proofs of many drawn worlds, or of one that somebody wrote."""

import time
from collections import Counter
from dataclasses import dataclass, field

from toolfuzz.core.case import Case
from toolfuzz.core.codec import case_from_json, case_to_json
from toolfuzz.generate.dimensions import draw_pair, drawn_anew, family_of, value_of
from toolfuzz.worlds import agents
from toolfuzz.worlds.family import Family
from toolfuzz.worlds.prove import PROOFS, failed_proofs
from toolfuzz.worlds.spec import world_of

__all__ = ["MOST_BY_LUCK", "Proven", "prove_pair", "refuted"]

MOST_BY_LUCK = 0.01
"""The share of random callers that may pass."""
_CALLERS = 3


@dataclass(slots=True)
class Proven:
    """What was proved of a dimension's worlds.

    ``held`` and ``tried`` count by proof; ``wrong`` has one example of each that didn't hold.
    ``lucky`` of ``callers`` random callers passed. ``anew`` worlds were thrown away while drawing,
    ``seconds`` is the processor time that drawing (its proofs included) took.
    """

    family: Family
    level: int
    worlds: int = 0
    held: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)
    callers: int = 0
    lucky: int = 0
    anew: int = 0
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether every proof held for every world."""
        return not self.wrong and self.lucky < max(1, MOST_BY_LUCK * self.callers)

    def add(self, later: "Proven") -> None:
        """Take in what was proved of other worlds of the dimension."""
        self.worlds += later.worlds
        self.held += later.held
        self.tried += later.tried
        self.wrong = later.wrong | self.wrong
        self.callers += later.callers
        self.lucky += later.lucky
        self.anew += later.anew
        self.seconds += later.seconds


def prove_pair(family: Family, seed: int, k: int, level: int | None = None) -> Proven:
    """Draw the k-th world and its twin, and prove each again.

    They are read back from their JSON first, so it is what a file holds that is proved. Random
    callers are others than those that a world was drawn with.
    """
    known = Proven(family, family.usual if level is None else level)
    began = time.process_time()
    pair = draw_pair(family, seed, k, level)
    known.seconds = time.process_time() - began
    known.anew = drawn_anew(world_of(pair[0]))
    for case in pair:
        _prove(known, case_from_json(case_to_json(case)))
    return known


def _prove(known: Proven, case: Case) -> None:
    known.worlds += 1
    failed = dict(failed_proofs(known.family, case, value_of))
    twin = world_of(case).twin
    for proof in PROOFS:
        if not (proof.burdened and twin):
            known.tried[proof.name] += 1
            known.held[proof.name] += proof.name not in failed
    known.wrong = failed | known.wrong
    for n in range(_CALLERS):
        caller = agents.chance(value_of, int(case.id[:8], 16) + n)
        known.callers += 1
        known.lucky += agents.played(case, caller).outcome.status == "pass"


def refuted(case: Case) -> str | None:
    """Say which proof a world fails and why; None when it carries all of them.

    Raises UsageError where it is no world at all.
    """
    world = world_of(case)
    family = family_of(world)
    for proof in PROOFS:
        if proof.burdened and world.twin:
            continue
        try:
            wrong = proof.proves(family, case, value_of)
        except ValueError as error:
            wrong = str(error)
        except Exception as error:  # whatever a world by hand makes operations stumble over
            wrong = f"it can't be played: {type(error).__name__} {error}"
        if wrong:
            return f"{proof.name}: {wrong}"
    return None
