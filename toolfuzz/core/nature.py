"""What a target is: a real model, our simulator, or an engine's parser fed with perfect text.

This is the only place that looks at a target's kind. Everything else reads a ``Nature``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Target, TargetKind

__all__ = ["SIMULATOR_LABELS", "Nature", "nature_of", "says_simulated"]

SIMULATOR_LABELS = {"x-toolfuzz-simulated": "1", "server": "toolfuzz-simulator"}
"""The response headers by which our simulator says what it is, whatever its address."""


@dataclass(frozen=True, slots=True)
class Nature:
    """What a reader, or an option, must know of a target beyond its name.

    ``kind``: what a journal's target has under that name. ``real``: a model was asked.
    ``simulated``: our simulator answered. ``remote``: it is asked at an address of its own, which
    may want a key and may not answer. ``over_http``: requests are sent; if not, the model's text
    is handed to a parser. ``deterministic``: the same question always gets the same answer, so
    one asking decides. ``priced``: its tokens cost what the public price lists say.

    ``label`` (and ``several``, its plural) and ``sentence`` are what reports show; empty for a
    real model. ``noun`` names the kind in a sentence.
    """

    kind: TargetKind
    real: bool
    simulated: bool
    remote: bool
    over_http: bool
    deterministic: bool
    priced: bool
    label: str
    several: str
    sentence: str
    noun: str

    def words(self) -> JsonObject:
        """Return what ``summary.json`` says of it."""
        names = ("real", "over_http", "label", "several", "sentence")
        return {name: getattr(self, name) for name in names}


def nature_of(target: Target, *, said_simulated: bool = False) -> Nature:
    """Return what the target is; ``said_simulated``: its answers carried the simulator's label."""
    match target.kind:
        case "engine":
            return _engine(target)
        case "simulated":
            return _simulated(remote=False)
        case _:
            return _simulated(remote=True) if said_simulated else _REAL


def says_simulated(headers: Mapping[str, str]) -> bool:
    """Whether these response headers (names in lower case) are our simulator's."""
    return any(headers.get(name) == value for name, value in SIMULATOR_LABELS.items())


_REAL = Nature(
    kind="http",
    real=True,
    simulated=False,
    remote=True,
    over_http=True,
    deterministic=False,
    priced=True,
    label="",
    several="",
    sentence="",
    noun="a real endpoint",
)


def _simulated(*, remote: bool) -> Nature:
    return Nature(
        kind="simulated",
        real=False,
        simulated=True,
        remote=remote,
        over_http=True,
        deterministic=False,
        priced=False,
        label="simulated",
        several="simulated endpoints",
        sentence="Simulated endpoint: no model was asked, its faults are planted.",
        noun="simulated",
    )


def _engine(target: Target) -> Nature:
    parser = target.name.partition("/")[2] or target.name
    cuts = target.params.get("cuts")
    if not isinstance(cuts, list | tuple):
        cuts = ()
    cut = f" Its streams are cut by {cuts[0]}." if len(cuts) == 1 else ""
    if len(cuts) > 1:
        cut = f" Each of its streams is cut in {len(cuts)} ways."
    return Nature(
        kind="engine",
        real=False,
        simulated=False,
        remote=False,
        over_http=False,
        deterministic=True,
        priced=False,
        label="engine parser trial",
        several="engine parser trials",
        sentence=f"Engine parser trial: perfect model text, real {parser} parser.{cut}",
        noun="an engine trial",
    )
