"""What a list of runs comes to, in a sentence: which models fail in their latest runs."""

from collections.abc import Iterable
from dataclasses import dataclass

from toolfuzz.analyze.phrases import counted, names
from toolfuzz.core.text import shortly
from toolfuzz.report.words import count
from toolfuzz.view.rows import Figures, Row

__all__ = ["Answer", "answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence, and its colour: ``good``, ``bad`` or ``unsure``."""

    tone: str
    sentence: str


def answer(rows: Iterable[Row]) -> Answer | None:
    """Return what the latest run of each model says of it; None where nothing was judged."""
    latest: dict[tuple[str, str], Figures] = {}
    for row in sorted(rows, key=lambda row: row.started):
        for one in row.targets:
            if one.rate is not None and one.tone:
                latest[one.target, one.label] = one
    if not latest:
        return None
    bad = sorted((one for one in latest.values() if one.tone == "bad"), key=_rate)
    unsure = sum(one.tone == "unsure" for one in latest.values())
    if bad:
        return Answer("bad", _fail(bad, len(latest)))
    if unsure:
        of = f" of {len(latest)}" if unsure < len(latest) else ""
        return Answer(
            "unsure",
            f"No model is shown to fail in its latest run, but {unsure}{of} had too few calls to "
            "tell, or answers that could not be judged.",
        )
    (first, *more) = latest.values()
    which = f"All {count(len(latest), 'model')} are sound in their latest runs."
    return Answer("good", which if more else f"{shortly(first.target)} is sound in its latest run.")


def _fail(bad: list[Figures], of: int) -> str:
    worst = bad[0]
    share = counted(worst.failed, worst.judged)
    if len(bad) == 1:
        others = "; no other model is shown to" if of > 1 else ""
        return f"{shortly(worst.target)} fails in its latest run: {share}{others}."
    who = names([shortly(one.target) for one in bad])
    return f"{who} fail in their latest runs; of {shortly(worst.target)}, {share}."


def _rate(one: Figures) -> float:
    return one.rate or 0.0
