"""Outer whitespace, which two defects tell apart by its direction."""

__all__ = ["outer_change"]


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


def _outer(text: str) -> tuple[str, str]:
    head = text[: len(text) - len(text.lstrip())]
    return head, text[len(text.rstrip()) :] if len(head) < len(text) else ""
