"""What the defects of streamed arguments share."""

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.streamed import StreamedCall

__all__ = ["damaged"]


def damaged(defect: Defect, call: StreamedCall) -> Finding:
    """Build the finding of what a stream did to one call's arguments."""
    found = call.damage
    assert found is not None
    if found.repaired is None:
        return defect.finding(found.message, call=call.position)
    expected, actual = clip(found.repaired), clip(found.came)
    return defect.finding(found.message, call=call.position, expected=expected, actual=actual)
