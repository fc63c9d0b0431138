"""MiniCPM5: function tags that hold param tags; a string that XML would misread is in CDATA.

Everything else is written as Python prints it.
"""

import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._json import framed
from toolfuzz.engines.native._untyped import PYTHON, check_unambiguous, read_arguments

__all__ = ["FAMILY"]

_OPEN = "<function name="
_TAGS = (_OPEN, "</function>", "<param name=", "</param>", "<![CDATA[", "]]>")
_CALL = re.compile(r'<function name="([^"]+)">(.*?)</function>', re.DOTALL)
_PAIR = re.compile(r'<param name="([^"]+)">(?:<!\[CDATA\[(.*?)\]\]>|(.*?))</param>', re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_TAGS, calls)
    for call in calls:
        for name in (call.tool, *call.arguments):
            if not name or set(name) & set('"<&\n'):
                raise NotExpressible(f"the name {name!r} can't stand inside a tag")
    check_unambiguous(calls, tools, PYTHON)
    return "\n".join(_write(call) for call in calls)


def _write(call: ExpectedCall) -> str:
    pairs = [f'<param name="{key}">{_value(v)}</param>' for key, v in call.arguments.items()]
    return f'<function name="{call.tool}">{"".join(pairs)}</function>'


def _value(value: Any) -> str:
    text = str(value)
    if not re.search("[<&\n]", text):
        return text
    if not isinstance(value, str):
        raise NotExpressible("the format has no escapes inside an object or array that needs them")
    return f"<![CDATA[{text}]]>"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    by_name = {tool.name: tool for tool in tools}
    calls = []
    for name, body in (m.groups() for m in framed(text, _CALL, _OPEN)):
        if _PAIR.sub("", body).strip():
            raise UnreadableText(f"{name}: text between the parameters")
        texts = {key: quoted or plain for key, quoted, plain in _PAIR.findall(body)}
        calls.append(ExpectedCall(name, read_arguments(texts, by_name.get(name), PYTHON)))
    return calls


FAMILY = Family(
    name="minicpm5",
    title="MiniCPM5",
    source="https://huggingface.co/openbmb/MiniCPM5-1B/blob/main/chat_template.jinja",
    parsers=("minicpm5", "minicpm5xml"),
    markers=("<function", "</function>", "<param", "</param>"),
    render=_render,
    read=_read,
    between="\n",
)
