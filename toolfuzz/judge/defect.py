"""A defect: what it is, how it is told, what it explains, and replies that show it.

Each is one file in ``judge/defects/`` that assigns a ``Defect`` to ``DEFECT``; it is found by
itself, and ``tests/judge/test_defects.py`` holds it to what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from toolfuzz.core.verdict import Finding, Layer, Severity
from toolfuzz.judge.example import Example
from toolfuzz.judge.faults import Fault

if TYPE_CHECKING:
    from toolfuzz.judge.facts import Facts

__all__ = [
    "SIDES",
    "STAGES",
    "Defect",
    "Detect",
    "Group",
    "Harm",
    "Refused",
    "Said",
    "Side",
    "Stage",
]

Group = Literal["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]
Harm = Literal["value", "call", "error", "form"]
Stage = Literal["laws", "assemble", "structure", "pairing", "values", "causes", "world", "relay"]
Side = Literal["serialization", "understanding"]
SIDES: tuple[Side, ...] = ("serialization", "understanding")
Detect: TypeAlias = "Callable[[Facts], Iterable[Finding]]"
STAGES: tuple[Stage, ...] = (
    "laws",
    "assemble",
    "structure",
    "pairing",
    "values",
    "causes",
    "world",
    "relay",
)


_COMMANDS = {
    "reply": "toolfuzz run",
    "stream": "toolfuzz run --stream",
    "both": "toolfuzz run --both-streams",
    "history": "toolfuzz run (its conversations)",
    "run": "toolfuzz run",
    "engine": "toolfuzz run -m engine/ENGINE@VERSION:PARSER",
    "world": "toolfuzz run --probe dimensions",
    "relay": "toolfuzz trial",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """The words (regular expressions) by which servers name a defect when they refuse a request.

    ``about``: the model's own ``call``, the ``history`` that was sent back (from the second turn
    on), the ``pairing`` of its calls and results (where they do pair), or the ``tools`` (then the
    refusal must point at one of them). ``also`` are more words: of a call, which fit a history as
    well and mean that where both are named; of the tools, which point at a schema by themselves,
    even when the server fails (5xx); of a history, which speak of JSON alone and count where the
    request is said to be wrong (4xx). ``sure`` says what must be so besides.
    """

    about: Literal["call", "history", "pairing", "tools"]
    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    sure: Callable[[Facts], bool] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a defect says of a fact, when that is more than the message.

    ``above``: the finding points at what the value stands in. The other fields are the finding's,
    where they differ from the defect's and the fact's.
    """

    message: str
    severity: Severity | None = None
    above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One documented defect.

    ``group`` is a letter (A argument string, B value types, C string content, D schema, E call
    structure, F streaming, G protocol, H several turns, I what is done in a world, J gateways).
    ``tells_of`` is what is wrong where it is found: ``understanding`` when a well-formed answer
    isn't the one that was asked for, as small models give them (another value, fewer calls, prose,
    a nested object made flat), else ``serialization``: the form of a text, a value, a stream or a
    protocol, which servers and gateways are there to get right.
    ``harm`` is what it does to who runs the calls, where that isn't what its group does (see
    ``harm``): another ``value`` arrives, a ``call`` is lost or made up, it is an ``error``, or the
    ``form`` alone is wrong.
    ``usual`` says who usually causes it, and stands behind the word "usually". ``sources`` are
    public issues (``owner/repo#number``). ``indistinguishable`` says what the bytes can't tell
    apart; ``pairs`` are slugs that the same bytes may rightly get instead or beside. ``shows_in``
    says what must be asked to see it: any ``reply``, a ``stream``, ``both`` a stream and the plain
    reply to the same question, a ``history`` of earlier turns, all questions of a ``run``, an
    ``engine`` whose text is known, what becomes of a ``world``, or both sides of a ``relay`` (then
    nothing is detected in a reply and no example can show it); ``command`` is the command that does
    so. ``by_run``: a run may tell it of a question whose reply alone is unjudged.
    ``by_chance``: a model that samples may bring it about, so a run asks both modes again.

    ``detect`` takes the facts as they stand at the end of ``stage`` and returns the findings
    (see ``finding``), () for none; it must be quick where nothing is wrong. ``explains`` are
    slugs that are not reported beside this one, because they follow from it. ``ends``: as an error
    it leaves nothing to be read on. ``refused`` are a server's words for it, ``problems`` the kinds
    of WireProblem that show it.

    The groups A to D have ``explain`` instead: for each kind of fact about a call's arguments (see
    ``differences`` and ``texts``) a function that returns what is to be said of such a fact, None
    when this is not its defect. ``outranks`` are explanations of the same fact that this one goes
    before; a ``residual`` defect is told only of facts that nothing else explains. ``examples`` are
    replies in which it is found, and look-alikes in which it must not be.
    """

    slug: str
    group: Group
    tells_of: Side
    title: str
    severity: Severity
    layer: Layer
    usual: str
    help: str
    stage: Stage
    harm: Harm | None = None
    example: str = ""
    sources: tuple[str, ...] = ()
    indistinguishable: str = ""
    pairs: tuple[str, ...] = ()
    shows_in: Literal["reply", "stream", "both", "history", "run", "engine", "world", "relay"] = (
        "reply"
    )
    by_run: bool = False
    by_chance: bool = False
    detect: Detect | None = None
    explains: frozenset[str] = frozenset()
    ends: bool = False
    refused: Refused | None = None
    problems: frozenset[str] = frozenset()
    explain: Mapping[type, Callable[[Any], str | Said | None]] = field(default_factory=dict)
    outranks: frozenset[str] = frozenset()
    residual: bool = False
    fault: Fault | None = None
    examples: tuple[Example, ...] = ()

    @property
    def command(self) -> str:
        """The command that can find it; ``toolfuzz judge`` finds it in recorded exchanges, too."""
        return _COMMANDS[self.shows_in]

    def finding(self, message: str, **fields: Any) -> Finding:
        """Build a finding with this defect's severity and layer, unless ``fields`` say otherwise.

        ``fields`` are those of ``Finding``: ``call``, ``pointer``, ``expected``, ``actual``, ….
        """
        weights = {"severity": self.severity, "layer": self.layer}
        return Finding(**{"slug": self.slug, "message": message, **weights, **fields})
