"""A rate that is told by refusals alone, in virtual time."""

import random

import pytest

from toolfuzz.sources.tempo import Tempo


def asked(tempo: Tempo, rate: float, burst: float, latency: float, seconds: float, seed: int):
    """Ask a bucket that fills at a rate, 32 at once; return (when it came, whether it passed)."""
    draw, left, filled, now = random.Random(seed), burst, 0.0, 0.0
    came, under_way, last_cut = [], [], -1.0
    while now < seconds:
        if len(under_way) < 32 and tempo.next <= now:
            tempo.take(1, now)
            left, filled = min(burst, left + (now - filled) * rate), now
            came.append((now, left >= 1))
            took = latency * draw.uniform(0.5, 1.5) if left >= 1 else 0.01
            under_way.append((now + took, now, left >= 1))
            left -= left >= 1
            continue
        under_way.sort()
        ends = under_way[0][0] if under_way else float("inf")
        if len(under_way) < 32 and tempo.next < ends:
            now = tempo.next
            continue
        now, sent, passed = under_way.pop(0)
        if sent < last_cut:
            continue
        if passed:
            tempo.passed(now)
        elif tempo.refused(now):
            last_cut = now
    return came


@pytest.mark.parametrize(
    ("rate", "burst", "latency"),
    [(2, 5, 0.1), (2, 5, 2.0), (10, 1, 0.1), (10, 1, 2.0), (10, 60, 0.1), (10, 60, 2.0),
     (100, 20, 0.1)],
)  # fmt: skip
def test_it_comes_near_to_a_servers_rate_and_is_seldom_refused(rate, burst, latency) -> None:
    """Over five seeds each, once it has learnt: in the second half of 400 answers' time.

    A bucket for one request, asked for long replies, learns slowest.
    """
    refused = achieved = 0.0
    for seed in range(5):
        seconds = max(400 / rate, 40)
        came = asked(Tempo(), rate, burst, latency, seconds, seed)
        late = [passed for at, passed in came if at >= seconds / 2]
        achieved += sum(late) / (rate * seconds / 2) / 5
        refused += (1 - sum(late) / len(late)) / 5
    assert achieved > (0.6 if burst == 1 else 0.9)
    assert refused < 0.04


def test_a_server_that_refuses_nothing_is_not_held_up() -> None:
    tempo = Tempo()
    for n in range(100):
        tempo.take(1, n / 1000)
        tempo.passed(n / 1000)
    assert tempo.next == float("-inf")


def test_a_few_answers_tell_no_rate_and_it_never_stops() -> None:
    tempo = Tempo()
    for n in range(7):
        tempo.passed(float(n))
    assert not tempo.refused(7.0)
    tempo.passed(8.0)
    assert tempo.refused(100.0), "eight answers in 100 seconds"
    tempo.take(1, 100.0)
    assert tempo.next == 101.0
    for n in range(8):
        tempo.passed(101.0 + 2 * n)
    assert tempo.refused(120.0)
    tempo.take(1, 200.0)
    assert tempo.next == 201.0
