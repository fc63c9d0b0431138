"""Agents see what a request shows."""

import pytest

from toolfuzz.generate.dimensions import all_dimensions, draw_pair
from toolfuzz.worlds import agents
from toolfuzz.worlds.family import Family, Move
from toolfuzz.worlds.play import Passed, play
from toolfuzz.worlds.view import View, view_of


@pytest.mark.parametrize("family", all_dimensions().values(), ids=lambda f: f.name)
def test_an_agent_sees_what_the_request_of_its_turn_shows(family: Family) -> None:
    for case in draw_pair(family, 3, 0, family.levels[0]):
        seen: list[View] = []

        def agent(view: View, seen: list[View] = seen) -> Move:
            seen.append(view)
            return agents.brain(family)(view)

        done = agents.played(case, agent)
        again = play(case)
        for view, (_, reply) in zip(seen, done.history, strict=True):
            assert view == view_of(again.ask(model="agent"))
            again.answer(Passed(reply))
