# qwen3_5: white space at the ends of a string is lost.
# transformers 5.24.0, ResponseParser.feed in transformers/utils/chat_parsing/response_parser.py
#
# Needs transformers 5.24.0, as it is installed; or its wheel alone, without a GPU:
#   pip download --no-deps transformers==5.24.0 && unzip *.whl -d release
#   pip install 'fastapi>=0.115,<1' 'openai>=2.8,<4' 'packaging' 'pydantic>=2.12,<3' 'regex' 'uvicorn'
#   PYTHONPATH=release python THIS_FILE
import importlib.util
import inspect
import json
import sys
import types
from unittest.mock import MagicMock

if importlib.util.find_spec("safetensors") is None:  # an unpacked wheel: only the templates are imported
    for name in ("transformers", "transformers.cli", "transformers.cli.serving", "transformers.utils"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [f"{path}/{name.replace('.', '/')}" for path in sys.path]
    for name in ("huggingface_hub", "huggingface_hub.utils", "numpy", "tqdm", "tqdm.auto"):
        sys.modules[name] = MagicMock()

from transformers.cli.serving import utils
from transformers.utils.chat_parsing import ResponseParser


def parse(tools, text):
    templates = utils._RESPONSE_TEMPLATE_FALLBACKS
    template = next(template for kinds, template in templates.items() if 'qwen3_5' in kinds)
    # Newer servers tell the parser of the request's tools.
    known = {"tools": tools} if "tools" in inspect.signature(ResponseParser).parameters else {}
    parser = ResponseParser(template, prefix="", **known)
    # What ends the model's turn is a token like any other.
    end = "<|im_end|>"
    parser.feed(text + end)
    message, _ = parser.finalize()
    calls = [utils._normalize_tool_call(call) for call in message.get("tool_calls") or []]
    return message.get("content"), [(call.name, call.arguments) for call in calls]


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
text = "<tool_call>\n<function=f>\n<parameter=a>\nx\n</parameter>\n</function>\n</tool_call>"
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
text = "<tool_call>\n<function=f>\n<parameter=a>\nx \n</parameter>\n</function>\n</tool_call>"
expected = {"content": "", "calls": [["f", {"a": "x "}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
