# gemma: a call with a key outside A-Z, a-z, 0-9, _ and -, such as größe, comes as text in the content.
# Xinference 4.1.0, GemmaToolParser.extract_tool_calls in xinference/model/llm/tool_parsers/gemma_tool_parser.py
#
# Needs Xinference 4.1.0, as it is installed; or its wheel alone, without a GPU:
#   pip download --no-deps xinference==4.1.0 && unzip *.whl -d release
#   PYTHONPATH=release python THIS_FILE
import importlib.util
import json
import sys
import types

if importlib.util.find_spec("xoscar") is None:  # an unpacked wheel: only the parsers are imported
    for name in ("xinference", "xinference.model", "xinference.model.llm"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [f"{path}/{name.replace('.', '/')}" for path in sys.path]

from xinference.model.llm.tool_parsers import TOOL_PARSERS, abstract_tool_parser


def parse(tools, text):
    # The server tells a parser of the request's tools this way, in releases that have it.
    if hasattr(abstract_tool_parser, "request_tools_var"):
        abstract_tool_parser.request_tools_var.set(tools)
    parser = TOOL_PARSERS['gemma']()
    found = parser.extract_tool_calls(text)
    content, calls = "", {}
    for text, name, arguments, *at in found:
        if name:  # a call's name may come before its arguments
            calls[at[0] if at and at[0] is not None else len(calls)] = name, arguments
        else:
            content += text or ""
    return content, calls.values()


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
        "function": {
            "name": "f",
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {}}},
                "required": ["a"],
            },
        },
    },
]
text = "<|tool_call>call:f{a:[]}<tool_call|>"
expected = {"content": "", "calls": [["f", {"a": []}]]}
assert tried(tools, text) == expected, "the control fails, too"

# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {}}},
                "required": ["a"],
            },
        },
    },
]
text = '<|tool_call>call:f{a:[{größe:<|"|>x<|"|>}]}<tool_call|>'
expected = {"content": "", "calls": [["f", {"a": [{"größe": "x"}]}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
