"""What the defects of tool names share."""

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.pairing import Pair

__all__ = ["misnamed"]


def misnamed(defect: Defect, pair: Pair) -> Finding:
    """Build the finding of a call whose name is none that was offered."""
    name = pair.call.name if pair.call.name is None else clip(pair.call.name, 80)
    actual = clip(pair.call.name)
    return defect.finding(f"the call names {name!r}", call=pair.index, actual=actual)
