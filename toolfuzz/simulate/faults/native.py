"""Bad parsers: the model's calls are written in its native text and read back wrongly.

Faults of this stage come from a mechanism, so they strike where the schema makes them strike and
come together as they do in real engines. They are named ``family/parser``.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import same
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.judge.faults import Roll, parameters
from toolfuzz.simulate.faults.registry import fault
from toolfuzz.simulate.parsers import Parsed, ParsedCall, Parser
from toolfuzz.simulate.parsers.readers import (
    READERS,
    Argument,
    Reader,
    argument,
    by_schema,
    type_at_open,
)
from toolfuzz.simulate.parsers.tags import GLM, QWEN, TAGGED, Split, Tagged, split

Write = Callable[[list[Call]], str]


def reread(reply: ReplyPlan, write: Write, parser: Parser) -> bool:
    """Write the reply's calls as native text and let the parser read them back."""
    if not reply.calls:
        return False
    parsed = parser(write(reply.calls), reply.ask.tools, reply.ask.stream)
    before = [_text(c.name, c.arguments, None) for c in reply.calls]
    after = [_text(c.name, c.arguments, c.raw) for c in parsed.calls]
    if before == after and not parsed.content:
        return False
    reply.text += parsed.content
    reply.calls = [Call(c.name, c.arguments, raw=c.raw) for c in parsed.calls]
    return True


def _text(name: str, arguments: JsonObject, raw: Any) -> str:
    return json.dumps([name, arguments, raw])


def tagged_parser(tagged: Tagged, reader: Reader, *, first_close: bool = False) -> Parser:
    """Return the parser of a tagged format that reads values with ``reader``."""

    def parse(text: str, tools: Sequence[Tool], stream: bool) -> Parsed:
        found = Parsed("", [])
        for part in split(tagged, text, first_close=first_close):
            tool = next((t for t in tools if t.name == part.name), None)
            root = tool.parameters if tool else {}
            values = {
                key: reader(argument(value, key, root, stream))
                for key, value in part.values.items()
            }
            found.calls.append(ParsedCall(part.name, values))
            found.content += part.rest
        return found

    return parse


def _carried(tagged: Tagged, calls: list[Call]) -> list[Split]:
    """The calls written and taken apart again; none if tags inside values prevent that."""
    parts = split(tagged, tagged.write(calls))
    keys = [(p.name, list(p.values)) for p in parts]
    return parts if keys == [(c.name, list(c.arguments)) for c in calls] else []


def _misread(tagged: Tagged, reply: ReplyPlan, read: Callable[[Argument, Any], Any]) -> bool:
    """Put ``read``'s value for every argument that it reads otherwise than it should be read.

    What it reads rightly is left alone, so that several bad readers add up.
    """
    changed = False
    for call, part in zip(reply.calls, _carried(tagged, reply.calls), strict=False):
        for key, text in part.values.items():
            given = argument(text, key, parameters(reply, call), reply.ask.stream)
            value = read(given, call.arguments[key])
            if not same(value, by_schema(given)):
                # A wrong reading may hit what was meant: "1" where an integer is allowed as well.
                changed = changed or not same(value, call.arguments[key])
                call.arguments[key] = value
    return changed


def _register_readers(tagged: Tagged) -> None:
    for name, reader in READERS.items():

        def apply(reply: ReplyPlan, roll: Roll, reader: Reader = reader) -> bool:
            return _misread(tagged, reply, lambda given, _: reader(given))

        apply.__doc__ = reader.__doc__
        where = "stream" if reader is type_at_open else ""
        fault(f"{tagged.name}/{name}", "native", where)(apply)


def _register_first_close_tag(tagged: Tagged) -> None:
    parser = tagged_parser(tagged, by_schema, first_close=True)

    def apply(reply: ReplyPlan, roll: Roll) -> bool:
        """End a value at the first closing tag, though the tag is part of the value."""
        return bool(_carried(tagged, reply.calls)) and reread(reply, tagged.write, parser)

    fault(f"{tagged.name}/first-close-tag", "native")(apply)


for _tagged in TAGGED.values():
    _register_readers(_tagged)
    _register_first_close_tag(_tagged)


@fault("glm/no-zero-arg", "native")
def no_zero_arg(reply: ReplyPlan, roll: Roll) -> bool:
    """Expect at least one argument; a call without any stays in the content (vllm#32436)."""
    empty = [call for call in reply.calls if not call.arguments]
    reply.text += GLM.write(empty)
    reply.calls = [call for call in reply.calls if call.arguments]
    return bool(empty)


@fault("glm/double-empty", "native")
def double_empty(reply: ReplyPlan, roll: Roll) -> bool:
    """Send the empty arguments of a call twice (sgl-project/sglang#15405)."""
    empty = [call for call in reply.calls if not call.arguments]
    for call in empty:
        call.raw = "{}{}"
    return bool(empty)


@fault("glm/raw-passthrough", "native")
def raw_passthrough(reply: ReplyPlan, roll: Roll) -> bool:
    """Quote only what is declared as a plain string; paste everything else as it is.

    A string behind a union or a ``$ref`` comes out unquoted (vllm-project/vllm#40195).
    """

    def parse(text: str, tools: Sequence[Tool], stream: bool) -> Parsed:
        found = Parsed("", [])
        for call, part in zip(reply.calls, split(GLM, text), strict=True):
            tool = next((t for t in tools if t.name == part.name), None)
            pasted, same = [], True
            for key, value in part.values.items():
                word = argument(value, key, tool.parameters if tool else {}, stream).word
                quoted = word == "string"
                same = same and quoted == isinstance(call.arguments[key], str)
                shown = json.dumps(value, ensure_ascii=False) if quoted else value
                pasted.append(f"{json.dumps(key, ensure_ascii=False)}: {shown}")
            raw = None if same else "{" + ", ".join(pasted) + "}"
            found.calls.append(ParsedCall(part.name, call.arguments, raw))
        return found

    return bool(_carried(GLM, reply.calls)) and reread(reply, GLM.write, parse)


def _nested_as_markup(tagged: Tagged, value: Any) -> str:
    if isinstance(value, dict) and value:
        return "\n" + tagged.arguments(value, _nested_as_markup)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@fault("glm/nested-as-markup", "native")
def nested_as_markup(reply: ReplyPlan, roll: Roll) -> bool:
    """The model nests its own tags for objects; the parser takes them for text (M8)."""
    inner = [
        {
            key: _nested_as_markup(GLM, value) if isinstance(value, dict) and value else value
            for key, value in call.arguments.items()
        }
        for call in reply.calls
    ]
    changed = any(new != call.arguments for new, call in zip(inner, reply.calls, strict=True))
    for call, arguments in zip(reply.calls, inner, strict=True):
        call.arguments = arguments
    return changed


@fault("qwen-xml/python-values", "native")
def python_values(reply: ReplyPlan, roll: Roll) -> bool:
    """The model writes values as Python does; what JSON can't load stays text (vllm-mlx#63)."""

    def read(given: Argument, value: Any) -> Any:
        text = value if isinstance(value, str) else repr(value)
        return by_schema(replace(given, text=text))

    return _misread(QWEN, reply, read)


@fault("dsml/leak", "native")
def dsml_leak(reply: ReplyPlan, roll: Roll) -> bool:
    """The engine doesn't know DeepSeek's markup: the native text is the content."""
    from toolfuzz.engines import native

    calls = [ExpectedCall(call.name, call.arguments) for call in reply.calls]
    try:
        text = native.family("deepseekv32").render(calls, reply.ask.tools)
    except native.NotExpressible:
        return False
    if calls:
        reply.text, reply.calls = text, []
    return bool(calls)
