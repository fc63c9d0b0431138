"""Pairs and fresh answers, made up by hand."""

from toolfuzz.analyze.check import CheckDecision
from toolfuzz.analyze.confirm import Fresh
from toolfuzz.analyze.paired import CallPair, CallResult, Question

OK = CallResult(True)
BAD = CallResult(False, frozenset({"value-nulled"}))


def bad(*slugs: str) -> CallResult:
    return CallResult(False, frozenset(slugs))


def pairs(
    same: int, worse: int = 0, better: int = 0, defects: str = "abcdefgh", known: bool = True
) -> list[CallPair]:
    """Pairs in this order: worse (each with the next of the defects), better, same.

    What is the same passed, but for one of each defect that is ``known``: both sides failed there.
    """
    made = [CallPair(f"worse-{n}", OK, bad(defects[n % len(defects)])) for n in range(worse)]
    made += [CallPair(f"better-{n}", BAD, OK) for n in range(better)]
    old = [bad(slug) for slug in sorted(set(defects))] if known and worse else []
    shared = [*old, *[OK] * same][:same]
    return made + [CallPair(f"same-{n}", both, both) for n, both in enumerate(shared)]


def fresh(
    ids: list[str], candidate: CallResult, baseline: CallResult = OK
) -> dict[Question, Fresh]:
    return {(i, False): Fresh((baseline,) * 4, (candidate,) * 4) for i in ids}


def some(failed: int, of: int = 4, slug: str = "a") -> tuple[CallResult, ...]:
    """Answers of which so many failed."""
    return (bad(slug),) * failed + (OK,) * (of - failed)


def decided(step: object) -> CheckDecision:
    assert isinstance(step, CheckDecision), step
    return step
