"""Which layer makes a failure: model, template, parser or gateway, from differences on one case.

Research on the documented defects gives the rules: an error that comes or goes with the stream
mode, the wire format or the spelling of a schema is not the model's. Where it seems to go away is
asked anew, and only these answers count.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from toolfuzz.analyze.contrast import Tally, askings_to_tell, fails_less
from toolfuzz.analyze.paired import holm
from toolfuzz.evidence.details import Share
from toolfuzz.evidence.kept import Where
from toolfuzz.judge.catalogue import defects

__all__ = ["Layer", "Question", "Trial", "Way", "Where", "compare", "decide", "of_history"]

Way = Literal["again", "mode", "format", "respelled", "alone", "rehearsed", "parser", "family"]
TIMES = 16
# What looks like this is asked anew; only 2% of all that then stands may be chance.
SUSPICIOUS, LEVEL = 0.1, 0.02
# "Goes away" means that hardly any of it stays; a third of the calls fewer is no layer.
LEFT = 0.5
_ALWAYS = 0.95
_OFTEN_ENOUGH = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """The same case asked in one other way.

    ``way``: ``again``, ``mode`` (the other stream mode), ``format`` (another wire format),
    ``respelled`` (other spellings of the schemas), of a conversation ``alone`` (the last question
    without its history) and ``rehearsed`` (after right replies that it didn't give), ``parser`` (an
    engine's parser on perfect text) or ``family`` (the same, chosen by the model's name: the server
    may well run another).
    ``anew`` are the answers that confirm what the first ones made likely.
    """

    way: Way
    what: str
    failed: int
    asked: int
    anew: Tally = field(default_factory=Tally)

    @property
    def words(self) -> str:
        """For people: how many failed."""
        told = Share(self.what, self.failed, self.asked).words
        return f"{told}, asked anew {self.anew.words}" if self.anew.asked else told

    @property
    def tally(self) -> Tally:
        """The first answers."""
        return Tally(self.failed, self.asked)


@dataclass(frozen=True, slots=True)
class Question:
    """A way of asking the case: ``ask`` does it so many times. ``sure``: once tells all."""

    way: Way
    what: str
    ask: Callable[[int], Awaitable[Tally]]
    sure: bool = False


async def compare(questions: Sequence[Question], trials: list[Trial]) -> None:
    """Ask each question, the first being the case ``again``, and anew where it seems to go away.

    ``trials`` grows, so that what was asked is known when the budget ends.
    """
    for question in questions:
        known = await question.ask(1 if question.sure else TIMES)
        trials.append(Trial(question.way, question.what, known.failed, known.asked))
    if questions[0].sure:
        return
    for n, trial in enumerate(trials):
        if trial.way not in (*_COMPARED, *_HISTORIES) or not _seems_gone(trials[0], trial):
            continue
        times = askings_to_tell(trials[0].tally.rate, trial.tally.rate)
        for i in (0, n):
            if (missing := times - trials[i].anew.asked) > 0:
                more = await questions[i].ask(missing)
                trials[i] = replace(trials[i], anew=trials[i].anew + more)


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
    gone = _gone(trials)
    for way, where, sentence in _DIFFERENCES:
        of_way = [t for t in trials if t.way == way and t.asked]
        without = [t for t in of_way if t in gone]
        reasons += [f"{t.what}: {t.words} ({sentence})." for t in without]
        if without and len(without) == len(of_way):
            return Layer(where, tuple(reasons))
        if without:
            stays = ", ".join(t.what for t in of_way if t not in gone)
            reasons.append(f"It does not clearly go away everywhere ({stays}).")
            return Layer("undecided", tuple(reasons))
    respelled = [t for t in gone if t.way == "respelled"]
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
    could_tell = _seems_gone(again, Trial("again", "", 0, again.asked))
    follows_nothing = all(
        _rate_left(again, t) > LEFT for t in trials if t.way in _COMPARED and t.asked
    )
    if parsers and could_tell and follows_nothing and again.failed < again.asked:
        reasons.append("It follows neither stream mode nor wire format nor spelling.")
        return Layer("model", tuple(reasons))
    reasons.append("A model that samples does so, and so does one bad replica of several.")
    return Layer("undecided", tuple(reasons))


def of_history(trials: Sequence[Trial]) -> str:
    """Say whether a failure of a conversation needs its history; empty where nobody asked."""
    told = {t.way: t for t in trials if t.way in _HISTORIES and t.asked}
    if "alone" not in told or not trials[0].failed:
        return ""
    gone = {t.way for t in _gone(trials)}
    left = {way for way, t in told.items() if _rate_left(trials[0], t) > LEFT}
    if "alone" in left:
        return "It is not the history: the last question alone shows it as well."
    if gone.issuperset(_HISTORIES):
        return (
            "It is the endpoint's own replies in the history: it goes away without a history, and "
            "with right replies that the endpoint didn't give."
        )
    if "alone" in gone and "rehearsed" in left:
        return "It is the history, whoever's replies stand in it: without one it goes away."
    if "alone" in gone:
        return "It is the history: without one it goes away. Whose replies matter is undecided."
    return "Whether it is the history is undecided."


_COMPARED: tuple[Way, ...] = ("mode", "format", "respelled")
_HISTORIES: tuple[Way, ...] = ("alone", "rehearsed")
_DIFFERENCES: tuple[tuple[Way, Where, str], ...] = (
    ("format", "gateway", "the same server through another wire format"),
    ("mode", "parser", "the model writes the same text in both stream modes"),
)


def _is_group_b(slug: str) -> bool:
    entry = defects().get(slug)
    return entry is not None and entry.group == "B"


def _rate_left(again: Trial, other: Trial) -> float:
    return other.tally.rate / again.tally.rate if again.failed else 1.0


def _seems_gone(again: Trial, other: Trial) -> bool:
    """Whether the first answers make it worth asking anew."""
    return _rate_left(again, other) <= LEFT and fails_less(other.tally, again.tally) <= SUSPICIOUS


def _gone(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials in which the failure is gone by fresh answers alone (Holm over them)."""
    anew = {str(n): t for n, t in enumerate(trials) if n and t.anew.asked}
    again = trials[0].anew
    p_values = holm({n: fails_less(t.anew, again) for n, t in anew.items()})
    return [t for n, t in anew.items() if p_values[n] <= LEVEL and t.anew.rate <= LEFT * again.rate]
