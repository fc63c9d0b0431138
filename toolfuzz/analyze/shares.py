"""Rates of parts of a run's answers: by feature, by probe, by stream mode."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
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
    sizes: dict[int, Counter[Hashable]] = defaultdict(Counter)
    failed: dict[int, Counter[Hashable]] = defaultdict(Counter)
    status = judged.pick(judged.questions.status)
    for key, cluster, status_ in zip(keys, judged.clusters(), status, strict=True):
        sizes[key][cluster] += 1
        if status_ == FAIL:
            failed[key][cluster] += 1
    return _weakest({names[key]: _entry(sizes[key], failed[key]) for key in sizes})


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
        sizes: Counter[Hashable] = Counter()
        failed: Counter[Hashable] = Counter()
        for of, n, fails in compress(zip(cluster, asked, wrong, strict=True), has):
            if n:
                sizes[of] += n
            if fails:
                failed[of] += fails
        if sizes:
            rates[feature] = _entry(sizes, failed)
    return _weakest(rates)


def _entry(sizes: Counter[Hashable], failed: Counter[Hashable]) -> JsonObject:
    rate = asdict(Sample(sizes).rest(failed))
    return {name: value for name, value in rate.items() if name != "n_eff"}


def _weakest(rates: JsonObject) -> JsonObject:
    order = sorted(rates, key=lambda key: (-least_failing(rates[key]), key))
    return {key: rates[key] for key in order}
