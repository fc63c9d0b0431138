# minimax-m3: an empty array arrives as the object {}, only in a stream.
# SGLang 0.5.23, MinimaxM3Detector.parse_streaming_increment in sglang/srt/function_call/minimax_m3.py
#
# Needs SGLang 0.5.23, as it is installed; or its wheel alone, without a GPU:
#   pip download --no-deps sglang==0.5.23 && unzip *.whl -d release
#   pip install 'msgspec>=0.19,<1' 'openai>=2.8,<4' 'orjson>=3.10,<4' 'partial-json-parser>=0.2,<1' 'pydantic>=2.12,<3' 'regex'
#   PYTHONPATH=release python THIS_FILE
import importlib.util
import json
import sys
import types
from pathlib import Path

if importlib.util.find_spec("torch") is None:  # an unpacked wheel: the GPU stack stays away
    from pydantic import BaseModel

    class Unused(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            compiles = {"from_json_schema": staticmethod(lambda schema: None)}
            setattr(self, name, type(name, (BaseModel,), compiles))
            return self.__dict__[name]

    root = next(path for path in map(Path, sys.path) if (path / "sglang").is_dir())
    for folder in [root / "sglang", *(root / "sglang").rglob("*/")]:
        name = ".".join(folder.relative_to(root).parts)
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    for name in ("sglang.utils", "xgrammar", "xgrammar.structural_tag"):
        sys.modules[name] = Unused(name)
    sys.modules["xgrammar"].__path__ = []

from sglang.srt.entrypoints.openai.protocol import Tool
from sglang.srt.function_call.function_call_parser import FunctionCallParser


def parse(tools, increments):
    parser = FunctionCallParser([Tool(**tool) for tool in tools], 'minimax-m3')
    # The server's last increment is empty.
    came = [parser.parse_stream_chunk(increment) for increment in [*increments, ""]]
    if hasattr(parser, "parse_stream_end"):
        came.append(parser.parse_stream_end())
    content, calls = "", {}
    for text, found in came:
        content += text or ""
        for call in found:
            name, arguments = calls.get(call.tool_index, ("", ""))
            calls[call.tool_index] = name or call.name, arguments + (call.parameters or "")
    return content, calls.values()


def tried(tools, increments):
    try:
        content, calls = parse(tools, increments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return {"content": (content or "").strip(), "calls": [[name, loaded(a)] for name, a in calls]}


def loaded(arguments):
    try:
        return json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return f"no JSON: {arguments}"


# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {"type": "integer"}}},
                "required": ["a"],
            },
        },
    },
]
increments = [
    (
        "]<]minimax[>[<tool_call>\n"
        ']<]minimax[>[<invoke name="f">]<]minimax[>[<a>]<]minimax[>[</a>]<]minimax[>[</invoke>\n'
        "]<]minimax[>[</tool_call>"
    ),
]
expected = {"content": "", "calls": [["f", {"a": []}]]}
got = tried(tools, increments)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
