"""What the defects of too many calls share."""

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts

__all__ = ["extra"]


def extra(defect: Defect, facts: Facts) -> Finding:
    """Build the finding of calls that nobody asked for."""
    first = facts.extra[0]
    message = f"{len(facts.extra)} more calls than were asked for"
    return defect.finding(message, call=first.index, actual=clip(first.call.name))
