# qwen: prose behind a call loses increments that are white space alone, only in a stream.
# Xinference 4.1.0, QwenToolParser.extract_tool_calls_streaming in xinference/model/llm/tool_parsers/qwen_tool_parser.py
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


def parse(tools, increments):
    # The server tells a parser of the request's tools this way, in releases that have it.
    if hasattr(abstract_tool_parser, "request_tools_var"):
        abstract_tool_parser.request_tools_var.set(tools)
    parser = TOOL_PARSERS['qwen']()
    found, before = [], [""]
    # The server's last increment is empty.
    for increment in [*increments, ""]:
        text = before[-1] + increment
        came = parser.extract_tool_calls_streaming(before, text, increment)
        found += came if isinstance(came, list) else [came] if came else []
        before[-1] = text
    content, calls = "", {}
    for text, name, arguments, *at in found:
        if name:  # a call's name may come before its arguments
            calls[at[0] if at and at[0] is not None else len(calls)] = name, arguments
        else:
            content += text or ""
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


# The nearest case that passes.
tools = [
    {
        "type": "function",
        "function": {"name": "f", "parameters": {"type": "object", "properties": {}}},
    },
]
increments = [
    "<tool_call>",
    "\n",
    '{"',
    "name",
    '":',
    ' "',
    "f",
    '",',
    ' "',
    "arguments",
    '":',
    ' {"',
    "b",
    '":',
    " ",
    "1",
    "}}\n",
    "</tool_call>",
]
expected = {"content": "", "calls": [["f", {"b": 1}]]}
assert tried(tools, increments) == expected, "the control fails, too"

# The case that fails.
tools = [
    {
        "type": "function",
        "function": {"name": "schedule_job", "parameters": {"type": "object", "properties": {}}},
    },
]
increments = [
    (
        "<tool_call>\n"
        '{"name": "schedule_job", "arguments": {"b": 1}}\n'
        "</tool_call>\n"
        "More once I know:\n"
        "\n"
        "- if 3 <"
    ),
    " ",
    "4 > 2",
]
expected = {"content": "More once I know:\n\n- if 3 < 4 > 2", "calls": [["schedule_job", {"b": 1}]]}
got = tried(tools, increments)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
