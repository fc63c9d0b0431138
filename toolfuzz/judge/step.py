"""Where in a call's arguments something stands, on a walk over them and the right ones."""

from dataclasses import dataclass
from itertools import pairwise

from toolfuzz.core.case import Json
from toolfuzz.judge.shapes import Place

__all__ = ["UNKNOWN", "Step"]


class _Unknown:
    """Stands for a value that nobody knows; None is a value."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = _Unknown()


@dataclass(slots=True)
class Step:
    """A place on the walk: how it was reached, both values, and how many leaves are wrong.

    ``key`` leads here in the right answer, ``shown`` in the arguments as they came. ``changed``
    of the ``leaves`` here and below have no finer explanation than another value.
    """

    parent: "Step | None"
    key: str | int
    expected: Json
    came: Json
    shown: str | int = ""
    depth: int = 0
    leaves: int = 0
    changed: int = 0
    known_place: Place | None = None

    def into(
        self, key: str | int, expected: Json, came: Json, shown: str | int | None = None
    ) -> "Step":
        """Return the step to a member; ``shown`` is the key under which it came."""
        shown = key if shown is None else shown
        return Step(self, key, expected, came, shown, self.depth + 1)

    def path(self) -> list[str | int]:
        """Return the keys from the arguments object to here, as they came."""
        return [step.shown for step in self.line()[1:]]

    def line(self) -> list["Step"]:
        """Return the steps from the root to here."""
        line, step = [self], self.parent
        while step is not None:
            line.append(step)
            step = step.parent
        return line[::-1]

    def count(self) -> None:
        """Count a leaf here and in everything around it."""
        for step in self.line():
            step.leaves += 1

    @property
    def place(self) -> Place:
        """The schema's place, looked up only for what differs; the root step brings its own."""
        line = self.line()
        for above, step in pairwise(line):
            if step.known_place is None and above.known_place is not None:
                known = None if step.expected is UNKNOWN else step.expected
                step.known_place = above.known_place.child(step.key, known)
        assert self.known_place is not None
        return self.known_place
