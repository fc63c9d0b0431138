"""Cases come out of another process as they were drawn, also what MessagePack can't say."""

from dataclasses import replace

import pytest

from toolfuzz.core.case import Tool
from toolfuzz.generate import draw_cases
from toolfuzz.generate.draw import Slot
from toolfuzz.generate.sent import received, sent


def test_drawn_cases_arrive_as_they_were() -> None:
    slots = [Slot(0, None, 8), *(Slot(k, case, 1) for k, case in enumerate(draw_cases(40)))]
    content = sent(slots)
    assert isinstance(content, bytes)
    assert received(content) == slots
    assert repr(received(content)) == repr(slots)


@pytest.mark.parametrize("odd", ["\ud800", 2**70], ids=["surrogate", "great"])
def test_what_message_pack_lacks_arrives_as_well(odd: object) -> None:
    case = replace(next(draw_cases(1)), tools=(Tool("f", None, {"const": odd}),))
    assert received(sent([Slot(3, case, 2)])) == [Slot(3, case, 2)]
