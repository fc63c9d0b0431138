# functiongemma: a value without <escape>, such as false or 1, is lost.
# vLLM 0.33.0, FunctionGemmaToolParser.extract_tool_calls in vllm/tool_parsers/functiongemma_tool_parser.py
#
# Needs vLLM 0.33.0, as it is installed.
import json
import re

from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest
from vllm.parser import ParserManager

# Tokens of the model's own tokenizer; here each piece of text between them is one token, too.
MARKERS = ["<start_function_call>", "<end_function_call>", "<escape>"]


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


Parser = ParserManager.get_parser(tool_parser_name='functiongemma', enable_auto_tools=True)


def parse(tools, text):
    asked = {"model": "m", "messages": [{"role": "user", "content": "-"}], "tools": tools}
    request, tokenizer = ChatCompletionRequest(**asked), Tokenizer()
    parser = Parser(tokenizer, request.tools, chat_template_kwargs={})
    ids = [*tokenizer.encode(text), tokenizer.eos_token_id]
    found = parser.parse(text, request, enable_auto_tools=True, model_output_token_ids=ids)
    return found[1], [(call.name, call.arguments) for call in found[2] or ()]


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
text = "<start_function_call>call:f{}<end_function_call>"
expected = {"content": "", "calls": [["f", {}]]}
assert tried(tools, text) == expected, "the control fails, too"

# The case that fails.
tools = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]},
        },
    },
]
text = "<start_function_call>call:f{a:false}<end_function_call>"
expected = {"content": "", "calls": [["f", {"a": False}]]}
got = tried(tools, text)
print("expected:", json.dumps(expected))
print("got:     ", json.dumps(got))
assert got == expected
