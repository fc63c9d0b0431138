"""What scenarios will cost, from a few that are played by an agent that does everything right."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Target
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.pools.question import modes
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.scenarios import dimensions_of, is_adaptive
from toolfuzz.worlds.agents import brain, played
from toolfuzz.worlds.family import Family

__all__ = ["DimensionCost", "forecast"]

# In practice about four bytes make a token, of JSON rather fewer.
_BYTES_PER_TOKEN = 3.5
# What a reply holds beside the arguments of its calls.
_PROSE = 30
_PLAYED = 3


@dataclass(frozen=True, slots=True)
class DimensionCost:
    """About how much one dimension costs a target.

    ``conversations`` count the control twins, ``calls`` the requests of all of them.
    """

    dimension: str
    conversations: int
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(slots=True)
class _Played:
    """One conversation as it is sent in a wire format."""

    body: Callable[[Ask], JsonObject]
    calls: int = 0
    input_bytes: int = 0

    def tell(self, ask: Ask) -> None:
        """Take note of a request."""
        self.calls += 1
        self.input_bytes += len(json.dumps(self.body(ask), ensure_ascii=False).encode())


def forecast(options: RunOptions, target: Target) -> list[DimensionCost]:
    """Return about what each dimension costs; none where the target can't be asked scenarios.

    A model that goes wrong takes more calls, or fewer.
    """
    ways = len(modes(target)) * options.repeat
    try:
        return [
            _cost(find(name), options, target, 2 * options.cases * ways)
            for name in dimensions_of(options)
        ]
    except CannotAskError:
        return []


def _cost(family: Family, options: RunOptions, target: Target, conversations: int) -> DimensionCost:
    sample = list(_sample(family, options, target))
    calls = fmean(one.calls for one, _ in sample)
    sent = fmean(one.input_bytes for one, _ in sample)
    said = fmean(output for _, output in sample)
    return DimensionCost(
        family.name,
        conversations,
        round(conversations * calls),
        ceil(conversations * sent / _BYTES_PER_TOKEN),
        ceil(conversations * (said / _BYTES_PER_TOKEN + calls * _PROSE)),
    )


def _sample(family: Family, options: RunOptions, target: Target) -> Iterator[tuple[_Played, int]]:
    """Play a few scenarios and their twins; yield each with the bytes of its calls."""
    format = wire_format(target.format)
    for k, level in enumerate(_levels(family, options)):
        for case in draw_pair(family, options.seed, k, level):
            seen = _Played(lambda ask: format.request(ask, params=target.params).body)
            talk = played(case, brain(family), tell=seen.tell)
            calls = [call.arguments_raw or "" for reply in talk.replies for call in reply.calls]
            yield seen, sum(len(arguments.encode()) for arguments in calls)


def _levels(family: Family, options: RunOptions) -> Sequence[int]:
    """Return levels as they may be asked: of an adaptive run the middle ones, in equal ratios."""
    if not is_adaptive(options):
        level = family.usual if options.level is None else options.level
        return [level] * min(_PLAYED, options.cases)
    least, most = (max(level, 1) for level in family.adaptive_levels)
    shares = [(n + 1) / (_PLAYED + 1) for n in range(_PLAYED)]
    return [round(least * (most / least) ** share) for share in shares]
