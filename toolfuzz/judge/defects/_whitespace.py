"""Whitespace, which two defects tell apart by the direction of its change."""

from toolfuzz.judge.spelled import json_text

__all__ = ["inner_change", "outer_change"]


def outer_change(less: str, more: str) -> str | None:
    """Return where ``more`` has more outer whitespace than ``less``, None if that isn't all."""
    if less.strip() != more.strip():
        return None
    before, after = _outer(less)
    more_before, more_after = _outer(more)
    if before not in more_before or after not in more_after:
        return None
    sides = [("start", before, more_before), ("end", after, more_after)]
    return " and ".join(side for side, was, now in sides if was != now)


def inner_change(less: str, more: str) -> bool:
    """Whether the texts differ in nothing but whitespace, of which ``less`` has less.

    JSON that was written anew is another matter.
    """
    alike = "".join(less.split()) == "".join(more.split()) != "" and _size(less) < _size(more)
    return alike and json_text(less) is None


def _size(text: str) -> tuple[int, int, int]:
    return sum(map(str.isspace, text)), text.count("\n"), text.count("\t")


def _outer(text: str) -> tuple[str, str]:
    head = text[: len(text) - len(text.lstrip())]
    return head, text[len(text.rstrip()) :] if len(head) < len(text) else ""
