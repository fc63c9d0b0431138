"""Families beside what published chat templates render, for models that `canitoolcall` lacks.

A line of ``native_renders.jsonl`` is an assistant's turn put through a template as transformers
does it (``trim_blocks``, ``lstrip_blocks``, plain ``tojson``); ``template`` says which. ``text`` is
what follows the turn before. ``content`` is null, too, where the template leaves it out.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.core.jsonvalue import same
from toolfuzz.engines.native import family

LINES = Path(__file__).with_name("native_renders.jsonl").read_text(encoding="utf-8").splitlines()
RENDERS: dict[str, list[Any]] = {}
for one in map(json.loads, LINES):
    RENDERS.setdefault(one["template"], []).append(one)

PROPERTIES = {
    "city": "string",
    "text": "string",
    "days": "integer",
    "ratio": "number",
    "flag": "boolean",
    "none": "null",
    "list": "array",
    "where": "object",
}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
WORDS = {"type": "array", "items": {"type": "string"}}
PLACE = {"type": "object", "properties": {"lat": {"type": "number"}, "tags": WORDS}}
SCHEMA = {
    "properties": {
        **{key: {"type": kind} for key, kind in PROPERTIES.items()},
        "hours": NUMBERS,
        "place": PLACE,
    }
}


@pytest.mark.parametrize("template", sorted(RENDERS))
def test_the_template_writes_the_same_text(template: str) -> None:
    for render in RENDERS[template]:
        writer = family(render["family"])
        calls = [ExpectedCall(tool, arguments) for tool, arguments in render["calls"]]
        tools = [Tool(call.tool, "", SCHEMA) for call in calls]
        text = writer.render(calls, tools)
        if render["content"] is not None:
            text = f"{render['content']}{writer.between}{text}"
        assert text in render["text"]
        read = writer.read(text, tools)
        assert [call.tool for call in read] == [call.tool for call in calls]
        pairs = zip(read, calls, strict=True)
        assert all(same(a.arguments, b.arguments) for a, b in pairs)
