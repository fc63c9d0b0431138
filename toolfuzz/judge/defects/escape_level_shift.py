"""A string has one level of escapes too many or too few."""

import json
import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import unless_same

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LETTER = {ord(v): k for k, v in _ESCAPED.items()} | {ord("\\"): None}


def explain(fact: Reworded) -> str | None:
    """Look for one level of JSON escapes too many or too few."""
    return fact.tell(_shift)


def _shift(expected: str, came: str) -> str | None:
    if "\\" not in expected and "\\" not in came:
        quotes = [json.dumps(expected, ensure_ascii=False), f"'{expected}'", f"`{expected}`"]
        return "quoted once more" if came in quotes else None
    if came == _unescaped(expected):
        return "unescaped once too often"
    if expected in (_unescaped(came), _unescaped(came[1:-1] if came[:1] == '"' else came)):
        return "escaped once too often"
    if expected.translate(_LETTER) == came.translate(_LETTER):
        return "only backslashes and what they escape differ"
    return None


def _unescaped(text: str) -> str:
    """Undo one level of JSON escapes; what is no JSON escape stays."""

    def undo(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return _ESCAPED.get(match[2]) or (match[2] if match[2] in '"\\/' else match[0])

    return _ESCAPE.sub(undo, text)


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """Escapes are written once too often."""
    return unless_same(place, lambda text: json.dumps(text, ensure_ascii=False)[1:-1])


DEFECT = Defect(
    slug="escape-level-shift",
    group="C",
    tells_of="serialization",
    title="A string has one level of escapes too many or too few",
    severity="error",
    layer="values",
    stage="values",
    usual="the model, or tolerant repair in a client or gateway",
    help=(
        "Newlines show as backslash-n, or a path turns into control characters. Compare "
        "several repeats: always means a gateway, sometimes the model."
    ),
    example='{"text":"a\\\\nb"} for a<LF>b',
    sources=(
        "anomalyco/opencode#4530",
        "openclaw/openclaw#88918",
        "openclaw/openclaw#88940",
        "kdeps/kdeps#872",
    ),
    explain={Reworded: explain},
    outranks=before("escape-level-shift"),
    fault=changes(simulate),
    examples=(
        value('"a\\\\nb"', "a\nb", _SCHEMA),
        value('"C:\\new"', "C:\\new", _SCHEMA),
        value("\"'+'\"", "+", _SCHEMA),
        value('"a\\\\nb"', "a\\nb", _SCHEMA, found=False),
        value('"it\'s"', "it", _SCHEMA, found=False),
    ),
)
