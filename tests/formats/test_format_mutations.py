"""No reply at which an official SDK breaks may pass the judge.

``benchmarks/format_mutations.py`` runs all mutants; here are as many as a minute allows.
"""

import importlib
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from toolfuzz.formats import format_names, wire_format

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ENOUGH = 900


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module("format_mutants")
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.mark.parametrize("name", format_names())
def test_clean_replies_are_right_for_judge_and_sdks(bench: ModuleType, name: str) -> None:
    format = wire_format(name)
    assert {client.stream for client in format.clients} == {False, True}
    for clean in bench.clean_replies(format):
        mutant = bench.whole(format, clean)
        assert bench.judged(format, mutant).findings == ()
        assert bench.broken(format, mutant) == []


@pytest.mark.parametrize("name", format_names())
def test_no_reply_that_breaks_an_sdk_passes(bench: ModuleType, name: str) -> None:
    format = wire_format(name)
    found = bench.sample(list(bench.mutants(format)), ENOUGH)
    passed = []
    counts: Counter[str] = Counter()
    for mutant in found:
        judgement, fate = bench.judged(format, mutant), bench.broken(format, mutant)
        counts["broken" if fate else "read right"] += 1
        if fate and judgement.status == "pass":
            passed.append((mutant.clean.name, mutant.what, fate))
    print(f"{name}: {len(found)} mutants, {dict(counts)}")
    assert passed == []
    assert len(found) >= 700
    assert counts["broken"] > 150, "accidents that break nothing prove nothing"


def test_a_mutant_is_another_reply(bench: ModuleType) -> None:
    format = wire_format("openai-chat")
    bodies = {(c.name, c.stream): bench.whole(format, c).body for c in bench.clean_replies(format)}
    found = list(bench.mutants(format))
    assert all(m.body != bodies[m.clean.name, m.clean.stream] for m in found)
    whats = " ".join(mutant.what.split()[0] for mutant in found)
    for accident in ("drop", "double", "swap", "delete", "null", "type", "value", "no"):
        assert accident in whats
