"""What a check says to its two questions: counts, and never more than they show."""

from collections import Counter
from collections.abc import Sequence

from toolfuzz.analyze.confirm import Again
from toolfuzz.analyze.paired import DIMENSION, CallPair, Table, tabulate

__all__ = ["defect", "no_defects", "rate"]

_RATE = {
    "yes": "The rate is worse than the margin allows",
    "no": "The rate is not worse than the margin allows",
    "open": "Whether the rate is worse than the margin allows can't be told",
}


def rate(
    answer: str,
    pairs: Sequence[CallPair],
    interval: tuple[float, float],
    margin: float,
    again: Again | None,
    unseen: int,
) -> str:
    """Say whether the rate is worse than the margin allows, and what that rests on."""
    if not pairs:
        return "No case was judged on both sides."
    table = tabulate(pairs)
    low, high = (100 * end for end in interval)
    said = [
        f"{_RATE[answer]}: {table.both + table.neither} of {table.pairs} calls agree, "
        f"{table.worse} worse, {table.better} better; success {_change(table)} (drop between "
        f"{low:.1f} and {high:.1f} points, margin {100 * margin:.1f})."
    ]
    if again:
        said.append(f"Asked again {_again(again, 'failed')}.")
    if answer == "yes":
        said += [f"Grown most: {slug} ({_count(pairs, slug)})." for slug in _grown_most(pairs)]
    if answer == "open" and unseen:
        calls, were = ("call", "was") if unseen == 1 else ("calls", "were")
        said.append(
            f"{unseen} {calls} that the baseline passed {were} not judged on the candidate."
        )
    return " ".join(said)


def no_defects(allowed: bool, dimensions: bool) -> str:
    """Say that nothing of the second question is so; with scenarios, no dimension either."""
    if allowed:
        return "New defects are allowed." + " No dimension is worse." * dimensions
    also = ", and no dimension is worse" * dimensions
    return f"No defect is new or clearly more frequent{also}."


def defect(
    slug: str, pairs: Sequence[CallPair], again: Again | None, *, new: bool, sure: bool
) -> str:
    """Say what is known of a defect that the candidate shows more often."""
    if slug.startswith(DIMENSION):
        return _dimension(slug, pairs, again, sure=sure)
    kind = "new defect" if new else "clearly more frequent defect"
    head = f"A {kind}" if sure else f"Perhaps a {kind}"
    if again:
        told = _again(again, "showed it in")
        return f"{head}: {slug} ({_count(pairs, slug)} calls); asked again {told}."
    return (
        f"{head}: {slug} ({_count(pairs, slug)} calls); the baseline can't be asked again, so "
        f"this was not confirmed on fresh answers."
    )


def _dimension(slug: str, pairs: Sequence[CallPair], again: Again | None, *, sure: bool) -> str:
    head = f"{'Worse' if sure else 'Perhaps worse'} in the {slug}"
    said = f"{head}: {_count(pairs, slug)} of {len(pairs)} scenarios failed"
    if again:
        return f"{said}; asked again {_again(again, 'failed')}."
    return f"{said}; the baseline can't be asked again."


def _again(again: Again, did: str) -> str:
    return (
        f"{again.times} times: the candidate {did} {again.candidate.words}, the "
        f"baseline {again.baseline.words}"
    )


def _change(table: Table) -> str:
    if table.worse == table.better:
        return f"did not change ({table.candidate:.1%})"
    went = "fell" if table.drop > 0 else "rose"
    return (
        f"{went} by {100 * abs(table.drop):.1f} points, from {table.baseline:.1%} to "
        f"{table.candidate:.1%}"
    )


def _grown_most(pairs: Sequence[CallPair]) -> list[str]:
    """Return the defect that the candidate shows most beyond the baseline, if any."""
    growth: Counter[str] = Counter()
    for pair in pairs:
        growth.update(s for s in pair.candidate.defects if not s.startswith(DIMENSION))
        growth.subtract(s for s in pair.baseline.defects if not s.startswith(DIMENSION))
    return [slug for slug, more in growth.most_common(1) if more > 0]


def _count(pairs: Sequence[CallPair], slug: str) -> str:
    before = sum(slug in p.baseline.defects for p in pairs)
    after = sum(slug in p.candidate.defects for p in pairs)
    return f"{before} → {after}"
