"""Hypothesis strategies of tools, arguments, cases and streams, for tests of your own.

They draw what a campaign draws, by the same code, so a property that a parser or client must have
can be written as a ``@given`` test; a failure is shrunk by Hypothesis to a small example. See
docs/strategies.md.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

try:
    from hypothesis import assume
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    raise ImportError(
        "toolfuzz.strategies needs Hypothesis: pip install 'toolfuzz[strategies]'"
    ) from error

from toolfuzz.core.case import Case, JsonObject, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.engines.native import family as native_family
from toolfuzz.engines.stream import Stream, drawn_stream
from toolfuzz.formats import wire_format
from toolfuzz.generate import cases as drawn_cases
from toolfuzz.generate.assemble import assemble, drafted
from toolfuzz.generate.conversations import all_conversations, find
from toolfuzz.generate.covering import drawn_row
from toolfuzz.generate.features import is_sloppy
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.plan import make_plan, rules
from toolfuzz.generate.probes import all_probes
from toolfuzz.generate.schema_values import Unsatisfiable, draw_value, problem_of
from toolfuzz.generate.tools.toolset import ToolSet
from toolfuzz.generate.validity import invalid_at
from toolfuzz.simulate.drawn import drawn_reply, faults_that_fit

__all__ = ["arguments", "cases", "conversations", "from_choices", "replies", "streams", "tools"]

T = TypeVar("T")


def arguments(schema: JsonObject) -> SearchStrategy[JsonObject]:
    """Arguments objects that a tool's ``parameters`` allow; all validate with jsonschema.

    Raises UsageError at once where the schema allows none, or none that can be found.
    """
    if problem := problem_of(schema):
        raise UsageError(f"no arguments can be drawn: {problem}")
    return from_choices(lambda pick: draw_value(schema, pick))


def tools(features: Sequence[str] = ()) -> SearchStrategy[Tool]:
    """Tools with some of the schema features; with none of them at the simplest.

    ``features`` are names, or groups, as ``toolfuzz list features`` shows them; by default all that
    every provider accepts. Raises UsageError for an unknown one.
    """
    groups = _groups(features)
    return from_choices(lambda pick: assemble(pick, drafted(pick, *_row(pick, groups)))[0])


def cases(
    probe: str | None = None, tools: Sequence[Tool] = (), features: Sequence[str] = ()
) -> SearchStrategy[Case]:
    """Questions of one turn with their right answer: what ``toolfuzz run`` asks.

    ``probe`` restricts them to one way to ask (``toolfuzz list probes``). With ``tools`` the tools
    are yours and only values are drawn; else schemas are drawn, too, with some of the
    ``features``. Raises UsageError for an unknown name and for a tool that can't be called.
    """
    if tools and features:
        raise UsageError("features are drawn into generated schemas, and these tools' are given")
    single = (name for name in all_probes() if name not in all_conversations())
    probes = drawn_cases.weighted((probe,) if probe else tuple(single))
    if not tools:
        groups = _groups(features)
        return from_choices(
            lambda pick: drawn_cases.generated(pick, probes, *_row(pick, groups))
        ).filter(_is_valid)
    for tool in tools:
        if problem := problem_of(tool.parameters):
            raise UsageError(f"no arguments of {tool.name} can be drawn: {problem}")
    mine = drawn_cases.user_tools([ToolSet("tools:given", tuple(tools))])
    return from_choices(lambda pick: drawn_cases.of_users(pick, probes, pick.of(mine)))


def conversations(
    conversation: str | None = None, features: Sequence[str] = ()
) -> SearchStrategy[Case]:
    """Questions of several turns, in which a later call must carry what an earlier result said.

    Each turn but the last has ``results``, one for each call in the calls' order; the next turn
    mostly has no messages of its own and expects the call that the results lead to.
    ``conversation`` names one of them (``followup``); by default all of them are drawn.
    Raises UsageError for an unknown name.
    """
    usual = (probe for probe in all_conversations().values() if probe.share)
    chosen = (find(conversation),) if conversation else tuple(usual)
    groups = _groups(features)
    return from_choices(
        lambda pick: drawn_cases.generated(pick, chosen, *_row(pick, groups))
    ).filter(lambda case: len(case.turns) > 1 and _is_valid(case))


def replies(
    case: Case, format: str, *, turn: int = 0, stream: bool = False, faults: Sequence[str] = ()
) -> SearchStrategy[Attempt]:
    """Replies with the calls that a turn of the case expects, as the bytes of a wire format.

    ``body`` are the bytes, ``chunks`` the same bytes cut anywhere, inside events and characters.
    The replies are right, and written in all the ways that are legal: key order, white space and
    escapes in the arguments, fragments of any size, text beside the calls. With ``faults`` (slugs
    of ``toolfuzz list defects``) one of them shows in every reply. They come from the simulator,
    so their headers say that they are simulated.

    Raises UsageError for an unknown format or fault, and where none of the faults can occur.
    """
    served = wire_format(format)
    wanted = faults_that_fit(tuple(faults), served, stream)
    return from_choices(lambda pick: drawn_reply(pick, case, turn, served, stream, wanted))


def streams(
    family: str,
    *,
    tools: Sequence[Tool] = (),
    features: Sequence[str] = (),
    anywhere: bool = False,
) -> SearchStrategy[Stream]:
    """What a model of a family generates when it calls tools, or doesn't, and how it is streamed.

    ``family`` is a name of ``toolfuzz engines list`` (``qwen25``); ``tools`` and ``features`` are
    those of ``cases``. A marker of the format (``<tool_call>``) is an increment of its own, as it
    is a token of its own to the model; with ``anywhere`` the text is cut through markers, too, or
    comes at once. What the format can't carry unambiguously isn't drawn. Raises UsageError for an
    unknown name and for a tool that can't be called.
    """
    name = native_family(family).name
    questions = cases(tools=tools, features=features)
    return _streams(questions, name, anywhere)


@st.composite
def _streams(draw: "Draw", questions: SearchStrategy[Case], name: str, anywhere: bool) -> Stream:
    case = draw(questions)
    made: Stream = draw(from_choices(lambda p: drawn_stream(p, name, case, anywhere=anywhere)))
    return made


def _is_valid(case: Case) -> bool:
    return is_sloppy(case.features) or invalid_at(case) is None


_Groups = tuple[tuple[str, tuple[str, ...]], ...]


def _groups(features: Sequence[str]) -> _Groups:
    """Return the groups of features, without what is rare because services refuse it."""
    return tuple(group for group in make_plan(features=features).groups if group[0] != "rare")


def _row(pick: Pick, groups: _Groups) -> tuple[str, Iterator[str]]:
    name, features = pick.of(groups)
    return name, drawn_row(pick, features, rules(features))


Draw = Callable[[SearchStrategy[Any]], Any]


@st.composite
def from_choices(draw: Draw, make: Callable[[Pick], T | None]) -> T:
    """Whatever the function makes of a Pick; where it makes None, other choices are tried."""
    made: T | None = None
    with suppress(Unsatisfiable):  # values of the schema are rare, and none came of these choices
        made = make(_pick(draw))
    assume(made is not None)
    assert made is not None
    return made


@st.composite
def _whole(draw: Draw, make: Callable[[Pick], T]) -> T:
    return make(_pick(draw))


def _pick(draw: Draw) -> Pick:
    return Pick(lambda n: draw(_below(n)) if n > 1 else 0, lambda make: draw(_whole(make)))


@lru_cache(maxsize=4096)
def _below(n: int) -> SearchStrategy[int]:
    return st.integers(0, n - 1)
