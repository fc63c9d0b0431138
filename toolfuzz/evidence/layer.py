"""Which layer makes a failure: model, template, parser or gateway, from differences on one case.

Research on the documented defects gives the rules: an error that comes or goes with the stream
mode, the wire format or the spelling of a schema is not the model's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.evidence.details import Share
from toolfuzz.judge.catalogue import defects

__all__ = ["Layer", "Trial", "Way", "Where", "decide"]

Way = Literal["again", "mode", "format", "respelled", "parser", "family"]
Where = Literal["model", "template", "parser", "gateway", "client", "undecided"]
_LEVEL = 0.05
_ALWAYS = 0.95
_OFTEN_ENOUGH = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """The same case asked in one other way.

    ``way``: ``again``, ``mode`` (the other stream mode), ``format`` (another wire format),
    ``respelled`` (other spellings of the schemas), ``parser`` (an engine's parser on perfect
    text) or ``family`` (the same, chosen by the model's name: the server may well run another).
    """

    way: Way
    what: str
    failed: int
    asked: int

    @property
    def words(self) -> str:
        """For people: how many failed."""
        return Share(self.what, self.failed, self.asked).words


@dataclass(frozen=True, slots=True)
class Layer:
    """The verdict and why."""

    where: Where
    reasons: tuple[str, ...]


def decide(trials: Sequence[Trial], slug: str, *, parser_only: bool = False) -> Layer:
    """Return the layer that the trials leave; the first of them must be the case ``again``."""
    again = trials[0]
    raw = "The bytes were read without any client library, so no client made it."
    if parser_only:
        return Layer(
            "parser",
            ("The text was perfect and no model took part: only the engine's code is left.", raw),
        )
    if not again.failed:
        return Layer("undecided", ("It did not come again when the case was asked once more.",))
    reasons = [raw]
    parsers = [t for t in trials if t.way == "parser" and t.asked]
    family = [t for t in trials if t.way == "family" and t.asked]
    chosen = "(chosen by the model's name; --engine names another)"
    if doing_so := [t for t in (*parsers, *family) if t.failed]:
        note = f" {chosen}" if doing_so[0] in family else ""
        reasons.append(f"{doing_so[0].what}{note} does the same to perfect text.")
        return Layer("parser", tuple(reasons))
    reasons += [f"{t.what} reads perfect text of this call rightly." for t in parsers]
    reasons += [
        f"{t.what} {chosen} reads perfect text of this call rightly, which clears only servers "
        "that run it."
        for t in family
    ]
    for way, where, sentence in _DIFFERENCES:
        if gone := [t for t in trials if t.way == way and _differs(again, t)]:
            reasons += [f"{t.what}: {t.words} ({sentence})." for t in gone]
            return Layer(where, tuple(reasons))
    respelled = [t for t in trials if t.way == "respelled" and _differs(again, t)]
    reasons += [f"{t.what}: {t.words}, so the spelling of the schema decides." for t in respelled]
    if respelled and _is_group_b(slug):
        reasons.append("The content is right and only its JSON type is lost.")
        return Layer("parser", tuple(reasons))
    if respelled and parsers:
        return Layer("template", tuple(reasons))
    if again.failed >= _ALWAYS * again.asked and again.asked >= _OFTEN_ENOUGH:
        reasons.append("It comes every time, which a sampling model alone rarely does.")
        return Layer("undecided", tuple(reasons))
    reasons.append(f"It comes in {again.words} of askings of the very same request.")
    if parsers and not respelled and again.failed < again.asked:
        reasons.append("It follows neither stream mode nor wire format nor spelling.")
        return Layer("model", tuple(reasons))
    reasons.append("A model that samples does so, and so does one bad replica of several.")
    return Layer("undecided", tuple(reasons))


_DIFFERENCES: tuple[tuple[Way, Where, str], ...] = (
    ("format", "gateway", "the same server through another wire format"),
    ("mode", "parser", "the model writes the same text in both stream modes"),
)


def _is_group_b(slug: str) -> bool:
    entry = defects().get(slug)
    return entry is not None and entry.group == "B"


def _differs(again: Trial, other: Trial) -> bool:
    """Whether the failure clearly goes away (Fisher's exact test, one-sided)."""
    if not other.asked:
        return False
    from scipy.stats import hypergeom

    failed, asked = again.failed + other.failed, again.asked + other.asked
    return bool(hypergeom.sf(again.failed - 1, asked, failed, again.asked) <= _LEVEL)
