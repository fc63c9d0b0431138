"""A case whose tools, calls or turns are others, asked for in the words that fit what is left.

What a turn asks for stays known: a call must name an offered tool and validate, and a script whose
later calls carry what earlier ones said is read again by the reader of its own words.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from toolfuzz.core.case import Case, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.talk import rehearsed
from toolfuzz.core.validation import fits
from toolfuzz.evidence.pruning import dangling
from toolfuzz.generate import conversations, prompts
from toolfuzz.generate.conversations.base import called
from toolfuzz.generate.own import OWN

__all__ = ["last_alone", "rebuild", "scripted", "spoken"]


def scripted(case: Case) -> bool:
    """Whether turns of the case say nothing themselves, but go on from the results before.

    What was recorded is no script: its history stays what it was.
    """
    return not case.is_recorded and any(not _last_user(turn.messages) for turn in case.turns)


def spoken(case: Case, call: ExpectedCall) -> bool:
    """Whether a script says the call in its words; the others follow from results."""
    return any(called(call) in m.content for turn in case.turns for m in turn.messages)


def rebuild(
    case: Case,
    tools: Sequence[Tool | None],
    calls: Sequence[ExpectedCall | None],
    *,
    turns: Sequence[int] | None = None,
    messages: frozenset[int] = frozenset(),
    probe: str | None = None,
) -> Case | None:
    """Return the case with these tools and calls in the place of its own; None where none is left.

    ``tools`` and ``calls`` stand in the order of ``case.tools`` and ``case.calls``; None is gone.
    ``turns`` are those that stay (None: all), ``messages`` the positions, over all turns, of those
    that are gone. Every call must name an offered tool and validate against it. Where the probe has
    no words for what is left (one call of a batch), the plainest probe that has is taken. With a
    ``probe`` every turn is said in its words alone, also those of a script; but what was recorded
    keeps its words in all turns before the last, and in that one where nobody knows what is right.
    """
    left = [tool for tool in tools if tool is not None]
    if not left or len({tool.name for tool in left}) < len(left) or _broken(case.tools, tools):
        return None
    renamed = {old.name: new for old, new in zip(case.tools, tools, strict=True)}
    kept = _kept(case, messages)
    if scripted(case) and probe is None and (turns is None or len(turns) == len(case.turns)):
        return _script(case, left, renamed, calls, kept)
    built: list[Turn] = []
    position = 0
    for number, turn in enumerate(case.turns):
        own = calls[position : position + len(turn.expect.calls)]
        position += len(own)
        if turns is not None and number not in turns:
            continue
        offered = _offered(case, number, left, renamed)
        words = kept[number]
        made = (
            _given(turn, offered, own, words)
            if _is_given(case, number)
            else _worded(case, turn, offered, own, words[:-1], probe)
        )
        if made is None:
            return None
        if turn.tools is not None and tuple(offered) != tuple(left):
            made = replace(made, tools=tuple(offered))
        built.append(made)
    if not built[0].messages:
        return None
    if len(built) > 1:
        name = probe or case.probe
    else:
        name = probe_for(probe or case.probe, left, built[0].expect.calls)
        same = built[0] == case.turns[-1] and len(case.turns) == 1
        if same or _is_given(case, len(case.turns) - 1):
            name = case.probe
    return Case(case.origin, name, case.features, tuple(left), tuple(built))


def last_alone(case: Case) -> Case | None:
    """Return a conversation's last question without its history, said in words of its own."""
    last = len(case.turns) - 1
    return rebuild(case, case.tools, case.calls, turns=[last], probe="echo") if last else None


def probe_for(probe: str, tools: Sequence[Tool], calls: Sequence[ExpectedCall]) -> str:
    """Return the probe that has words for these calls, the wanted one if it has."""
    if not calls:
        return "abstain"
    if len(calls) > 1:
        return "batch"
    if probe in ("echo", "describe") or (
        probe == "choose" and prompts.can_choose(calls[0].tool, tools)
    ):
        return probe
    return "echo"


def _broken(before: Sequence[Tool], after: Sequence[Tool | None]) -> bool:
    """Whether a schema lost what another part of it refers to."""
    return any(
        new is not None
        and new.parameters != old.parameters
        and not dangling(new.parameters) <= dangling(old.parameters)
        for old, new in zip(before, after, strict=True)
    )


def _kept(case: Case, gone: frozenset[int]) -> list[list[Message]]:
    """Return the messages of each turn without those at these positions, counted over all."""
    position = count()
    return [[m for m in turn.messages if next(position) not in gone] for turn in case.turns]


def _offered(
    case: Case, number: int, left: Sequence[Tool], renamed: dict[str, Tool | None]
) -> list[Tool]:
    own = case.turns[number].tools
    if own is None:
        return list(left)
    return [new for tool in own if (new := renamed.get(tool.name, tool)) is not None]


def _is_given(case: Case, number: int) -> bool:
    """Whether the words of a turn are others', so that nothing can be said in their place."""
    last = number == len(case.turns) - 1
    return case.is_recorded and (not last or case.at(number).expect.kind == "unknown")


def _given(
    turn: Turn,
    offered: Sequence[Tool],
    given: Sequence[ExpectedCall | None],
    words: Sequence[Message],
) -> Turn | None:
    """Return a turn in the words in which it was recorded."""
    calls = tuple(call for call in given if call is not None)
    if (turn.expect.kind == "calls") != bool(calls):
        return None
    return _but(turn, words, offered, given)


def _worded(
    case: Case,
    turn: Turn,
    offered: Sequence[Tool],
    given: Sequence[ExpectedCall | None],
    before: Sequence[Message],
    probe: str | None,
) -> Turn | None:
    """Return a turn that says itself what it wants."""
    calls = tuple(call for call in given if call is not None)
    if case.probe == OWN and probe is None and calls == turn.expect.calls and turn.messages:
        # The user's own words need no others for as long as they ask for the same.
        there = {tool.name for tool in offered}
        if turn.expect.compare == "schema" or _askable(calls, offered):
            named = all(call.tool in there for call in calls)
            return _but(turn, (*before, *turn.messages[-1:]), offered, given) if named else None
    if (turn.expect.kind == "calls") != bool(calls) or not _askable(calls, offered):
        return None
    words = turn.messages[-1:]
    unchanged = calls == turn.expect.calls and tuple(offered) == (turn.tools or case.tools)
    if (calls and not unchanged) or probe is not None or not words:
        try:
            words = prompts.render(probe_for(probe or case.probe, offered, calls), offered, calls)
        except (KeyError, ValueError):
            return None
    return _but(turn, (*before, *words), offered, given)


def _but(
    turn: Turn,
    messages: Sequence[Message],
    offered: Sequence[Tool],
    given: Sequence[ExpectedCall | None],
) -> Turn:
    """Return the turn with these messages, tools and calls in the place of its own."""
    calls = tuple(call for call in given if call is not None)
    whole = len(calls) == len(given)
    results = [r for r, call in zip(turn.results, given, strict=False) if call is not None]
    return replace(
        turn,
        messages=tuple(messages),
        expect=replace(turn.expect, calls=calls),
        tool_choice=_choice(turn.tool_choice, offered),
        allowed=_allowed(turn, offered),
        results=turn.results if whole else tuple(results),
        order=turn.order if whole else (),
        tools=None,
    )


def _script(
    case: Case,
    left: Sequence[Tool],
    renamed: dict[str, Tool | None],
    calls: Sequence[ExpectedCall | None],
    messages: Sequence[Sequence[Message]],
) -> Case | None:
    """Say a script anew: what it says is replaced in its words, what follows is read from them."""
    said: dict[str, str] = {}
    for old, new in zip(case.calls, calls, strict=True):
        if new is None:
            return None
        if spoken(case, old) and said.setdefault(called(old), called(new)) != called(new):
            return None
    for old_name, tool in renamed.items():
        if tool is not None and tool.name != old_name:
            said[json.dumps(old_name, ensure_ascii=False)] = json.dumps(
                tool.name, ensure_ascii=False
            )
    built: list[Turn] = []
    for number, turn in enumerate(case.turns):
        offered = _offered(case, number, left, renamed)
        words = (replace(m, content=_replaced(m.content, said)) for m in messages[number])
        turn = replace(
            turn,
            messages=tuple(words),
            tool_choice=_choice(turn.tool_choice, offered),
            allowed=_allowed(turn, offered),
            tools=None if turn.tools is None or offered == list(left) else tuple(offered),
        )
        *_, ask = rehearsed(
            Case(case.origin, case.probe, (), tuple(left), (*built, turn)), model=""
        )
        follows = conversations.read(ask)
        if follows is None or len(follows) != len(turn.expect.calls):
            return None
        if not _askable(follows, offered) or _undeclared(case, turn, follows, offered):
            return None
        built.append(replace(turn, expect=replace(turn.expect, calls=tuple(follows))))
    made = Case(case.origin, case.probe, case.features, tuple(left), tuple(built))
    as_said = zip(case.calls, calls, made.calls, strict=True)
    return made if all(new == read for old, new, read in as_said if spoken(case, old)) else None


def _undeclared(
    case: Case, turn: Turn, calls: Sequence[ExpectedCall], offered: Sequence[Tool]
) -> bool:
    """Whether a call now holds a parameter that its tool no longer declares."""
    tools = {tool.name: tool for tool in offered}
    for old, new in zip(turn.expect.calls, calls, strict=True):
        before = case.tool(old.tool)
        declared = set(before.parameters.get("properties", ())) if before else set()
        now = tools[new.tool].parameters.get("properties", {})
        if any(key in declared and key not in now for key in new.arguments):
            return True
    return False


def _replaced(text: str, said: dict[str, str]) -> str:
    for old, new in said.items():
        text = text.replace(old, new)
    return text


def _askable(calls: Sequence[ExpectedCall], offered: Sequence[Tool]) -> bool:
    tools = {tool.name: tool for tool in offered}
    return all(
        (tool := tools.get(call.tool)) is not None and fits(tool.parameters, call.arguments)
        for call in calls
    )


def _allowed(turn: Turn, offered: Sequence[Tool]) -> tuple[str, ...]:
    known = {tool.name for tool in offered}
    return tuple(name for name in turn.allowed if name in known)


def _choice(choice: str, offered: Sequence[Tool]) -> str:
    forced = choice.removeprefix("tool:")
    gone = choice.startswith("tool:") and all(tool.name != forced for tool in offered)
    return "auto" if gone else choice


def _last_user(messages: Sequence[Message]) -> bool:
    return bool(messages) and messages[-1].role == "user"
