"""Telling two failure rates apart: Fisher's test, and how many askings it takes."""

import pytest

from toolfuzz.analyze.contrast import (
    FEWEST,
    MOST,
    Tally,
    askings_to_exclude,
    askings_to_tell,
    fails_less,
)


@pytest.mark.parametrize(
    ("other", "whole", "p"),
    [
        (Tally(0, 12), Tally(6, 12), 0.00687),
        (Tally(1, 16), Tally(8, 16), 0.00776),
        (Tally(8, 16), Tally(8, 16), 0.63778),
        (Tally(0, 0), Tally(8, 16), 1.0),
        (Tally(0, 16), Tally(0, 0), 1.0),
    ],
)
def test_fishers_exact_test(other: Tally, whole: Tally, p: float) -> None:
    assert fails_less(other, whole) == pytest.approx(p, abs=5e-5)


@pytest.mark.parametrize(
    ("often", "rarely", "askings"),
    [(1.0, 0.0, FEWEST), (0.5, 0.1, 26), (0.3, 0.02, 36), (0.3, 0.1, 91), (0.2, 0.2, MOST)],
)
def test_the_closer_two_rates_the_more_askings(often: float, rarely: float, askings: int) -> None:
    assert askings_to_tell(often, rarely) == askings


def test_what_was_never_seen_cannot_be_excluded() -> None:
    assert askings_to_exclude(Tally(100, 1000), 0.05) == 29
    with pytest.raises(ValueError, match="never seen"):
        askings_to_exclude(Tally(0, 16), 0.05)
