"""What was expected, given by hand: of replies whose right answer nobody knew, or another one."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Json, JsonObject, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.jsonvalue import tokens_of
from toolfuzz.core.reply import ToolCall, arguments_of
from toolfuzz.recordings.expected import expectation
from toolfuzz.runs.derived import AnyObject, read_json

__all__ = ["ByHand", "by_hand"]

ONLY = ""
"""Stands for the one case that there is."""

_VALUE = re.compile(r"(?:([^:=]*):)?(\d*)((?:/[^=]*)?)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Value:
    """``value`` stands at ``pointer`` in the arguments of a call, counted from 0."""

    call: int
    pointer: str
    value: Json


@dataclass(slots=True)
class ByHand:
    """Expectations by the id of a case (or its beginning), or by that of an exchange in a file.

    ``whole`` are expectations, ``values`` what is changed of the calls as they came.
    """

    whole: Mapping[str, Expectation]
    values: Mapping[str, Sequence[_Value]]
    _found: dict[str, Expectation] = field(default_factory=dict, init=False)
    _used: set[str] = field(default_factory=set, init=False)

    def of(self, case: Case, calls: Sequence[ToolCall | ExpectedCall], id: str) -> Case | None:
        """Return the case with what its last turn is to expect; None where nothing is said of it.

        ``calls`` are those that came, ``id`` that of the exchange. Raises UsageError.
        """
        names = [n for n in self._names() if n in (ONLY, id) or case.id.startswith(n)]
        if not names:
            return None
        if ONLY in names and self._found and case.id not in self._found:
            # The exchanges of a run have none of their own.
            name = case.id[:6] if "/" in id else id
            raise UsageError(
                "there is more than one case",
                f"say for which: --expect-value '{name}:/…=VALUE', or by id in --expect FILE",
            )
        self._used.update(names)
        if case.id not in self._found:
            self._found[case.id] = self._expectation(case, calls, names)
        *before, last = case.turns
        told: Turn = replace(last, expect=self._found[case.id])
        return replace(case, turns=(*before, told))

    def check(self) -> None:
        """Raise UsageError for an id that nothing has."""
        if unused := [name for name in self._names() if name not in self._used]:
            raise UsageError(
                f"no case is called {unused[0]!r}" if unused[0] else "there is no case",
                "`toolfuzz judge FILE` prints the ids",
            )

    def for_case(self, part: str) -> "ByHand":
        """Return them with what is said of the only case said of this one."""
        whole = {name or part: told for name, told in self.whole.items()}
        return ByHand(whole, {name or part: values for name, values in self.values.items()})

    def named(self) -> Iterator[str]:
        """Yield text that is the same for the same expectations."""
        yield from (f"{name}={told}" for name, told in sorted(self.whole.items()))
        yield from (f"{name}={values}" for name, values in sorted(self.values.items()))

    def _names(self) -> list[str]:
        return list({**self.whole, **self.values})

    def _expectation(
        self, case: Case, calls: Sequence[ToolCall | ExpectedCall], names: Sequence[str]
    ) -> Expectation:
        whole = [self.whole[name] for name in names if name in self.whole]
        values = [value for name in names for value in self.values.get(name, ())]
        found = whole[-1] if whole else Expectation("calls", tuple(_as_expected(calls)))
        if not values:
            return found
        changed = list(found.calls)
        for value in values:
            if value.call >= len(changed):
                raise UsageError(
                    f"there is no call {value.call} in the reply to case {case.id}",
                    "calls are counted from 0; --expect FILE gives whole calls",
                )
            call = changed[value.call]
            arguments = _with(call.arguments, tokens_of(value.pointer), value)
            if not isinstance(arguments, dict):
                raise UsageError("the arguments of a call are an object", _EXAMPLE)
            changed[value.call] = ExpectedCall(call.tool, arguments)
        return replace(found, kind="calls", calls=tuple(changed))


def by_hand(file: Path | None, values: Sequence[str]) -> ByHand | None:
    """Read ``--expect FILE`` and each ``--expect-value``; None when neither is given.

    The file holds one expectation, or several by id; a value is ``[ID:][CALL]POINTER=VALUE``.
    Raises UsageError.
    """
    if file is None and not values:
        return None
    changed: dict[str, list[_Value]] = {}
    for text in values:
        found = _VALUE.fullmatch(text)
        if found is None:
            raise UsageError(f"--expect-value {text!r} is not POINTER=VALUE", _EXAMPLE)
        name, call, pointer, value = found.groups()
        changed.setdefault(name or ONLY, []).append(_Value(int(call or 0), pointer, _json(value)))
    return ByHand(_read(file) if file else {}, changed)


_EXAMPLE = 'for example: --expect-value \'/config={"env": "prod"}\''


def _read(path: Path) -> dict[str, Expectation]:
    data = read_json(path, AnyObject, "what was expected")
    try:
        if data.keys() & {"calls", "no_call"}:
            return {ONLY: expectation(data)}
        return {name: expectation(told) for name, told in data.items()}
    except UsageError as error:
        raise UsageError(
            f"{path}: {error.message}",
            'it holds {"calls": […]}, {"no_call": true}, or such by id: {"ID": {"calls": […]}}',
        ) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _as_expected(calls: Sequence[ToolCall | ExpectedCall]) -> Iterator[ExpectedCall]:
    for call in calls:
        if isinstance(call, ExpectedCall):
            yield call
            continue
        arguments = arguments_of(call)
        # What came as something else is what the value at "" stands for.
        yield ExpectedCall(call.name or "", arguments if isinstance(arguments, dict) else {})


def _with(value: Json, tokens: Sequence[str], told: _Value) -> Any:
    """Return the value with another one at a place; its objects are made where there are none."""
    if not tokens:
        return told.value
    head, *rest = tokens
    if isinstance(value, dict):
        inner: JsonObject = value.get(head, {})
        return {**value, head: _with(inner, rest, told)}
    if isinstance(value, list) and head.isdigit() and int(head) < len(value):
        place = int(head)
        return [*value[:place], _with(value[place], rest, told), *value[place + 1 :]]
    raise UsageError(f"the arguments that came have no place {told.pointer}", _EXAMPLE)
