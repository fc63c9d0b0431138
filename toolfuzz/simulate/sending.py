"""How an answer is sent: whole and at once, or as broken servers and networks send it."""

from dataclasses import dataclass, field

from toolfuzz.formats.plan import Refusal

__all__ = ["Sending"]


@dataclass(slots=True)
class Sending:
    """How an answer is sent; the faults of HTTP change it.

    ``refusal`` is sent instead of a reply. The head comes after ``wait`` seconds, each of the
    ``writes`` of the body after ``pause``. ``until`` is the share of the body that is sent,
    None: all of it, 0: not even the head; then the connection is closed (``closes``) or silent.
    """

    refusal: Refusal | None = None
    wait: float = 0.0
    pause: float = 0.0
    writes: int = 0
    until: float | None = None
    closes: bool = True
    headers: dict[str, str] = field(default_factory=dict)
