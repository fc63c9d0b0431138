"""Causes: what is needed and alone enough, by answers of its own; nothing else is called one."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
from evidence_cases import big_case, failing_when, has_reference

from toolfuzz.core.case import Case
from toolfuzz.evidence import ablation
from toolfuzz.evidence.ablation import Cause, ablate


@pytest.mark.parametrize("rate", [1.0, 0.6])
async def test_ablation_names_the_cause(rate: float) -> None:
    fails, _ = failing_when(has_reference, rate)
    cause = await ablate(big_case(), fails, deterministic=rate == 1.0)
    assert cause.groups == (("ref-defs",),)
    assert cause.proven
    assert "The cause is ref-defs: " in cause.words


async def test_ablation_of_something_without_a_feature_names_none() -> None:
    fails, _ = failing_when(lambda case: True, 0.6, seed=2)
    cause = await ablate(big_case(), fails)
    assert not cause.features
    assert not cause.proven


async def test_what_is_needed_but_not_enough_is_no_cause() -> None:
    """It fails by the reference only in a wide schema, and width alone is no feature here."""

    def wide_with_reference(case: Case) -> bool:
        (tool,) = case.tools
        return has_reference(case) and len(tool.parameters["properties"]) > 6

    fails, _ = failing_when(wide_with_reference)
    cause = await ablate(big_case(), fails, deterministic=True)
    assert "ref-defs" in cause.features
    assert not cause.suffices
    assert not cause.proven
    assert "alone it is not enough" in cause.words


@pytest.mark.parametrize(
    ("groups", "suffices", "proven"),
    [((("a",),), True, True), ((("a",),), False, False), ((), True, False)],
)
def test_a_cause_is_what_is_needed_and_alone_enough(
    groups: tuple[tuple[str, ...], ...], suffices: bool, proven: bool
) -> None:
    assert Cause(groups, suffices).proven is proven


def test_features_that_are_not_told_apart_are_named_as_a_group() -> None:
    cause = Cause((("const", "oneof"), ("enum",)), suffices=True, rate=0.7, counts="counts")
    assert cause.words == (
        "The cause is one of const, oneof (not told apart here) together with enum: counts."
    )
    assert (cause.features, cause.also) == (("const", "enum"), ("oneof",))


async def test_a_failure_that_hardly_comes_has_no_cause() -> None:
    fails, asked = failing_when(lambda case: True, 0.04, seed=2)
    cause = await ablate(big_case(), fails)
    assert not cause.groups
    assert "of 64 askings" in cause.reason
    assert len(asked) == cause.calls == ablation.MOST_CALLS


async def test_what_fails_with_hardly_anything_left_is_no_features_fault() -> None:
    fails, asked = failing_when(lambda case: True, 0.7)
    cause = await ablate(big_case(), fails)
    assert "still fails" in cause.words
    assert "ref-defs" in cause.cleared
    assert len(asked) <= 6 * ablation.MOST_CALLS


async def test_a_suspect_needs_answers_of_its_own() -> None:
    """Without the reference it passes for as long as the screen asks, and hardly any longer."""
    asked: Counter[str] = Counter()

    async def fails(case: Case) -> bool:
        asked[case.id] += 1
        return has_reference(case) or asked[case.id] > 5

    cause = await ablate(big_case(), fails, slots=8)
    assert cause.suspected
    assert not cause.proven


async def test_unanswered_questions_are_no_failures_and_no_end() -> None:
    n = 0

    async def fails(case: Case) -> bool | None:
        nonlocal n
        n += 1
        return None if n % 2 else has_reference(case)

    cause = await ablate(big_case(), fails)
    assert cause.rate >= 0.9
    assert cause.features == ("ref-defs",)

    async def silent(case: Case) -> bool | None:
        return None

    assert "did not come again" in (await ablate(big_case(), silent)).words


LEDGER: list[tuple[float, float, list[int]]] = [
    (0.3, 0.05, [386, 762, 776, 610, 950, 436, 327, 563]),
    (0.2, 0.02, [746, 710, 703, 687, 620, 592, 430, 800]),
    (0.12, 0.12, [128, 64, 64, 128, 128, 384, 384, 128]),
    (0.3, 0.3, [1527, 128, 128, 96, 288, 384, 2316, 96]),
    (0.25, 0.1, [762, 986, 128, 1114, 1308, 720, 900, 1178]),
    (0.12, 0.02, [1572, 64, 64, 1220, 1246, 1248, 732, 1460]),
]
"""Rate, noise, and the calls of studies with the seeds 1 to 8."""


def costs(rate: float, noise: float) -> Iterator[int]:
    """Yield the calls of one study after the other."""
    for seed in count(1):
        fails, _ = failing_when(has_reference, rate, noise=noise, seed=seed)
        yield asyncio.run(ablate(big_case(), fails)).calls


@pytest.mark.parametrize(("rate", "noise", "calls"), LEDGER)
def test_what_each_study_costs(
    rate: float, noise: float, calls: list[int], parts_once: None
) -> None:
    """To the call: whoever changes a threshold shall see what it does to the costs."""
    assert [n for n, _ in zip(costs(rate, noise), calls, strict=False)] == calls
