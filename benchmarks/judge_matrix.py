"""Does the judge name what the simulator did? Recall and precision per defect.

python benchmarks/judge_matrix.py [--quick] [--cases 30] [--only SLUG] [--controls N] [--talks N]
                                  [--out FILE]

Every simulated fault in every wire format and stream mode where it can occur, until it has struck
``--cases`` generated cases (or ``--pool`` were asked), over HTTP to a simulator in a process of its
own; ``--quick`` takes 4 cases and calls the simulator in process. Faults that need a history are
looked for in conversations, and in questions that are asked again. Then the controls: faultless
replies with all legal variations, ``--controls`` cases and ``--talks`` conversations in every
format and mode.

recall     struck replies that got the documented slug, or what the defect says may stand for it
exact      struck replies that got just that: the slug, alone or beside its documented pairs
precision  replies with this slug that were struck by its fault, or by one it is a pair of
false      replies that nothing struck, yet got an error or a warning

Notes (severity info) blame nobody. They are counted apart, and count as found only for the faults
whose catalogue severity is info. Parser faults (``glm/strip``) have no slug of their own: what
counts is that they are found. Exit code 1 when an aim is missed.
"""

import argparse
import asyncio
import csv
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import httpx
from judge_asking import (
    CELLS,
    Said,
    converse,
    in_process,
    odd_names,
    over_http,
    repeated,
    situations,
    talks,
)

from toolfuzz.core.case import Case
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.faults import Fault
from toolfuzz.simulate.faults.registry import applies, faults

AIM_EXACT = 0.99
_AT_ONCE = 4
# Shown only beside the plain reply to the same question.
_NEEDS_COUNTERPART = frozenset({"stream-nonstream-divergence"})
# A model of that name is warned of ids in another form than its family takes back.
_MODELS = {"mistral/split-number": "fault:mistral/split-number+mistral/short-ids"}


@dataclass(slots=True)
class Row:
    """One fault: how often it struck, and what the judge said."""

    slug: str
    struck: int = 0
    found: int = 0
    exact: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Matrix:
    """What was seen. ``said`` counts (fault, api, mode, struck, findings)."""

    rows: dict[str, Row] = field(default_factory=dict)
    said: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    reported: Counter[str] = field(default_factory=Counter)
    rightly: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    unstruck: int = 0
    false: Counter[str] = field(default_factory=Counter)

    def add(self, fault: str, api: str, stream: bool, one: Said) -> None:
        row = self.rows.setdefault(fault, Row(fault))
        words = " ".join(sorted(one.blamed)) or one.judgement.status
        mode = "stream" if stream else "plain"
        self.said[fault, api, mode, ",".join(one.struck), words] += 1
        self.notes.update(one.noted - {fault})
        for slug in one.blamed:
            self.reported[slug] += 1
            self.rightly[slug] += not may_show(fault).isdisjoint({slug, "*"}) and bool(one.struck)
        if not one.struck:
            self.unstruck += 1
            if one.blamed or one.judgement.status != "pass":
                self.false[f"{fault} · {api} {mode} · {words}"] += 1
            return
        found, exact = right(fault, one)
        row.struck += 1
        row.found += found
        row.exact += exact
        if not exact:
            row.wrong[words] += 1

    def precision(self, slug: str) -> float | None:
        """Of the replies with this slug, the share that its fault (or a pair's) struck."""
        return self.rightly[slug] / self.reported[slug] if self.reported[slug] else None

    def missed(self) -> list[str]:
        """The aims that were missed, in words."""
        counted = [row for row in self.rows.values() if is_counted(row.slug)]
        struck = sum(row.struck for row in counted)
        found = sum(row.found for row in counted)
        exact = sum(row.exact for row in counted)
        said = [f"{row.slug} never struck" for row in counted if not row.struck]
        if found < struck:
            said.append(f"recall {found} of {struck}: the aim is all")
        if exact < AIM_EXACT * struck:
            said.append(f"exact {exact} of {struck}: the aim is {AIM_EXACT:.0%}")
        if self.false:
            said.append(f"{self.false.total()} findings where no fault struck: the aim is none")
        return said


def may_show(fault: str) -> frozenset[str]:
    """The slugs that the catalogue allows for a fault; ``*`` for a parser fault."""
    entry = defects().get(fault)
    # What is told of another finding stands beside it.
    beside = (e.slug for e in defects().values() if e.stage == "causes" and fault in e.pairs)
    return frozenset({fault, *entry.pairs, *beside}) if entry else frozenset({"*"})


def right(fault: str, one: Said) -> tuple[bool, bool]:
    """Whether a struck reply was found for what it is, and whether nothing else was said."""
    allowed = may_show(fault)
    if "*" in allowed:
        return bool(one.blamed), bool(one.blamed)
    # A note counts as found only for a defect that is no more than a note.
    said = one.blamed | (one.noted & {fault})
    return bool(said & allowed), bool(said) and said <= allowed


def is_counted(fault: str) -> bool:
    """Whether single replies can show it."""
    entry = defects().get(fault)
    return entry is None or entry.shows_in != "run"


def faults_to_show(only: Sequence[str] = ()) -> Iterator[Fault]:
    """All faults that aren't legal variations."""
    for fault in faults().values():
        if not fault.legal and (not only or fault.slug in only):
            yield fault


async def fill(
    client: httpx.AsyncClient,
    cases: Sequence[Case],
    wanted: int,
    only: Sequence[str] = (),
    talks: Sequence[Case] = (),
) -> Matrix:
    """Ask until every fault has struck ``wanted`` cases in each of its cells."""
    matrix = Matrix()
    for fault in faults_to_show(only):
        asked = cases
        if fault.turn > 1:
            again = [repeated(case, fault.turn) for case in cases]
            asked = [case for pair in zip_longest(talks, again) for case in pair if case]
        await _fill_row(matrix, client, fault, asked, wanted)
    return matrix


async def _fill_row(
    matrix: Matrix, client: httpx.AsyncClient, fault: Fault, cases: Sequence[Case], wanted: int
) -> None:
    matrix.rows[fault.slug] = Row(fault.slug)
    # What suits a fault in one format suits it in the next: there those cases come first, and
    # only a few others.
    suitable: dict[int, None] = {}
    for api, stream in CELLS:
        if not applies(fault.slug, api, stream):
            continue
        struck = 0
        others = [k for k in range(len(cases)) if k not in suitable]
        order = [*suitable, *(others[:wanted] if suitable else others)]
        for start in range(0, len(order), _AT_ONCE):
            batch = order[start : start + _AT_ONCE]
            heard = await asyncio.gather(
                *(
                    converse(
                        client,
                        cases[k],
                        api,
                        stream=stream,
                        model=_MODELS.get(fault.slug, f"fault:{fault.slug}"),
                        counterpart=fault.slug in _NEEDS_COUNTERPART,
                    )
                    for k in batch
                )
            )
            for k, talk in zip(batch, heard, strict=True):
                for one in talk:
                    matrix.add(fault.slug, api, stream, one)
                if any(one.struck for one in talk):
                    suitable[k] = None
                    struck += 1
            if struck >= wanted:
                break


async def controls(
    client: httpx.AsyncClient, cases: Sequence[Case]
) -> AsyncIterator[tuple[str, str, bool, Said]]:
    """Ask every case in every cell: all legal variations mixed, each tenth case plainly too."""
    for k, case in enumerate(cases):
        for model in ("legal-variations", "clean")[: 1 if k % 10 else 2]:
            heard = await asyncio.gather(
                *(
                    converse(client, case, api, stream=stream, model=model, counterpart=True)
                    for api, stream in CELLS
                )
            )
            for (api, stream), talk in zip(CELLS, heard, strict=True):
                for one in talk:
                    yield model, api, stream, one


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="4 cases, in process")
    parser.add_argument("--cases", type=int, help="struck cases wanted in each cell (30)")
    parser.add_argument("--pool", type=int, help="cases asked at most in each cell")
    parser.add_argument("--controls", type=int, help="cases for the controls (10,000; 0: none)")
    parser.add_argument("--talks", type=int, help="conversations for them (5,000; 0: none)")
    parser.add_argument("--only", action="append", default=[], metavar="SLUG")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("reports/judge-matrix.csv"))
    given = parser.parse_args()
    given.cases = given.cases or (4 if given.quick else 30)
    given.pool = given.pool or given.cases * 10
    if given.controls is None:
        given.controls = 0 if given.only else 100 if given.quick else 10_000
    if given.talks is None:
        given.talks = 0 if given.only else 50 if given.quick else 5_000
    raise SystemExit(asyncio.run(_main(given)))


async def _main(given: argparse.Namespace) -> int:
    door = in_process if given.quick else over_http
    began = time.perf_counter()
    async with door() as client:
        cases = situations(given.pool, seed=given.seed)
        cases += odd_names(2 * given.cases, seed=given.seed)
        pool = talks(given.pool, seed=given.seed)
        matrix = await fill(client, cases, given.cases, given.only, pool)
        _show(matrix, given.out)
        print(f"{time.perf_counter() - began:.0f} s\n", flush=True)
        false = 0
        if given.controls:
            false += await _control(client, situations(given.controls, seed=given.seed + 1))
        if given.talks:
            false += await _control(client, talks(given.talks, seed=given.seed + 1))
    missed = matrix.missed()
    for aim in missed:
        print(f"missed: {aim}")
    print(f"{time.perf_counter() - began:.0f} s in all")
    return 1 if missed or false else 0


async def _control(client: httpx.AsyncClient, cases: Sequence[Case]) -> int:
    """Print what is said of faultless replies, and return how many are blamed."""
    false: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    replies = 0
    async for model, api, stream, one in controls(client, cases):
        replies += 1
        notes.update(one.noted)
        if one.blamed or one.judgement.status != "pass":
            words = " ".join(sorted(one.blamed)) or str(one.judgement.reason)
            false[f"{model} · {api} {'stream' if stream else 'plain'} · {words}"] += 1
    turns = sum(len(case.turns) for case in cases)
    print(f"controls: {len(cases)} cases of {turns} turns, {replies} faultless replies, ", end="")
    print(f"{false.total()} with an error or a warning (aim: none)", flush=True)
    _list(false)
    print("  notes:", _counts(notes), flush=True)
    return false.total()


def _show(matrix: Matrix, out: Path) -> None:
    print(f"{'fault':32} {'struck':>6} {'recall':>7} {'exact':>7} {'precision':>9}  said instead")
    for row in matrix.rows.values():
        cells = [_share(row.found, row.struck), _share(row.exact, row.struck)]
        precision = matrix.precision(row.slug)
        cells.append("–" if precision is None else f"{precision:.1%}")
        apart = "" if is_counted(row.slug) else "(not counted) "
        print(f"{row.slug:32} {row.struck:6} {cells[0]:>7} {cells[1]:>7} {cells[2]:>9}  {apart}"
              f"{_counts(row.wrong)}")  # fmt: skip
    for kind, wanted in (("documented defects", True), ("parser faults", False)):
        rows = [
            r
            for r in matrix.rows.values()
            if is_counted(r.slug) and (r.slug in defects()) is wanted
        ]
        struck = sum(r.struck for r in rows)
        found, exact = sum(r.found for r in rows), sum(r.exact for r in rows)
        print(
            f"{kind}: {len(rows)}, struck {struck}, recall {_share(found, struck)}, "
            f"exact {exact} ({_share(exact, struck)})"
        )
    print(f"not struck: {matrix.unstruck} replies, {matrix.false.total()} blamed")
    _list(matrix.false)
    print("notes beside:", _counts(matrix.notes))
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["fault", "api", "mode", "struck", "reported", "replies"])
        lines.writerows([*key, count] for key, count in sorted(matrix.said.items()))
    print(f"the whole matrix: {out}")


def _list(counts: Counter[str]) -> None:
    for words, count in counts.most_common(20):
        print(f"  {count:5}  {words}")


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{words} ({n})" for words, n in counts.most_common(6))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


if __name__ == "__main__":
    main()
