"""A whole run at real servers with limits; they count what they refused."""

import pytest
from pacing import Limited, measure


@pytest.mark.parametrize("hint", ["retry-after", "headers"])
def test_a_run_that_adapts_is_seldom_refused_by_a_limited_rate(hint) -> None:
    app = Limited(rate=30, burst=5, hint=hint, seconds=0.02)
    came = measure(app, cases=60, seed=0)
    assert sum(taken for _, taken in app.came) == 61, "every question was answered, and a hello"
    assert came.refused < 0.15


def test_a_server_without_a_limit_refuses_nothing_and_is_asked_more_at_once() -> None:
    app = Limited(seconds=0.05)
    assert measure(app, cases=60, seed=0).refused == 0
    assert app.most > 4
