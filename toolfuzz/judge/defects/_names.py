"""What the defects of tool names share."""

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts

__all__ = ["misnamed"]


def misnamed(defect: Defect, facts: Facts, how: str) -> list[Finding]:
    """Return the finding of the first call whose name is wrong in this way (``Pair.misnamed``)."""
    for pair in facts.pairs:
        if pair.misnamed == how:
            name = pair.call.name if pair.call.name is None else clip(pair.call.name, 80)
            actual = clip(pair.call.name)
            return [defect.finding(f"the call names {name!r}", call=pair.index, actual=actual)]
    return []
