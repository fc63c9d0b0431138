# phi4_mini_json: a streamed reply is always empty.
# vLLM 0.33.0, Phi4MiniJsonToolParser.extract_tool_calls_streaming in vllm/tool_parsers/phi4mini_tool_parser.py
#
# Needs vLLM 0.33.0, as it is installed.
import json
import re

from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest
from vllm.parser import ParserManager

# Tokens of the model's own tokenizer; here each piece of text between them is one token, too.
MARKERS = ["functools"]


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


Parser = ParserManager.get_parser(tool_parser_name='phi4_mini_json', enable_auto_tools=True)


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


# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "navigate_page",
            "description": "Open a page in the browser.",
            "parameters": {
                "type": "object",
                "properties": {
                    "build": {"type": "string", "pattern": "^v\\d+\\.\\d+$"},
                    "batch_size": {"type": "integer", "description": "Rows per batch."},
                    "branch": {"type": "string", "description": "Name of the branch."},
                },
                "required": ["build", "batch_size", "branch"],
            },
        },
    },
]
increments = [
    'functools[{"name": "navigate_page", "arguments": {"build": "v1.0", "batch_size": 3, "branch": "data/input.csv"}}]',
]
expected = {
    "content": "",
    "calls": [["navigate_page", {"build": "v1.0", "batch_size": 3, "branch": "data/input.csv"}]],
}
got = tried(tools, increments)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
