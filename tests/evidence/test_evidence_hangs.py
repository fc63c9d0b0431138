"""What hangs is made smaller with a margin, not to the border of the limit."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from evidence_cases import one_call

from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence import study
from toolfuzz.evidence.examiner import Budget, Symptom
from toolfuzz.evidence.failures import Failure
from toolfuzz.sources.engine import EngineSource

NAME = "engine/sglang@0.5.23:pythonic"
TARGET = Target(NAME, "engine", NAME, "openai-chat", "plain", {}, "engine")


@pytest.mark.parametrize(
    ("slug", "limit", "reason"),
    [("parser-hangs", 4.0, study._TOO_NEAR), ("value-changed", 2.0, "not reproduced")],
)
async def test_it_must_take_more_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slug: str, limit: float, reason: str
) -> None:
    asked: list[Any] = []

    async def passes(*_: object) -> bool:
        return False

    @asynccontextmanager
    async def opened(source: EngineSource, *_: object, **__: object) -> AsyncIterator[object]:
        asked.append(source.cpu_seconds)
        yield SimpleNamespace(fails=passes, passes=passes)

    monkeypatch.setattr(study, "open_study", opened)
    case: Case = one_call({"type": "object", "properties": {"a": {}}}, {"a": "b"})
    finding = Finding(slug, "error", "wire", "it hangs")
    verdict = Verdict(case.id, NAME, 0, False, "fail", (finding,))
    failure = Failure(NAME, Symptom.of(finding), case, finding, (verdict,), Counter([False]))
    source = EngineSource(TARGET, cpu_seconds=2.0)
    done = await study.study_failure(failure, source, tmp_path, Budget(), started=0.0)
    assert asked == [limit]
    assert done.reason.startswith(reason)
    assert not done.confirmed


@pytest.mark.parametrize("turns", [1, 2])
async def test_a_turn_that_was_followed_by_another_is_not_cut(
    monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    async def no(*_: object) -> bool:
        return False

    @asynccontextmanager
    async def opened(source: EngineSource, **_: object) -> AsyncIterator[object]:
        assert source.bare
        yield SimpleNamespace(fails=no)

    monkeypatch.setattr(study, "open_examiner", opened)
    case = one_call({"type": "object", "properties": {"a": {}}}, {"a": "b"})
    case = replace(case, turns=case.turns * turns)
    finding = Finding("value-changed", "error", "values", "it is so")
    verdict = Verdict(case.id, NAME, 0, False, "fail", (finding,))
    failure = Failure(NAME, Symptom.of(finding), case, finding, (verdict,), Counter([False]))
    source = await study._barest(EngineSource(TARGET, limits=True), failure, None)
    assert isinstance(source, EngineSource)
    assert (source.bare, source.limits) == (False, turns == 1)
