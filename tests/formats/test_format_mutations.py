"""No reply at which an official SDK breaks may pass the judge.

``benchmarks/format_mutations.py`` runs all mutants; here are 400 of each format, always the same.
"""

from collections import Counter

import pytest
from format_mutants import broken, clean_replies, judged, mutants, sample, whole

from toolfuzz.formats import format_names, wire_format

ENOUGH = 400


@pytest.mark.parametrize("name", format_names())
def test_clean_replies_are_right_for_judge_and_sdks(name: str) -> None:
    format = wire_format(name)
    assert {client.stream for client in format.clients} == {False, True}
    for clean in clean_replies(format):
        mutant = whole(format, clean)
        assert judged(format, mutant).findings == ()
        assert broken(format, mutant) == []


@pytest.mark.parametrize("name", format_names())
def test_no_reply_that_breaks_an_sdk_passes(name: str) -> None:
    format = wire_format(name)
    found = sample(list(mutants(format)), ENOUGH)
    passed = []
    counts: Counter[str] = Counter()
    for mutant in found:
        judgement, fate = judged(format, mutant), broken(format, mutant)
        counts["broken" if fate else "read right"] += 1
        if fate and judgement.status == "pass":
            passed.append((mutant.clean.name, mutant.what, fate))
    print(f"{name}: {len(found)} mutants, {dict(counts)}")
    assert passed == []
    assert len(found) == ENOUGH
    assert counts["broken"] > 75, "accidents that break nothing prove nothing"


def test_a_mutant_is_another_reply() -> None:
    format = wire_format("openai-chat")
    bodies = {(c.name, c.stream): whole(format, c).body for c in clean_replies(format)}
    found = list(mutants(format))
    assert all(m.body != bodies[m.clean.name, m.clean.stream] for m in found)
    whats = " ".join(mutant.what.split()[0] for mutant in found)
    for accident in ("drop", "double", "swap", "delete", "null", "type", "value", "no"):
        assert accident in whats
