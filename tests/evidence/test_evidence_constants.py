"""Each number that decides something is held from both sides.

Every one is moved by a fifth, up and down, and a table of decisions must come out differently.
"""

import ast
import asyncio
import importlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from evidence_cases import big_case, one_call
from test_evidence_ablation import LEDGER, costs

import toolfuzz.evidence
from toolfuzz.analyze import contrast
from toolfuzz.analyze.contrast import Tally
from toolfuzz.core.case import Case
from toolfuzz.evidence import (
    ablation,
    beliefs,
    bug,
    failures,
    layer,
    minimize,
    progress,
    reduce,
    reduction,
    replay,
    suspicion,
)
from toolfuzz.evidence.beliefs import Beliefs
from toolfuzz.evidence.layer import Question, Trial
from toolfuzz.evidence.reduction import BudgetSpentError, Reduction
from toolfuzz.evidence.suspicion import Odds, Rates
from toolfuzz.evidence.toggles import Toggle

CASE = one_call({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": "b"})
OTHER = one_call({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": "c"})
SOMETIMES = Rates(0.3)


class Script:
    """Answers that are known beforehand; after them the budget is spent."""

    def __init__(self, *answers: bool | None, then: bool | None = None, ends: bool = True) -> None:
        self.left, self.asked, self.then, self.ends = list(answers), 0, then, ends

    async def __call__(self, case: object) -> bool | None:
        self.asked += 1
        if self.left:
            return self.left.pop(0)
        if self.ends:
            raise BudgetSpentError("spent")
        return self.then


def always(answer: bool | None) -> Script:
    return Script(then=answer, ends=False)


def first(holds: Callable[[int], bool]) -> int:
    return next(n for n in count(1) if n > 2000 or holds(n))


class Flat:
    """A tree of nodes side by side, any of which can go."""

    def __init__(self, size: int) -> None:
        self.nodes = list(range(size))

    def candidates(self, removed: frozenset[int]) -> list[int]:
        return [n for n in self.nodes if n not in removed]

    def gone(self, node: int, removed: frozenset[int]) -> bool:
        return node in removed

    def valid(self, removed: frozenset[int]) -> bool:
        return True


def searched(rates: Rates, *answers: bool, ends: bool = True, then: bool | None = None) -> Any:
    """Search in a tree of one node; return what it took, and what was removed."""
    script, done = Script(*answers, then=then, ends=ends), Reduction[int]()
    try:
        asyncio.run(reduce.reduce_tree(Flat(1), script, rates, done, slots=1))
    except BudgetSpentError:
        return "spent", len(done.removed)
    return done.rounds, len(done.removed)


def sure_by_one_failure(holds: Callable[[tuple[Any, int]], bool]) -> int:
    """Return the lowest rate, in thousandths, at which one failure is enough for that."""
    return next(n for n in range(50, 900, 2) if holds(searched(Rates(n / 1000), True)))


def decided(rates: Rates, failed: bool) -> int:
    done = Reduction[int]()
    asyncio.run(reduction.still_fails(lambda: always(failed)(None), rates, done, 1))
    return done.calls


def haste() -> int:
    done = Reduction[int]()
    asyncio.run(reduction.still_fails(lambda: always(True)(None), SOMETIMES, done, 16))
    return done.calls


def elsewhere() -> float:
    """How surely the second of two can go that failed alone, after the first has gone."""
    found = Beliefs([0, 1, 2], Flat(3).gone, SOMETIMES, 0.3)
    found.take(frozenset({0}), True)
    found.take(frozenset({1}), True)
    found.settle(frozenset({0}))
    return round(found.survives(frozenset({0, 1})), 3)


def studied(script: Script, then: str, **options: Any) -> progress.Study:
    study = progress.Study(big_case(), script, 1, False, lambda standing: None)
    with suppress(BudgetSpentError):
        asyncio.run(getattr(study, then)(**options))
    return study


async def nothing(study: progress.Study) -> None:
    """Leave the case as it is."""


def minimized(*answers: bool) -> str:
    """Minimize with a search that finds nothing; say how it ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minimize, "_shrink", nothing)
        return asyncio.run(minimize.minimize(CASE, Script(*answers), slots=1)).reason


def kept_by(failed: int) -> bool:
    """Whether so many failures of 16 last askings are enough to keep what is left."""
    again = [n < failed for n in range(16)][::-1]
    return "lost" not in minimized(*[True] * 6, *again, *[False] * 16)


def attempts() -> int:
    script = Script(*[True] * 6, then=False, ends=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minimize, "_shrink", nothing)
        return asyncio.run(minimize.minimize(CASE, script, slots=1)).calls


def control_calls(passes: bool) -> int:
    study = progress.Study(CASE, always(True), 1, False, lambda standing: None)
    study.rates = Rates(0.1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minimize, "nearby", lambda case: [CASE] * 20)
        asyncio.run(minimize._control(study, always(passes), 8))
    return study.calls


def final_calls(*answers: bool) -> int:
    study = progress.Study(CASE, Script(*answers, then=False, ends=False), 1, False, lambda s: None)
    asyncio.run(minimize._ask_again(study))
    return study.calls


def asked_anew() -> list[int]:
    """By failures of the case again, the most of another way that is asked anew."""
    found = []
    for again in range(1, 17):
        gone = [
            n
            for n in range(17)
            if layer._seems_gone(Trial("again", "", again, 16), Trial("mode", "", n, 16))
        ]
        found.append(max(gone, default=-1))
    return found


def first_askings() -> list[int]:
    trials: list[Trial] = []

    async def ask(times: int) -> Tally:
        return Tally(times, times)

    asyncio.run(layer.compare([Question("again", "", ask), Question("mode", "", ask)], trials))
    return [t.asked for t in trials]


def named(asked: int) -> list[int]:
    """By fresh failures of the case again, the most of the other mode that name a layer."""

    def parser(again: int, other: int) -> bool:
        whole = Trial("again", "", 12, 16, Tally(again, asked))
        mode = Trial("mode", "", 0, 16, Tally(other, asked))
        return layer.decide([whole, mode], "value-changed").where == "parser"

    return [
        first(lambda n, again=again: not parser(again, n - 1)) - 2  # type: ignore[misc]
        for again in range(1, asked + 1)
    ]


def every_time() -> list[int]:
    """How many of so many askings are every one of them."""
    found = []
    for asked in range(1, 30):
        said = (
            layer.decide([Trial("again", "", n, asked)], "value-changed").reasons[-1]
            for n in range(asked + 1)
        )
        found.append(sum("every time" in words for words in said))
    return found


def only_streamed() -> list[int]:
    """By askings of each mode, the fewest failures that name the mode."""
    return [
        first(lambda k, n=n: k > n or bool(bug._mode(shares(n, k))))  # type: ignore[misc]
        for n in range(1, 25)
    ]


def shares(asked: int, failed: int) -> Any:
    modes = (SimpleNamespace(failed=0, asked=asked), SimpleNamespace(failed=failed, asked=asked))
    return SimpleNamespace(in_run=modes)


def passes_needed(seen: Tally | None) -> int:
    return replay.KnownFailure("x", CASE, seen=seen).passes_needed


def told_by_ledger() -> bool:
    """Whether planted studies cost what they should; ends at the first that doesn't."""
    rows = [(costs(rate, noise), iter(calls)) for rate, noise, calls in LEDGER]
    return all(next(made) == next(calls) for _ in range(8) for made, calls in rows)


def screened(answer: bool) -> int:
    """How often a case without a feature is asked until the screen has an opinion."""
    asker = ablation._Asker(always(answer), 1, False)
    rates = Rates(0.3, noise=0.05)
    found = [Toggle("f", CASE, frozenset("f"))]
    asyncio.run(ablation._screen(found, asker, rates, (), 4.5))
    return asker.calls


def second_looks() -> list[int]:
    """By failures of a case in 36, the most of another that is worth a second look."""

    def looked(often: int, rarely: int) -> bool:
        left = {CASE.id: [True] * often + [False] * (36 - often),
                OTHER.id: [True] * rarely + [False] * (36 - rarely)}  # fmt: skip

        async def fails(case: Case) -> bool:
            if not left[case.id]:
                raise BudgetSpentError("spent")
            return left[case.id].pop()

        asker = ablation._Asker(fails, 1, False)
        try:
            asyncio.run(asker.told_apart(OTHER, CASE, SOMETIMES, 0.0))
        except BudgetSpentError:
            return True
        return False

    return [sum(looked(often, rarely) for rarely in range(37)) for often in range(0, 37, 6)]


def look_again() -> int:
    """How often two cases are asked that are not told apart."""
    asker = ablation._Asker(always(True), 1, False)
    asker.fresh = {CASE.id: Tally(3, 12), OTHER.id: Tally(0, 12)}
    asyncio.run(asker.told_apart(OTHER, CASE, Rates(0.9), 0.0))
    return asker.calls


def needed() -> list[int]:
    """By failures without a feature in 96, the fewest with it that show that it is needed."""

    def proven(rarely: int, often: int) -> bool:
        asker = ablation._Asker(Script(), 1, False)
        asker.fresh = {CASE.id: Tally(often, 96), OTHER.id: Tally(rarely, 96)}
        found = [Toggle("f", OTHER, frozenset("f"))]
        return bool(asyncio.run(ablation._prove(CASE, found, set(), asker, Rates(0.9), "")).groups)

    return [first(lambda often, n=n: proven(n, often)) for n in range(16)]  # type: ignore[misc]


def matters() -> list[int]:
    """By failures of 24, the most without any feature with which features are looked at."""

    def looked(whole: int, nothing: int) -> bool:
        async def beside(*given: object) -> tuple[Tally, Tally]:
            return Tally(whole, 24), Tally(nothing, 24)

        script = Script(*[True] * 14)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ablation, "_beside", beside)
            try:
                asyncio.run(ablation.ablate(big_case(), script, slots=1))
            except BudgetSpentError:
                return True
        return False

    return [sum(looked(whole, n) for n in range(whole)) for whole in range(3, 24)]


def how_often(failed: bool) -> Tally:
    return asyncio.run(ablation._how_often(CASE, ablation._Asker(always(failed), 1, False)))


def worth_looking() -> int:
    """The fewest failures of 64 for which a cause is looked for."""

    def looked(failed: int) -> bool:
        script = Script(*[n >= 64 - failed for n in range(64)])
        try:
            asyncio.run(ablation.ablate(CASE, script, slots=1))
        except BudgetSpentError:
            return True
        return False

    return first(looked)


def tired() -> int:
    script = always(None)
    studied(script, "confirm")
    return script.asked


def chosen(script: Script) -> int:
    studied(script, "choose", siblings=[CASE, CASE])
    return script.asked


def clearly(failed: int) -> bool:
    """Whether so many failures of the first four askings are enough to look no further."""
    return chosen(Script(*[n < failed for n in range(4)], then=False, ends=False)) == 4


def notes() -> int:
    odds = Odds(0.1, 4.0, 4.0)
    return first(lambda n: odds.note(None, SOMETIMES, 0.85) or not odds.open)  # type: ignore[func-returns-value]


PINS: dict[tuple[Any, str], tuple[Callable[[], Any], Any]] = {
    (contrast, "_Z_FALSE"): (lambda: contrast.askings_to_tell(0.5, 0.1), 26),
    (contrast, "_Z_MISSED"): (lambda: contrast.askings_to_tell(0.5, 0.1), 26),
    (contrast, "_LEAST_RATE"): (lambda: contrast.askings_to_tell(0.2, 0.0), 68),
    (contrast, "FEWEST"): (lambda: contrast.askings_to_tell(0.99, 0.0), 12),
    (contrast, "MOST"): (lambda: contrast.askings_to_tell(0.1, 0.08), 96),
    (ablation, "ENOUGH_FAILURES"): (lambda: how_often(True).asked, 14),
    (ablation, "MOST_CALLS"): (lambda: how_often(False).asked, 64),
    (ablation, "LOWEST_RATE"): (worth_looking, 7),
    (ablation, "SHARE"): (lambda: screened(False), 16),
    (ablation, "CLEARED_AT"): (told_by_ledger, True),
    (ablation, "SUSPECTED_AT"): (lambda: screened(False), 16),
    (ablation, "LEVEL"): (needed, [7, 9, 11, 13, 15, 16, 18, 19, 21, 22, 24, 25, 26, 28, 29, 30]),
    (ablation, "SECOND_LOOK"): (look_again, 48),
    (ablation, "MATTERS"): (
        matters,
        [0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 20],
    ),
    (ablation, "HOPELESS"): (second_looks, [0, 6, 12, 18, 24, 30, 36]),
    (beliefs, "SHARE"): (lambda: searched(SOMETIMES, then=False, ends=False), (18, 0)),
    (beliefs, "ELSEWHERE"): (elsewhere, 0.899),
    (bug, "_CERTAIN"): (
        only_streamed,
        [2, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7],
    ),
    (layer, "TIMES"): (first_askings, [16, 16]),
    (layer, "SUSPICIOUS"): (asked_anew, [-1, -1, -1, 0, 1, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8]),
    (layer, "LEFT"): (asked_anew, [-1, -1, -1, 0, 1, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8]),
    (layer, "LEVEL"): (
        lambda: [*named(20), *named(24)],
        [
            -1,
            -1,
            -1,
            -1,
            -1,
            0,
            0,
            1,
            2,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            8,
            9,
            9,
            10,
            -1,
            -1,
            -1,
            -1,
            -1,
            0,
            0,
            1,
            2,
            2,
            3,
            4,
            5,
            6,
            6,
            7,
            8,
            9,
            9,
            10,
            10,
            11,
            11,
            12,
        ],
    ),
    (layer, "_ALWAYS"): (
        every_time,
        [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    ),
    (layer, "_OFTEN_ENOUGH"): (
        every_time,
        [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    ),
    (minimize, "FINAL_CALLS"): (lambda: (final_calls(*[True] * 8), final_calls()), (8, 16)),
    (minimize, "CONTROLS_TRIED"): (lambda: control_calls(False), 32),
    (minimize, "_FIRST_PASSES"): (lambda: control_calls(False), 32),
    (minimize, "FALSE_CONTROL"): (lambda: control_calls(True), 44),
    (minimize, "_ATTEMPTS"): (attempts, 38),
    (minimize, "_LOST_SHARE"): (lambda: first(kept_by), 5),
    (progress, "CONFIRM_FAILURES"): (lambda: studied(always(True), "confirm").calls, 6),
    (progress, "CONFIRM_CALLS"): (lambda: studied(always(False), "confirm").calls, 48),
    (progress, "LOWEST_RATE"): (
        lambda: first(lambda k: "spent" in minimized(*[n >= 48 - k for n in range(48)])),
        5,
    ),
    (progress, "_TOO_MANY_UNANSWERED"): (tired, 20),
    (progress, "_TRIED"): (lambda: chosen(always(False)), 12),
    (progress, "_CLEARLY"): (lambda: first(clearly), 3),
    (reduce, "GO_ON"): (lambda: sure_by_one_failure(lambda found: found[1] == 1), 92),
    (reduce, "END"): (lambda: sure_by_one_failure(lambda found: found[0] == 1), 328),
    (reduce, "KEPT"): (lambda: searched(SOMETIMES, then=False, ends=False), (18, 0)),
    (reduce, "PATIENCE"): (lambda: searched(SOMETIMES, then=None, ends=False), (32, 0)),
    (reduction, "HASTE"): (haste, 5),
    (reduction, "_SHARE"): (lambda: decided(SOMETIMES, False), 19),
    (reduction, "_LIMIT"): (lambda: decided(SOMETIMES, False), 19),
    (replay, "LEVEL"): (lambda: passes_needed(Tally(5, 16)), 12),
    (replay, "UNKNOWN"): (lambda: passes_needed(None), 29),
    (replay, "FEWEST"): (lambda: passes_needed(Tally(16, 16)), 8),
    (replay, "MOST"): (
        lambda: replay.askings(replay.KnownFailure("x", CASE, seen=Tally(1, 48)), None),
        96,
    ),
    (suspicion, "MOST_ANSWERS"): (notes, 60),
    (suspicion, "_NEARLY_ALWAYS"): (
        lambda: first(lambda n: Rates(n / 100).chances(0.5)[0] > 0.6),
        95,
    ),
}
"""Of each number a decision that stands on it, and how that comes out."""

IMPORTED = {
    (progress, "LOWEST_RATE"): (minimize,),
    (progress, "CONFIRM_CALLS"): (minimize,),
    (reduction, "HASTE"): (reduce,),
}
"""Who else has a number under its name."""

OTHERS = {
    # How beliefs are worked out, not what follows from them.
    "beliefs": {"_SURE", "_ROUNDS", "_SETTLED"},
    "reduce": {"_GOLDEN"},
    "suspicion": {"_NEVER"},
    # How much is shown, or looked at.
    "excerpt": {"_AROUND", "_MOST_MARKED"},
    "turns": {"_MOST_TEXT"},
    "showing": {"_MOST_BODY"},
    "signature": {"_DEPTH", "_MOST_PARAMETERS", "_MOST_VALUES"},
    "difference": {"MOST_LINES", "_AROUND", "_MOST"},
    "hexdump": {"_ROW", "_ROWS", "_BEFORE"},
    "failures": {"_SIBLINGS", "_MOST_READ"},
    "worlds": {"_SHARES"},
}
"""Numbers that no decision stands on, by module."""


def moved(value: Any, up: bool) -> Any:
    """Return the value a fifth larger or smaller; of what is nearly 1, what it lacks to it."""
    if isinstance(value, tuple):
        return tuple(moved(v, up) for v in value)
    if isinstance(value, Tally):
        return replace(value, failed=moved(value.failed, up))
    if isinstance(value, int):
        return value + max(1, round(value / 5)) * (1 if up else -1)
    if 0.88 < value < 1:
        return 1 - (1 - value) * (0.8 if up else 1.2)
    return value * (1.2 if up else 0.8)


def number(value: Any) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(number, value))
    return isinstance(value, int | float | Tally)


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: f"{pin[0].__name__.split('.')[-1]}.{pin[1]}")
def test_a_fifth_more_or_less_decides_otherwise(
    pin: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, parts_once: None
) -> None:
    (module, name), (decide, as_it_is) = pin, PINS[pin]
    assert decide() == as_it_is
    value = getattr(module, name)
    for up in (True, False):
        for user in (module, *IMPORTED.get(pin, ())):
            monkeypatch.setattr(user, name, moved(value, up))
        assert decide() != as_it_is, f"{name} = {moved(value, up)} changes nothing"


def test_no_number_is_forgotten() -> None:
    known = {(module.__name__.split(".")[-1], name) for module, name in PINS}
    known |= {(module, name) for module, names in OTHERS.items() for name in names}
    found = set()
    for path in Path(toolfuzz.evidence.__file__).parent.glob("*.py"):
        module = importlib.import_module(f"toolfuzz.evidence.{path.stem}")
        found |= {
            (path.stem, node.id)
            for statement in ast.parse(path.read_text(encoding="utf-8")).body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and node.id.upper() == node.id
            and number(getattr(module, node.id, None))
        }
    evidence = {pin for pin in known if pin[0] != "contrast"}
    assert found == evidence


def test_what_is_expected_of_a_search() -> None:
    assert [reduce.few(n) for n in (2, 150)] == [0.3, 0.01]
    assert [reduce.hardly_any(n) for n in (1, 50)] == [0.3, 0.01]
    assert reduce.most(50) == 0.9
    assert failures._SIBLINGS >= 1
