"""``toolfuzz judge``: recorded exchanges, judged offline."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from toolfuzz.commands._live import cancelled_by_signals
from toolfuzz.config import load_config
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable, shell_command
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.report.tools import TOOLS_SHOWN, defects_of
from toolfuzz.report.words import count as number_of
from toolfuzz.runs.blocks import Entry, journal_index, judge_blocks
from toolfuzz.runs.expecting import by_hand
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.offline import Judged, judge_file
from toolfuzz.runs.rejudged import keeping
from toolfuzz.runs.said import Said, say
from toolfuzz.runs.workers import open_callers

_ORDER = ("pass", "fail", "unjudged", "bad lines")


def judge(
    file: Path,
    expect: Path | None,
    expect_values: tuple[str, ...],
    requests: Path | None,
    out: Path | None,
    as_json: bool,
    workers: int | None,
    ray: str | None,
    **given: Any,
) -> None:
    """Do what ``toolfuzz judge`` does."""
    said = {name: value for name, value in given.items() if value not in (None, ())}
    policy = Policy(**{**load_config().given("judge"), **said})
    policy.check()
    if file.is_dir():
        file = find_journal(file)
    printed = _Printed(file, as_json)
    with keeping(file, out, policy) as keep:

        def take(entry: Entry) -> None:
            if isinstance(entry, BadEntry):
                printed.bad(entry)
                return
            said, judged = entry
            if judged:
                keep(judged)
            printed.verdict(said)

        told = by_hand(expect, expect_values)
        if ray is None and workers in (None, 1):
            for entry in _by_this_process(judge_file(file, policy, told, requests=requests)):
                take(entry)
        elif told or requests:
            raise UsageError(
                "--expect, --expect-value and --requests are for one process",
                "judge it without --workers and --ray",
            )
        else:
            work = _by_workers(file, policy, take, workers or 1, ray, keep=out is not None)
            asyncio.run(cancelled_by_signals(work))
    printed.summary()
    if out:
        shown = shell_command("toolfuzz", "show", out)
        click.echo(f"kept in {printable(str(out))}; next: {shown}", err=True)


def _by_this_process(items: Iterable[Judged | BadEntry]) -> Iterator[Entry]:
    return (item if isinstance(item, BadEntry) else (say(item), item) for item in items)


async def _by_workers(
    file: Path,
    policy: Policy,
    take: Callable[[Entry], None],
    workers: int,
    ray: str | None,
    *,
    keep: bool,
) -> None:
    with journal_index(file) as index:
        if index is None:
            for entry in _by_this_process(judge_file(file, policy)):
                take(entry)
            return
        async with open_callers(workers, ray) as callers:
            entries = judge_blocks(index, policy, callers, ahead=2 * workers, keep=keep)
            async with aclosing(entries):
                async for entry in entries:
                    take(entry)


def _most_first(counts: Counter[str]) -> dict[str, int]:
    """Return counts, the largest first, equal ones by name: findings of a reply have no order."""
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


@dataclass(slots=True)
class _Tool:
    """What became of the replies that tell of a tool."""

    tally: Counter[str] = field(default_factory=Counter)
    slugs: Counter[str] = field(default_factory=Counter)

    def take(self, status: str, failed: Sequence[str]) -> None:
        self.tally[status] += 1
        self.slugs.update(failed)

    @property
    def judged(self) -> int:
        return self.tally["pass"] + self.tally["fail"]

    def figures(self) -> JsonObject:
        counts = {"judged": self.judged, "failed": self.tally["fail"]}
        defects = _most_first(self.slugs)
        return {**counts, "unjudged": self.tally["unjudged"], "defects": defects}


@dataclass(slots=True)
class _Printed:
    """What is printed of a file: verdicts on stdout, all else on stderr."""

    file: Path
    as_json: bool
    verdicts: list[JsonObject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    slugs: Counter[str] = field(default_factory=Counter)
    rebuilt: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    tools: dict[str, "_Tool"] = field(default_factory=dict)
    undeclared: int = 0

    def bad(self, entry: BadEntry) -> None:
        self.tally["bad lines"] += 1
        self._note(entry.number, entry.reason)

    def verdict(self, said: Said) -> None:
        if said.note:
            self.notes[said.note] += 1
            if self.notes[said.note] == 1:
                self._note(said.number, said.note)
        if said.rebuilt_from:
            self.rebuilt[said.rebuilt_from] += 1
        self.undeclared += said.undeclared
        verdict = said.verdict
        self.tally[verdict["status"]] += 1
        self.slugs.update({f["slug"] for f in verdict["findings"]})
        for name, failed in said.tools.items():
            self.tools.setdefault(name, _Tool()).take(verdict["status"], failed)
        if self.as_json:
            self.verdicts.append(verdict)
        else:
            click.echo(json.dumps(verdict))

    def _note(self, number: int, what: str) -> None:
        click.echo(f"{self.file}:{number}: {printable(what)}", err=True)

    def _weakest_first(self) -> list[tuple[str, _Tool]]:
        def strength(named: tuple[str, _Tool]) -> tuple[float, int, str]:
            name, tool = named
            failed = tool.tally["fail"]
            return -failed / max(tool.judged, 1), -failed, name

        return sorted(self.tools.items(), key=strength)

    def _tools(self) -> None:
        failing = [(name, tool.figures()) for name, tool in self._weakest_first()]
        failing = [(name, tool) for name, tool in failing if tool["failed"]]
        if not failing:
            return
        for name, tool in failing[:TOOLS_SHOWN]:
            said = f"{tool['failed']} of {tool['judged']} failed: {defects_of(tool)}"
            click.echo(f"  {printable(name)}: {said}", err=True)
        if len(failing) > TOOLS_SHOWN:
            click.echo(f"  {len(failing) - TOOLS_SHOWN} more tools with failures", err=True)
        if right := sum(tool.judged > 0 and not tool.tally["fail"] for tool in self.tools.values()):
            rest = f"{right} of {number_of(len(self.tools), 'tool')} without a failure"
            click.echo(f"  {rest}", err=True)

    def summary(self) -> None:
        tally, slugs = self.tally, self.slugs
        judged = sum(tally.values()) - tally["bad lines"]
        if not judged:
            raise UsageError(
                f"{self.file} holds nothing that could be judged",
                "`toolfuzz judge --help` shows what a line looks like",
            )
        if self.as_json:
            tools = {name: tool.figures() for name, tool in self._weakest_first()}
            counts = {"judged": judged, **tally, "defects": _most_first(slugs)}
            counts["tools"] = tools
            click.echo(json.dumps({"summary": counts, "verdicts": self.verdicts}, indent=2))
        click.echo(" · ".join(f"{tally[name]} {name}" for name in _ORDER if tally[name]), err=True)
        for slug, count in _most_first(slugs).items():
            click.echo(f"  {count:6}  {slug}", err=True)
        self._tools()
        for note, count in self.notes.items():
            if count > 1:
                click.echo(f"{count} of these: {printable(note)}", err=True)
        for tool, count in self.rebuilt.items():
            click.echo(
                f"{count} of these as {tool} kept them, without the bytes: only calls, their "
                "arguments and the schemas were judged, not the wire format",
                err=True,
            )
        if self.undeclared:
            click.echo(
                f"calls of tools whose schema isn't here: {self.undeclared}; their arguments were "
                "held to none",
                err=True,
            )
