# minicpm5: white space at the ends of a string is lost.
# Xinference 4.1.0, MiniCPM5ToolParser.extract_tool_calls in xinference/model/llm/tool_parsers/minicpm5_tool_parser.py
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
    parser = TOOL_PARSERS['minicpm5']()
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
            "parameters": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        },
    },
]
text = '<function name="f"><param name="a">x</param></function>'
expected = {"content": "", "calls": [["f", {"a": "x"}]]}
assert tried(tools, text) == expected, "the control fails, too"

# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        },
    },
]
text = '<function name="f"><param name="a">x </param></function>'
expected = {"content": "", "calls": [["f", {"a": "x "}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
