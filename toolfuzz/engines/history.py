"""Since which release of an engine a failure is there, and in which it isn't any more."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.given import given_of
from toolfuzz.core.talk import at_last_turn
from toolfuzz.engines.native import NotExpressible
from toolfuzz.engines.releases import searched
from toolfuzz.engines.spec import EngineSpec, parse_spec
from toolfuzz.engines.trial import EngineTrial, NoParserError
from toolfuzz.formats import USUAL, wire_format
from toolfuzz.judge.judge import judge

__all__ = ["History", "KnownOnEngine", "State", "Tried", "history"]

State = Literal["right", "wrong", "otherwise", "no parser", "not tried"]
"""Of a release: the answer is right, shows the failure, or is wrong in another way; it has no such
parser; it can't be fetched or loaded."""


@dataclass(frozen=True, slots=True)
class KnownOnEngine:
    """A failure of an engine's parser: a case and the defect that it shows.

    ``spec`` names the parser and the release it was seen on (``engine/sglang@0.5.23:glm45``).
    ``question`` is what was asked (see ``EngineTrial.question``): its text and increments are put
    to each release as they are; without one they are written anew.
    """

    case: Case
    slug: str
    spec: str
    stream: bool
    question: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What a release made of it. ``slugs`` are the defects of its answer, ``reason`` the words of
    the first, or why it could not be tried; ``seconds`` are by the clock, fetching included."""

    version: str
    state: State
    slugs: tuple[str, ...] = ()
    reason: str = ""
    seconds: float = 0.0

    @property
    def kind(self) -> tuple[object, ...]:
        """What must be the same in two releases for nothing to have changed between them."""
        return (self.state, self.slugs if self.state == "otherwise" else ())

    @property
    def answers(self) -> bool:
        """Whether there is an answer to judge."""
        return self.state in ("right", "wrong", "otherwise")


@dataclass(frozen=True, slots=True)
class History:
    """A failure through an engine's releases. ``tried`` are those of ``versions`` that were tried;
    both are oldest first. ``dense``: ``versions`` are all that there are in that span.
    """

    slug: str
    versions: tuple[str, ...]
    tried: tuple[Tried, ...]
    dense: bool = True

    @property
    def changes(self) -> list[tuple[Tried, Tried]]:
        """The neighbours among the releases with an answer, or without the parser, that differ."""
        known = [one for one in self.tried if one.state != "not tried"]
        return [(a, b) for a, b in pairwise(known) if a.kind != b.kind]

    @property
    def broke(self) -> tuple[str, ...]:
        """The first releases with the failure, of each time that it came."""
        oldest = next((one for one in self.tried if one.state != "not tried"), None)
        begins = [oldest.version] if oldest and oldest.state == "wrong" else []
        return (*begins, *(b.version for _, b in self.changes if b.state == "wrong"))

    @property
    def mended(self) -> tuple[str, ...]:
        """The first releases that are right again."""
        pairs = self.changes
        return tuple(b.version for a, b in pairs if a.state == "wrong" and b.state == "right")

    @property
    def words(self) -> str:
        """All of it in one sentence."""
        return "; ".join((*self._told(), self._looked_at()))

    def _told(self) -> Iterator[str]:
        known = [one for one in self.tried if one.state != "not tried"]
        if not any(one.state == "wrong" for one in known):
            yield f"{self.slug} shows in none of them"
            return
        if known[0].state == "wrong":
            yield f"{known[0].version} has it, the oldest that was tried"
        for before, after in self.changes:
            if after.state == "wrong":
                verb = "broke" if before.state == "right" else "begins"
                yield f"{verb} {self._when(before, after)} ({before.version} {_IS[before.state]})"
            elif before.state == "wrong":
                verb = "mended" if after.state == "right" else "gone"
                what = "" if after.state == "right" else f" ({after.version} {_IS[after.state]})"
                yield f"{verb} {self._when(before, after)}{what}"
        if known[-1].state == "wrong":
            yield f"still in {known[-1].version}"

    def _when(self, before: Tried, after: Tried) -> str:
        gap = self.versions.index(after.version) - self.versions.index(before.version)
        if self.dense and gap == 1:
            return f"in {after.version}"
        return f"between {before.version} and {after.version}"

    def _looked_at(self) -> str:
        count, of = len(self.tried), len(self.versions)
        if not self.dense:
            return f"{count} releases at hand tried"
        if count == of:
            return f"all {of} releases tried"
        return (
            f"{count} of {of} releases tried: what lies between two alike is taken to be like them"
        )


_IS: dict[State, str] = {
    "right": "is right",
    "otherwise": "is wrong in another way",
    "no parser": "has no such parser",
}


async def history(
    failure: KnownOnEngine,
    versions: Sequence[str],
    *,
    dense: bool = True,
    every: bool = False,
    tell: Callable[[Tried], None] = lambda tried: None,
) -> History:
    """Put a failure to releases of its engine, to as few as show where it came and went.

    ``versions`` are oldest first (see ``releases``), ``dense`` as in History; ``every`` tries all
    of them. The release that it was seen on is tried first, or the newest. ``tell`` sees each.
    Raises UsageError where the case can't be put to this parser at all.
    """
    spec = parse_spec(failure.spec)
    if failure.case.world is not None:
        raise UsageError(
            "the calls of a world depend on each other, which one question can't show",
            "run the same cases on each release: `toolfuzz engines sweep`",
        )
    question = failure.question or _written(failure)
    seen = [n for n, version in enumerate(versions) if version == spec.version]

    async def answer(place: int) -> Tried:
        began = time.monotonic()
        one = await _try(failure, question, spec, versions[place])
        one = replace(one, seconds=time.monotonic() - began)
        tell(one)
        return one

    found = await searched(
        len(versions),
        answer,
        lambda one: one.kind,
        first=seen[0] if seen else len(versions) - 1,
        answers=lambda one: one.answers,
        every=every,
    )
    tried = tuple(found[place] for place in sorted(found))
    return History(failure.slug, tuple(versions), tried, dense)


def _written(failure: KnownOnEngine) -> JsonObject:
    try:
        talk = at_last_turn(failure.case)
        return EngineTrial(failure.spec).question(talk, stream=failure.stream)
    except NotExpressible as limit:
        raise UsageError(f"this case can't be written for {failure.spec}: {limit.reason}") from None


async def _try(
    failure: KnownOnEngine, question: JsonObject, spec: EngineSpec, version: str
) -> Tried:
    named = f"engine/{spec.engine.name}@{version}:{spec.parser}/{spec.family.name}"
    try:
        async with EngineTrial(named) as trial:
            asked = {**question, "parser": trial.parser, "version": trial.version}
            return Tried(version, *await _asked(failure, asked, trial))
    except NoParserError:
        return Tried(version, "no parser")
    except UsageError as error:
        return Tried(version, "not tried", reason=error.message)


async def _asked(
    failure: KnownOnEngine, question: JsonObject, trial: EngineTrial
) -> tuple[State, tuple[str, ...], str]:
    read = wire_format(USUAL).read
    earlier, plain = list(at_last_turn(failure.case).replies), None
    if failure.stream:
        plain = read(await trial.ask(_plain(question)), stream=False)
    reply = read(await trial.ask(question), stream=failure.stream)
    found = judge(
        failure.case,
        [*earlier, reply],
        counterpart=() if plain is None else [*earlier, plain],
        given=given_of(question),
    ).findings
    errors = [f for f in found if f.severity == "error"]
    slugs = tuple(dict.fromkeys(f.slug for f in errors))
    reason = errors[0].message if errors else ""
    if failure.slug in {f.slug for f in found}:
        return "wrong", slugs, reason
    return "otherwise" if slugs else "right", slugs, reason


def _plain(question: JsonObject) -> JsonObject:
    """Return a streamed question as one that isn't: the same text at once."""
    text = question["text"] if "text" in question else "".join(question["deltas"])
    rest = {name: question[name] for name in question.keys() - {"deltas", "cuts"}}
    return {**rest, "text": text, "stream": False}
