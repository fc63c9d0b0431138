"""What differs in one call's arguments: facts of several kinds, which the defects explain.

``walk`` finds them beside the right answer, ``schema`` by the schema alone. A fact says what is
there and what should be, never which defect it is: that is told by the ``explain`` of the files
in ``judge/defects/``, and a fact that none of them explains is a changed value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.judge.schema import Fault, fault_here
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.step import UNKNOWN, Step

__all__ = [
    "Added",
    "Ambiguous",
    "Chosen",
    "Difference",
    "Edged",
    "Emptied",
    "Flattened",
    "Foreign",
    "Glued",
    "Invented",
    "ItemsWrapped",
    "Leaf",
    "Lost",
    "Marked",
    "OtherBranch",
    "Renamed",
    "Renumbered",
    "Reordered",
    "Resized",
    "Respelled",
    "Retyped",
    "Reworded",
    "Spilled",
    "TooDeep",
    "Unasked",
    "Wrapped",
]


@dataclass(frozen=True)
class Difference:
    """A fact about the arguments at a step. ``expected`` is UNKNOWN where nobody knows it."""

    step: Step
    expected: Json
    came: Json

    @property
    def place(self) -> Place:
        """Where in the schema it stands."""
        return self.step.place

    @property
    def depth(self) -> int:
        """How many steps lead here from the arguments object: a parameter's value is at 1."""
        return self.step.depth

    @property
    def exact(self) -> bool:
        """Whether the right value is known."""
        return self.expected is not UNKNOWN


@dataclass(frozen=True)
class OfKey(Difference):
    """A fact about a key of the object."""

    key: str


@dataclass(frozen=True)
class Wrapped(Difference):
    """The arguments stand inside an envelope; ``how`` says in which."""

    how: str


@dataclass(frozen=True)
class Emptied(Difference):
    """An object came without any of its members; ``known``: the right answer names them."""

    keys: Sequence[str]
    known: bool


@dataclass(frozen=True)
class Marked(OfKey):
    """A key holds the model's own markup."""


@dataclass(frozen=True)
class Flattened(Difference):
    """The inside of the member at the step came as ``keys`` that spell the way to it."""

    keys: Sequence[str]


@dataclass(frozen=True)
class Spilled(Difference):
    """The text (or key) at the step goes on, in the model's own markup, with member ``name``."""

    name: str


@dataclass(frozen=True)
class Renamed(OfKey):
    """The member ``name`` came under another key."""

    name: str


@dataclass(frozen=True)
class Invented(Difference):
    """No key of the object is right: ``extra`` came instead of ``missing``."""

    missing: Sequence[str]
    extra: Sequence[str]


@dataclass(frozen=True)
class Lost(Difference):
    """Members did not come, the first of them at the step.

    ``around`` is the place of their object, ``right`` what belongs in it (UNKNOWN values where
    only the schema is known), ``object`` what came. ``kept`` are pairs of the members that came:
    right name and key. ``extra`` are the keys that nothing belongs to.
    """

    keys: Sequence[str]
    required: Sequence[str]
    extra: Sequence[str]
    kept: Sequence[tuple[str, str]]
    around: Place
    right: JsonObject
    object: JsonObject
    known: bool


@dataclass(frozen=True)
class Unasked(Difference):
    """An optional member came although it was not asked for, and is not its documented default."""

    defaults: Sequence[Json]


@dataclass(frozen=True)
class Foreign(OfKey):
    """A key that the schema doesn't know, in an object whose keys are parameters."""


@dataclass(frozen=True)
class Added(OfKey):
    """A key that was not asked for, in an object whose keys are data."""


@dataclass(frozen=True)
class OtherBranch(Difference):
    """An object of a union mixes its branches.

    ``mark`` is the key that tells the branches apart and names another one, ``foreign`` a key of
    another branch; ``admitted`` says that the schema takes the object all the same.
    """

    mark: str | None
    foreign: str | None
    admitted: bool


@dataclass(frozen=True)
class ItemsWrapped(Difference):
    """Every item of an array, or the array, came as an object around it."""


@dataclass(frozen=True)
class Reordered(Difference):
    """A tuple has the right items in an order that its schema forbids."""


@dataclass(frozen=True)
class Leaf(Difference):
    """Another value than the right one, or one that the schema refuses (``given``)."""

    given: Fault | None = None

    @cached_property
    def fault(self) -> Fault | None:
        """What the schema proves against the value itself, not against its inside."""
        return self.given if self.given is not None else fault_here(self.place, self.came)

    @property
    def in_tuple(self) -> bool:
        """Whether it is an item of an array that has a schema for each position."""
        return self.step.parent is not None and self.step.parent.place.is_tuple

    @property
    def optional(self) -> bool:
        """Whether it is a member that its object need not have."""
        parent, key = self.step.parent, self.step.key
        return parent is not None and isinstance(key, str) and not parent.place.requires(key)


@dataclass(frozen=True)
class Retyped(Leaf):
    """A value of another JSON type than one of ``wanted``.

    ``loaded`` is the value that a string spells (UNKNOWN when it spells none), ``syntax`` in
    which syntax, encoded ``layers`` times.
    """

    wanted: Sequence[str] = ()
    loaded: Json = UNKNOWN
    syntax: str = ""
    layers: int = 0

    @property
    def container(self) -> str | None:
        """``array`` or ``object`` when one of them belongs here."""
        return next((kind for kind in ("array", "object") if kind in self.wanted), None)

    def as_text(self, kind: str) -> str:
        """Say that a container came as the text that spells it."""
        times = f", encoded {self.layers} times" if self.layers > 1 else ""
        inside = "" if self.place.admits(self.loaded) else ", not valid inside"
        return f"the {kind} came as a string that holds its JSON{times}{inside}"


@dataclass(frozen=True)
class Reworded(Leaf):
    """Two strings that should be equal."""

    def tell(self, test: Callable[[str, str], str | None]) -> str | None:
        """Return what a test says of (expected, came), or of both without outer whitespace.

        A parser that decodes entities often strips as well: the finer of the two is told.
        """
        expected, came = str(self.expected), str(self.came)
        said = test(expected, came)
        bare, bare_came = expected.strip(), came.strip()
        if said or (bare, bare_came) == (expected, came):
            return said
        said = test(bare, bare_came)
        return f"{said}; outer whitespace changed as well" if said else None


@dataclass(frozen=True)
class Chosen(Leaf):
    """Another member of the enum: however alike they are, that is a choice, no corruption."""

    @property
    def fault(self) -> None:
        """Nothing: the schema admits it."""


@dataclass(frozen=True)
class Renumbered(Leaf):
    """Two numbers of other values."""


@dataclass(frozen=True)
class Resized(Leaf):
    """An array of another length."""


@dataclass(frozen=True)
class Respelled(Difference):
    """The same number, spelled otherwise."""


@dataclass(frozen=True)
class Ambiguous(Difference):
    """A string that spells a container, ``loaded``, where the schema admits either."""

    loaded: Json


@dataclass(frozen=True)
class Edged(Difference):
    """A text ends or begins in ``markup`` that nothing in it opened or closed."""

    markup: str


@dataclass(frozen=True)
class Glued(OfKey):
    """The member ``name`` came with its value in one key."""

    name: str


@dataclass(frozen=True)
class TooDeep(Difference):
    """Something in there differs; it is nested too deep to say where."""
