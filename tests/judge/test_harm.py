"""Each defect does some harm, and the worst is told first."""

import pytest

from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.harm import _GROUPS, HARMS, harm_of, harm_rank


def test_every_defect_has_a_harm_and_every_exception_is_one() -> None:
    assert {harm_of(slug) for slug in defects()} == set(HARMS)
    for slug, entry in defects().items():
        if entry.harm is not None:
            assert entry.severity == "error"
            assert entry.harm != _GROUPS.get(entry.group, "value"), f"{slug} is no exception"


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("value-nulled", "calls-missing"),
        ("calls-missing", "args-unparsable"),
        ("provider-refused-call", "name-repeated"),
        ("whitespace-stripped", "args-truncated"),
        ("args-truncated", "finish-stop-with-calls"),
    ],
)
def test_a_silent_loss_is_worse_than_a_loud_one(worse: str, better: str) -> None:
    assert harm_rank(worse) < harm_rank(better)


def test_a_defect_of_another_version_is_taken_for_an_error() -> None:
    assert harm_of("a-defect-that-nobody-knows") == "error"
