"""A journal in blocks of whole cases, each judged by itself, and the verdicts in its order."""

from array import array
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf
from pathlib import Path
from typing import BinaryIO

from msgspec import MsgspecError, Struct, convert
from msgspec.json import Decoder

from toolfuzz.core.errors import UsageError
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.calls import in_order
from toolfuzz.pools.pool import Callers
from toolfuzz.recordings.exchanges import read_lines
from toolfuzz.recordings.head import STDIN
from toolfuzz.recordings.lines import json_value
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_entries
from toolfuzz.runs.reading import open_journal
from toolfuzz.runs.said import Said, say
from toolfuzz.runs.told import ToldByRun
from toolfuzz.system.lines import bounded

__all__ = ["Block", "Entry", "JournalIndex", "journal_index", "judge_block", "judge_blocks"]

_LINES = 128
_BYTES = 2**20
"""A block is full with so much; a case is never divided."""


class _Inner(Struct, frozen=True, gc=False):
    case_id: str = ""


class _Line(Struct, frozen=True, gc=False):
    event: str = ""
    id: str = ""
    case_id: str = ""
    exchange: _Inner = _Inner()


_decode = Decoder(_Line).decode
_COMMON = ("run-started", "target-seen")

Entry = BadEntry | tuple[Said, Judged | None]
"""What came of a line."""


@dataclass(frozen=True, slots=True)
class Block:
    """Numbered lines of a journal: its own, and those that say what is true of all."""

    lines: Sequence[tuple[int, bytes]]
    own: frozenset[int]

    @property
    def first(self) -> int:
        """The number of the first line of its own."""
        return min(self.own)


@dataclass(slots=True)
class JournalIndex:
    """Where each line of a journal stands (from line 1 on), and of which case it is.

    ``cases`` are the numbers of their lines, under "" those of no case; ``common`` is what all
    blocks need: how the run began and which targets were seen.
    """

    file: BinaryIO
    places: "array[int]" = field(default_factory=lambda: array("q", [0]))
    cases: "dict[str, array[int]]" = field(default_factory=dict)
    common: list[int] = field(default_factory=list)

    def add(self, line: bytes) -> None:
        """Take in the next line."""
        number = len(self.places)
        self.places.append(self.places[-1] + len(line))
        event, case = _about(line)
        if event in _COMMON:
            self.common.append(number)
        if line.strip():
            self.cases.setdefault(case, array("q")).append(number)

    def blocks(self) -> Iterator[Block]:
        """Give all lines in blocks, in the order of their first ones."""
        own: list[int] = []
        size = 0
        for numbers in self.cases.values():
            own += numbers
            size += sum(self.places[n] - self.places[n - 1] for n in numbers)
            if len(own) >= _LINES or size >= _BYTES:
                yield self._block(own)
                own, size = [], 0
        if own:
            yield self._block(own)

    def _block(self, own: Sequence[int]) -> Block:
        return Block([*map(self._line, sorted({*self.common, *own}))], frozenset(own))

    def _line(self, number: int) -> tuple[int, bytes]:
        start, end = self.places[number - 1 : number + 1]
        self.file.seek(start)
        return number, self.file.read(end - start)


@contextmanager
def journal_index(path: Path) -> Iterator[JournalIndex | None]:
    """Read through a journal; None where it can't be read to its end.

    Raises UsageError for any other file.
    """
    if path == STDIN or (path.exists() and not path.is_file()):
        raise _no_journal(path)
    with ExitStack() as stack:
        try:
            index = JournalIndex(stack.enter_context(open_journal(path)))
            for line in bounded(index.file, path):
                index.add(line)
        except (OSError, UsageError):
            index = None
        if index and 1 not in index.common:
            raise _no_journal(path)
        yield index


def _no_journal(path: Path) -> UsageError:
    return UsageError(f"{path} is no journal of a run", "judge it without --workers and --ray")


def _about(line: bytes) -> tuple[str, str]:
    """Return of what event a line tells and of which case, each "" where it says none."""
    try:
        read = _decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        # Python reads what JSON doesn't have (NaN, bytes that are no text).
        try:
            read = convert(json_value(line), _Line)
        except (MsgspecError, UsageError, RecursionError):
            return "", ""
    case = read.id if read.event == "case-drawn" else read.case_id or read.exchange.case_id
    return read.event, case if read.event else ""


def judge_block(block: Block, policy: Policy, keep: bool) -> list[Entry]:
    """Judge a block's own lines; ``keep``: the exchanges come back with what is said of them."""
    entries = read_lines(block.lines)
    by_run = ToldByRun(lambda: (line for _, line in block.lines))
    found: list[Entry] = []
    for item in judge_entries(entries, policy, by_run):
        if isinstance(item, BadEntry):
            if item.number in block.own:
                found.append(item)
        else:
            found.append((say(item), item if keep else None))
    return found


async def judge_blocks(
    index: JournalIndex, policy: Policy, workers: Callers, *, ahead: int, keep: bool
) -> AsyncGenerator[Entry]:
    """Have a journal judged and give what came of it in its order.

    So many blocks are under way at once. Raises as ``Callers`` do.
    """
    firsts = deque[int]()
    held: list[tuple[int, Entry]] = []

    def calls() -> Iterator[tuple[Block, Policy, bool]]:
        for block in index.blocks():
            firsts.append(block.first)
            yield block, policy, keep

    async with aclosing(in_order(workers, judge_block, calls(), ahead=ahead)) as judged:
        async for found in judged:
            firsts.popleft()
            for entry in found:
                heappush(held, (_number(entry), entry))
            # Cases that were asked at the same time stand mixed, also over a block's border.
            settled = firsts[0] if firsts else inf
            while held and held[0][0] < settled:
                yield heappop(held)[1]


def _number(entry: Entry) -> int:
    return entry.number if isinstance(entry, BadEntry) else entry[0].number
