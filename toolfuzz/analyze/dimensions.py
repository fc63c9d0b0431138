"""How a target did in each dimension: its scenarios, their control twins, and the difference."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from toolfuzz.analyze.levels import Answer, estimate, success_at
from toolfuzz.analyze.load import RunData, causes
from toolfuzz.analyze.paired import Table, newcombe
from toolfuzz.analyze.patience import corrections
from toolfuzz.analyze.price import price_of
from toolfuzz.analyze.questions import Questions
from toolfuzz.analyze.rates import rate
from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Scenario, Verdict
from toolfuzz.generate.dimensions import all_dimensions

__all__ = ["by_dimension", "dimensions_of"]


@dataclass(frozen=True, slots=True)
class _Played:
    """A scenario that was asked, by its row, with what became of it."""

    row: int
    questions: Questions
    scenario: Scenario

    @property
    def verdict(self) -> Verdict:
        """Made anew each time: there may be very many."""
        return self.questions.verdict(self.row)

    @property
    def judged(self) -> bool:
        return self.scenario.status != "unjudged"

    @property
    def passed(self) -> bool:
        return self.scenario.status == "pass"


def by_dimension(run: RunData, target: Target) -> JsonObject:
    """Return the figures of each dimension that a target was asked, by its name."""
    answers = run.of(target.name)
    rows: dict[str, array[int]] = defaultdict(lambda: array("q"))
    for row in answers.rows:
        if scenario := answers.questions.scenarios.get(row):
            rows[scenario.dimension].append(row)
    # One dimension after the other is in memory.
    return {
        name: _figures(run, target, name, _played(answers.questions, rows[name]))
        for name in sorted(rows)
    }


def _played(questions: Questions, rows: Iterable[int]) -> list[_Played]:
    scenarios = ((row, questions.scenarios.get(row)) for row in rows)
    return [_Played(row, questions, scenario) for row, scenario in scenarios if scenario]


def dimensions_of(targets: Iterable[JsonObject]) -> list[str]:
    """Return the dimensions that any of a summary's targets was asked."""
    return sorted({name for target in targets for name in target.get("dimensions", {})})


def _figures(run: RunData, target: Target, name: str, played: Sequence[_Played]) -> JsonObject:
    """Return the figures of one dimension.

    ``unjudged`` scenarios came to no end that says anything of the dimension; ``broken`` of them
    because a call arrived broken. With those as failures, success is ``success_with_broken``.
    """
    worlds = [one for one in played if not one.scenario.twin]
    twins = [one for one in played if one.scenario.twin]
    judged = [one for one in worlds if one.judged]
    unjudged = [one for one in worlds if not one.judged]
    checks = sum(one.scenario.checks for one in judged)
    failed = sum(one.scenario.checks_failed for one in judged)
    return {
        "levels": sorted({one.scenario.level for one in worlds}),
        "scenarios": len(worlds),
        "success": _rate(judged),
        "check_success": (checks - failed) / checks if checks else None,
        "twin": _rate(one for one in twins if one.judged),
        "difference": _difference(worlds, twins),
        **_level(name, judged),
        "by_level": _by_level(judged),
        "unjudged": len(unjudged),
        "unjudged_reasons": _reasons(unjudged),
        "broken": sum(one.verdict.status == "fail" for one in unjudged),
        "success_with_broken": _rate(o for o in worlds if o.verdict.status != "unjudged"),
        "detour": _detour(judged),
        "cost": _cost(run, target, worlds),
        "half_life": _half_life(judged),
        **corrections([one.scenario for one in judged], _patience(run, judged)),
    }


def _rate(played: Iterable[_Played]) -> JsonObject:
    """Return the share that passed with its interval; a pair is one sample, however often asked."""
    share = asdict(rate((one.scenario.pair, one.passed) for one in played))
    return {key: share[key] for key in ("rate", "low", "high", "judged", "passed")}


def _folded(played: Iterable[_Played]) -> dict[str, bool]:
    """Return per pair whether every judged asking passed."""
    folded: dict[str, bool] = {}
    for one in played:
        if one.judged:
            pair = one.scenario.pair
            folded[pair] = folded.get(pair, True) and one.passed
    return folded


def _difference(worlds: Iterable[_Played], twins: Iterable[_Played]) -> JsonObject | None:
    """Return what the burden costs, success less that of the twins, on pairs judged on both."""
    burdened, control = _folded(worlds), _folded(twins)
    counts = Counter((control[p], passed) for p, passed in burdened.items() if p in control)
    table = Table(
        both=counts[True, True],
        worse=counts[True, False],
        better=counts[False, True],
        neither=counts[False, False],
    )
    if not table.pairs:
        return None
    low, high = newcombe(table)
    # 0 has no sign.
    return {"difference": 0 - table.drop, "low": 0 - high, "high": 0 - low, "pairs": table.pairs}


def _level(name: str, judged: Sequence[_Played]) -> JsonObject:
    """Return where one half passes, and success at the usual level, where several were asked."""
    family = all_dimensions().get(name)
    answers: list[Answer] = [(one.scenario.level, one.passed) for one in judged]
    if family is None or len({level for level, _ in answers}) < 2:
        return {"level_half": None, "usual": None}
    span = family.adaptive_levels
    mean, low, high = success_at(family.usual, answers, span)
    return {
        "level_half": {**asdict(estimate(answers, span)), "range": list(span)},
        "usual": {"level": family.usual, "rate": mean, "low": low, "high": high},
    }


def _by_level(judged: Sequence[_Played]) -> JsonObject:
    asked, passed = Counter[int](), Counter[int]()
    for one in judged:
        asked[one.scenario.level] += 1
        passed[one.scenario.level] += one.passed
    return {str(n): {"judged": asked[n], "passed": passed[n]} for n in sorted(asked)}


def _reasons(unjudged: Sequence[_Played]) -> dict[str, int]:
    """Return why, most frequent first: the defect of the wire that ended it, or why it wasn't."""
    said = Counter(
        next((f.slug for f in causes(one.verdict)), one.verdict.reason or "unknown")
        for one in unjudged
    )
    return dict(said.most_common())


def _detour(judged: Sequence[_Played]) -> float | None:
    """Return how many rounds a passed scenario took, over those of the shortest way."""
    ways = [one.scenario.rounds / one.scenario.needed for one in judged if one.passed]
    return fmean(ways) if ways else None


def _cost(run: RunData, target: Target, worlds: Sequence[_Played]) -> JsonObject:
    """Return what a scenario costs on average: calls of the endpoint, tokens, US dollars."""
    metrics = [one.verdict.metrics for one in worlds]
    inputs = [m.input_tokens for m in metrics if m.input_tokens is not None]
    outputs = [m.output_tokens for m in metrics if m.output_tokens is not None]
    price = None
    if inputs and outputs:
        price = price_of(target.model, run.nature(target.name))(sum(inputs), sum(outputs))
    return {
        "rounds": _mean([one.scenario.rounds for one in worlds]),
        "calls": _mean([one.scenario.calls for one in worlds]),
        "input_tokens": _mean(inputs),
        "output_tokens": _mean(outputs),
        "price_usd": None if price is None else price / len(inputs),
    }


def _mean(values: Sequence[int]) -> float | None:
    return fmean(values) if values else None


def _patience(run: RunData, judged: Sequence[_Played]) -> int:
    """Return how often the user of these scenarios corrects at most."""
    return max((run.drawn(one.verdict.case_id).patience for one in judged), default=0)


def _half_life(judged: Sequence[_Played]) -> JsonObject | None:
    """Return after how many turns, and tokens, every second scenario fails.

    They lie between what is told and where it is needed; None where nothing lies between, or
    always the same.
    """
    turns = _apart((one.scenario.turns_apart, one.passed) for one in judged)
    tokens = _apart((one.scenario.tokens_apart, one.passed) for one in judged)
    return {"turns": turns, "tokens": tokens} if turns and tokens else None


def _apart(answers: Iterable[Answer]) -> JsonObject | None:
    known = [(distance, passed) for distance, passed in answers if distance > 0]
    span = min(known, default=(0, True))[0], max(known, default=(0, True))[0]
    if span[0] == span[1]:
        return None
    return {**asdict(estimate(known, span)), "range": list(span)}
