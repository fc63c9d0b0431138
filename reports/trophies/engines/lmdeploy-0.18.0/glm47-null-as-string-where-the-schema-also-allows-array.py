# glm47: null arrives as the string "null" where type is a list.
# LMDeploy 0.18.0, XmlToolParser._consume_stream_payload in lmdeploy/serve/parsers/tool_parser/xml_tool_parser.py
#
# Needs LMDeploy 0.18.0, as it is installed; or its wheel alone, without a GPU:
#   pip download --no-deps --only-binary=:all: --platform=win_amd64 --python-version=3.11 lmdeploy==0.18.0 && unzip *.whl -d release
#   pip install 'fastapi>=0.115,<1' 'pydantic>=2.12,<3' 'shortuuid>=1,<2'
#   PYTHONPATH=release python THIS_FILE
import importlib.util
import json
import sys
import types
from unittest.mock import MagicMock

if importlib.util.find_spec("torch") is None:  # an unpacked wheel: only the parsers are imported
    for name in ("lmdeploy", "lmdeploy.serve", "lmdeploy.serve.openai"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [f"{path}/{name.replace('.', '/')}" for path in sys.path]
    sys.modules["lmdeploy.utils"] = MagicMock()  # for its logger


class Registry:  # as much of mmengine's as parsers are registered with and found by
    def __init__(self, *args, **kwargs):
        self.module_dict = {}
        self.get = self.module_dict.get

    def register_module(self, name):
        names = [name] if isinstance(name, str) else name
        return lambda kind: self.module_dict.update(dict.fromkeys(names, kind)) or kind


if importlib.util.find_spec("mmengine") is None:
    sys.modules["mmengine"] = types.ModuleType("mmengine")
    sys.modules["mmengine"].Registry = Registry

from lmdeploy.serve.openai.protocol import ChatCompletionRequest
from lmdeploy.serve.parsers.response_parser import ResponseParserManager


def parse(tools, text):
    ResponseParser = ResponseParserManager.get("default")
    ResponseParser.set_parsers(tool_parser_name='glm47')
    parser = ResponseParser(ChatCompletionRequest(model="m", messages=[], tools=tools))
    content, found, _ = parser.parse_complete(text)
    return content, [(call.function.name, call.function.arguments) for call in found or []]


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
tools = [{'type': 'function',
  'function': {'name': 'f',
               'parameters': {'type': 'object',
                              'properties': {'a': {'type': 'null',
                                                   'items': {'type': 'number'}}},
                              'required': ['a']}}}]
text = '<tool_call>f<arg_key>a</arg_key><arg_value>null</arg_value></tool_call>'
expected = {'content': '', 'calls': [['f', {'a': None}]]}
assert tried(tools, text) == expected, "the control fails, too"

# The case that fails.
tools = [{'type': 'function',
  'function': {'name': 'f',
               'parameters': {'type': 'object',
                              'properties': {'a': {'type': ['array', 'null'],
                                                   'items': {'type': 'number'}}},
                              'required': ['a']}}}]
text = '<tool_call>f<arg_key>a</arg_key><arg_value>null</arg_value></tool_call>'
expected = {'content': '', 'calls': [['f', {'a': None}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
