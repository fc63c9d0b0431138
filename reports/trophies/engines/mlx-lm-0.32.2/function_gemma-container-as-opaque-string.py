# function_gemma: an object is cut at its first closing brace and arrives as a string.
# mlx-lm 0.32.2, parse_tool_call in mlx_lm/tool_parsers/function_gemma.py
#
# Needs mlx-lm 0.32.2, as it is installed; or its wheel alone, without a GPU:
#   pip download --no-deps mlx-lm==0.32.2 && unzip *.whl -d release
#   pip install 'regex'
#   PYTHONPATH=release python THIS_FILE
import importlib
import importlib.util
import json
import sys
import types

if importlib.util.find_spec("mlx") is None:  # not on a Mac: only the parsers are imported
    sys.modules["mlx_lm"] = types.ModuleType("mlx_lm")
    sys.modules["mlx_lm"].__path__ = [f"{path}/mlx_lm" for path in sys.path]

parser = importlib.import_module("mlx_lm.tool_parsers." + 'function_gemma')


def parse(tools, text):
    # What the server gives the parser: the text between its markers.
    content, *rest = text.split(parser.tool_call_start)
    calls = []
    for part in rest:
        if parser.tool_call_end:
            part, _, after = part.partition(parser.tool_call_end)
            content += after
        found = parser.parse_tool_call(part, tools)
        calls += found if isinstance(found, list) else [found]
    return content, [(call["name"], call["arguments"]) for call in calls]


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
text = "One moment…<start_function_call>call:f{}<end_function_call>"
expected = {"content": "One moment…", "calls": [["f", {}]]}
assert tried(tools, text) == expected, "the control fails, too"

# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {
                "type": "object",
                "properties": {
                    "a": {
                        "type": "object",
                        "properties": {"b": {"type": "integer"}},
                        "required": ["b"],
                    },
                },
                "required": ["a"],
            },
        },
    },
]
text = "<start_function_call>call:f{a:{b:1}}<end_function_call>"
expected = {"content": "", "calls": [["f", {"a": {"b": 1}}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
