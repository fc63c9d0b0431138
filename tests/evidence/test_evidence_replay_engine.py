"""A known failure of a parser is asked again with and without what may stand around its calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from evidence_cases import one_call

from toolfuzz.commands import replay
from toolfuzz.core.exchange import Target
from toolfuzz.evidence.replay import KnownFailure, Replayed
from toolfuzz.sources.engine import EngineSource

NAME = "engine/sglang@0.5.23:glm45"
WAYS = [(True, True), (False, False), (False, True)]
"""(bare, limits) of the texts."""


@pytest.mark.parametrize("shows", [0, 1, 2, 9])
async def test_it_is_fixed_when_no_way_shows_it(
    monkeypatch: pytest.MonkeyPatch, shows: int
) -> None:
    asked: list[tuple[bool, bool]] = []

    @asynccontextmanager
    async def opened(source: EngineSource, **_: object) -> AsyncIterator[EngineSource]:
        asked.append((source.bare, source.limits))
        yield source

    async def again(known: KnownFailure, *_: object, **__: object) -> Replayed:
        failed = len(asked) == shows + 1
        return Replayed(known, "STILL FAILS" if failed else "FIXED", int(failed), 0, 1, 0)

    monkeypatch.setattr(replay, "open_examiner", opened)
    monkeypatch.setattr(replay, "replay_known", again)
    known = KnownFailure("it", one_call({"type": "object"}, {}), "value-changed")
    source = EngineSource(Target(NAME, "engine", NAME, "openai-chat", kind="engine"), limits=True)
    done = await replay._replay(source, known, False, None)
    assert done.outcome == ("STILL FAILS" if shows < 3 else "FIXED")
    assert asked == WAYS[: shows + 1]
