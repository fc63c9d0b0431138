"""What went wrong on which side: in what the model understood, or in how it was written down."""

from collections import Counter
from dataclasses import asdict

from toolfuzz.analyze.load import Answers
from toolfuzz.analyze.rates import Sample
from toolfuzz.core.case import JsonObject
from toolfuzz.core.nature import Nature
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import SIDES, Side

__all__ = ["by_side", "side_of"]


def side_of(slug: str, nature: Nature) -> Side:
    """Return what a defect tells of, on a target of that nature.

    Where a parser was handed the right text, nothing was misunderstood. A slug that another version
    found and this one doesn't know is counted as serialization.
    """
    known = defects().get(slug)
    return known.tells_of if known and nature.over_http else "serialization"


def by_side(judged: Answers, nature: Nature) -> JsonObject:
    """Return for each side the share of judged replies that nothing on it failed.

    Each is a rate with its interval (``judged``, ``passed``, ``rate``, ``low``, ``high``, …). A
    reply that fails on both sides counts on both.
    """
    sample = Sample(judged.sizes())
    failing: dict[Side, Counter[int]] = {side: Counter() for side in SIDES}
    wrong = judged.wrong
    for row, cluster in zip(wrong.rows, wrong.clusters(), strict=True):
        for side in {side_of(f.slug, nature) for f in judged.questions.causes(row)}:
            failing[side][cluster] += 1
    return {side: asdict(sample.rest(failing[side])) for side in SIDES}
