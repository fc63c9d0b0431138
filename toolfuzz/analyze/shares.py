"""Rates of parts of a run's answers: by feature, by probe, by stream mode."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import compress

from toolfuzz.analyze.load import Answers
from toolfuzz.analyze.questions import FAIL
from toolfuzz.analyze.ranking import least_failing
from toolfuzz.analyze.rates import Sample
from toolfuzz.core.case import JsonObject

__all__ = ["rates_by", "rates_by_feature"]


def rates_by(judged: Answers, keys: Iterable[int], names: Sequence[str]) -> JsonObject:
    """Return the rate of each group by its name, the weakest first; ``keys`` number the groups."""
    groups: dict[int, array[int]] = defaultdict(lambda: array("q"))
    for row, key in zip(judged.rows, keys, strict=True):
        groups[key].append(row)
    return _weakest({names[key]: _rate(judged.at(rows)) for key, rows in groups.items()})


def _rate(judged: Answers) -> JsonObject:
    return _entry(Sample(judged.sizes()), Counter(judged.wrong.clusters()))


def rates_by_feature(judged: Answers) -> JsonObject:
    """Return the rate of each feature, the weakest first.

    One feature at a time, so that what is counted for all of them need not fit into memory.
    """
    questions = judged.questions
    cases = questions.cases
    asked, wrong, cluster = (array("q", bytes(8 * len(cases.place))) for _ in range(3))
    statuses = judged.pick(questions.status)
    for case, of, status in zip(
        judged.pick(questions.case), judged.clusters(), statuses, strict=True
    ):
        asked[case] += 1
        wrong[case] += status == FAIL
        cluster[case] = of
    rates = {}
    for feature, has in cases.features.items():
        sizes: Counter[int] = Counter()
        failed: Counter[int] = Counter()
        for of, n, fails in compress(zip(cluster, asked, wrong, strict=True), has):
            if n:
                sizes[of] += n
            if fails:
                failed[of] += fails
        if sizes:
            rates[feature] = _entry(Sample(sizes), failed)
    return _weakest(rates)


def _entry(sample: Sample, failed: Counter[int]) -> JsonObject:
    rate = asdict(sample.rest(failed))
    return {name: value for name, value in rate.items() if name != "n_eff"}


def _weakest(rates: JsonObject) -> JsonObject:
    order = sorted(rates, key=lambda key: (-least_failing(rates[key]), key))
    return {key: rates[key] for key in order}
