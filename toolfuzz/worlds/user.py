"""The scripted user: never wrong, since it says only what the goal says."""

import json

from toolfuzz.worlds.spec import Check

__all__ = ["GRADES", "correction"]

GRADES = 4


def correction(check: Check, grade: int) -> str:
    """Say what is not right yet, at one of four grades of help."""
    place = f"{check.kind} {check.id}" + (f", {check.field}" if check.field else "")
    match grade:
        case 0:
            return "That is not right yet. Please look at it again and finish it."
        case 1:
            return f"That is not right yet. Look again at {place}."
        case 2:
            return f"That is not right yet. {place} has to be {json.dumps(check.want)}."
        case _ if check.fix is not None:
            given = json.dumps(check.fix.arguments, ensure_ascii=False)
            return f"That is not right yet. Call {check.fix.tool} with exactly {given}."
        case _:
            return f"That is not right yet. {place} has to be {json.dumps(check.want)}."
