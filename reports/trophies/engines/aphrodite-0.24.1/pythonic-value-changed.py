# pythonic: the number 2.75 arrives as 2.05 where an increment ends behind its point, only in a stream.
# Aphrodite 0.24.1, PythonicToolParser.extract_tool_calls_streaming in aphrodite/tool_parsers/pythonic_tool_parser.py
#
# Needs Aphrodite 0.24.1, as it is installed.
import json
import re

from aphrodite.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest
from aphrodite.parser import ParserManager

# Tokens of the model's own tokenizer; here each piece of text between them is one token, too.
MARKERS = ["<|python_start|>", "<|python_end|>"]


class Tokenizer:
    eos_token, eos_token_id = "<eos>", 0
    all_special_tokens, all_special_ids = ["<eos>"], [0]

    def __init__(self):
        self.table = {token: n for n, token in enumerate(["<eos>", *MARKERS])}
        self.frame = re.compile("(" + "|".join(map(re.escape, self.table)) + ")")

    vocab = property(lambda self: self.get_vocab())

    def get_vocab(self):
        return dict(self.table)

    def tokenize(self, text, **_):
        return [piece for piece in self.frame.split(text) if piece]

    def encode(self, text, **_):
        return [self.table.setdefault(p, len(self.table)) for p in self.tokenize(text)]

    def convert_tokens_to_ids(self, tokens):
        return self.table.get(tokens) if isinstance(tokens, str) else [*map(self.table.get, tokens)]

    def decode(self, ids, **_):
        pieces = {n: piece for piece, n in self.table.items()}
        return "".join(pieces[n] for n in ([ids] if isinstance(ids, int) else ids))


Parser = ParserManager.get_parser(tool_parser_name='pythonic', enable_auto_tools=True)


def parse(tools, increments):
    asked = {"model": "m", "messages": [{"role": "user", "content": "-"}], "tools": tools}
    request, tokenizer = ChatCompletionRequest(**asked), Tokenizer()
    parser = Parser(tokenizer, request.tools, chat_template_kwargs={})
    content, calls = "", {}
    for increment in [*increments, ""]:
        last = {"finished": increment == "", "prompt_token_ids": []}
        ids = tokenizer.encode(increment) or [tokenizer.eos_token_id]
        delta = parser.parse_delta(increment, ids, request, **last)
        content += (delta.content or "") if delta else ""
        for call in delta.tool_calls or () if delta else ():
            name, arguments = calls.get(call.index, ("", ""))
            more = call.function
            calls[call.index] = name or more.name, arguments + (more.arguments or "")
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
        "function": {
            "name": "f",
            "parameters": {
                "type": "object",
                "properties": {
                    "a": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "b": {
                                    "type": "object",
                                    "properties": {"c": {"type": "number"}},
                                    "required": ["c"],
                                },
                            },
                            "required": ["b"],
                        },
                    },
                },
                "required": ["a"],
            },
        },
    },
]
increments = ["[", "f", "(", "a", "=[])]"]
expected = {"content": "", "calls": [["f", {"a": []}]]}
assert tried(tools, increments) == expected, "the control fails, too"

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
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "b": {
                                    "type": "object",
                                    "properties": {"c": {"type": "number"}},
                                    "required": ["c"],
                                },
                            },
                            "required": ["b"],
                        },
                    },
                },
                "required": ["a"],
            },
        },
    },
]
increments = ["[f(a=[{'b': {'c': 2.", "75}}])]"]
expected = {"content": "", "calls": [["f", {"a": [{"b": {"c": 2.75}}]}]]}
got = tried(tools, increments)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
