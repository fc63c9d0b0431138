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
    assert tempo.next == 101.0, "what was refused now is refused at once again"
    tempo.take(1, 101.0)
    for n in range(8):
        tempo.passed(101.0 + 2 * n)
    assert tempo.refused(120.0)
    tempo.take(1, 200.0)
    assert tempo.next == 201.0


def each_at(tempo: Tempo, apart: float, answers: int, now: float) -> float:
    """Send and answer so many, each as soon as it may be and ``apart`` at least; when it is."""
    for _ in range(answers):
        now = max(now + apart, tempo.next)
        tempo.take(1, now)
        tempo.passed(now)
    return now


def test_it_grows_only_where_it_is_what_holds_requests_up() -> None:
    """Ten a second are refused; then a server answers two a second, which nobody made faster."""
    tempo = Tempo()
    now = each_at(tempo, 0.1, 16, 0.0)
    assert tempo.refused(now)
    slow = each_at(tempo, 0.5, 100, now)
    begun = max(slow, tempo.next)
    tempo.take(1, begun)
    assert 0.1 < tempo.next - begun < 0.13, "85% of what was refused, as then"
    fast = each_at(tempo, 0.0, 40, begun)
    assert tempo.next - fast < 0.1, "now they wait for it, and follow faster"


def test_after_the_second_refusal_it_comes_back_and_goes_beyond() -> None:
    tempo = Tempo()
    now = each_at(tempo, 0.1, 16, 0.0)
    tempo.refused(now)
    now = each_at(tempo, 0.0, 4, now)
    tempo.refused(now)
    steps = []
    for _ in range(60):
        before = now = each_at(tempo, 0.0, 1, now)
        steps.append(tempo.next - before)
    rates = [1 / step for step in steps]
    assert rates == sorted(rates)
    middle = rates[20] - rates[18]
    assert rates[2] - rates[0] > middle < rates[59] - rates[50]
