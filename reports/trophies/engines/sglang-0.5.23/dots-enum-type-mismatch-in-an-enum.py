# dots: the integer 1 in an enum without type arrives as the string "1".
# SGLang 0.5.23, DotsToolDetector.detect_and_parse in sglang/srt/function_call/dots_detector.py
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


def parse(tools, text):
    parser = FunctionCallParser([Tool(**tool) for tool in tools], 'dots')
    if not parser.has_tool_call(text):
        return text, []
    content, found = parser.parse_non_stream(text)
    return content, [(call.name, call.parameters) for call in found]


def tried(tools, text):
    try:
        content, calls = parse(tools, text)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return {"content": (content or "").strip(), "calls": [[name, loaded(a)] for name, a in calls]}


def loaded(arguments):
    try:
        return json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return f"no JSON: {arguments}"


# The nearest case that passes.
tools = [
    {
        "type": "function",
        "function": {"name": "f", "parameters": {"type": "object", "properties": {}}},
    },
]
text = '<dots_function_call>\n<invoke name="f">\n</invoke>\n</dots_function_call>'
expected = {"content": "", "calls": [["f", {}]]}
assert tried(tools, text) == expected, "the control fails, too"

# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]},
        },
    },
]
text = (
    "<dots_function_call>\n"
    '<invoke name="f">\n'
    '<parameter name="a">1</parameter>\n'
    "</invoke>\n"
    "</dots_function_call>"
)
expected = {"content": "", "calls": [["f", {"a": 1}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
