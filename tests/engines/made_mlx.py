"""A stand-in for mlx-lm, of the same layout: simulated, and as small as its reader allows."""

import textwrap
from pathlib import Path

_SERVER = """
    import json
    from dataclasses import dataclass
    from http.server import BaseHTTPRequestHandler
    from typing import Any

    import mlx.core as mx
    import mlx.nn as nn
    from huggingface_hub import scan_cache_dir
    from .generate import split

    class Model(nn.Module):
        @mx.compile
        def __call__(self, x: mx.array | None) -> list[mx.array]:
            return scan_cache_dir(x)

    @dataclass
    class GenerationContext:
        has_tool_calling: bool
        has_thinking: bool
        tool_parser: Any
        text_sm: Any
        initial_state: str
        prompt: list[int]

    @dataclass
    class Response:
        text: str
        token: int
        logprob: float
        finish_reason: str | None
        top_tokens: tuple[Any, ...]

    class APIHandler(BaseHTTPRequestHandler):
        def __init__(self, response_generator, *args, system_fingerprint=None):
            self.response_generator = response_generator
            super().__init__(*args)

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/v1/chat/completions" and body["messages"]
            if not body["tools"]:
                self.answer(400, "application/json", json.dumps({"error": "no tools"}))
                return
            context, generated = self.response_generator.generate(body, None)
            assert self.response_generator.cli_args.max_tokens > 0
            text, thought, call, finish = split(context, list(generated))
            calls = [context.tool_parser(call, body["tools"])] if call else []
            found = [{"id": "1", "index": n, "type": "function",
                      "function": c | {"arguments": json.dumps(c["arguments"])}}
                     for n, c in enumerate(calls)]
            message = {"role": "assistant", "content": text or None, "tool_calls": found,
                       "reasoning": thought}
            finish = "tool_calls" if calls and finish == "stop" else finish
            kind = "chat.completion.chunk" if body["stream"] else "chat.completion"
            choice = {"index": 0, "finish_reason": finish}
            choice["delta" if body["stream"] else "message"] = message
            sent = json.dumps({"id": "x", "object": kind, "created": 0, "model": body["model"],
                               "choices": [choice]})
            if body["stream"]:
                self.answer(200, "text/event-stream", f"data: {sent}\\n\\ndata: [DONE]\\n\\n")
            else:
                self.answer(200, "application/json", sent)

        def answer(self, status, kind, text):
            self.send_response(status)
            self.send_header("Content-type", kind)
            self.end_headers()
            self.wfile.write(text.encode())
"""
_GENERATE = """
    def make_text_state_machine(tokenizer):
        return tokenizer.tool_call_start, tokenizer.tool_call_end

    def split(context, generated):
        *rest, last = generated
        assert last.finish_reason == "stop" or last.text
        assert not any(one.finish_reason for one in rest)
        text, thought = "".join(one.text for one in generated), ""
        if context.has_thinking and (context.initial_state == "reasoning" or "<think>" in text):
            thought, _, text = text.partition("</think>")
        content, _, call = text.partition(context.text_sm[0])
        call, whole, _ = call.partition(context.text_sm[1])
        thought = thought.removeprefix("<think>").strip()
        return content.strip(), thought, call if whole else "", last.finish_reason
"""
_TOKENIZERS = """
    from transformers import AutoTokenizer

    class TokenizerWrapper:
        def __init__(self, tokenizer, detokenizer_class, tool_parser, tool_call_start,
                     tool_call_end):
            detokenizer_class(tokenizer)
            assert tokenizer.chat_template is None
            assert tool_call_start in tokenizer.get_vocab() and tokenizer.encode(tool_call_start)
            self.has_tool_calling = True
            self.has_thinking = "<think>" in tokenizer.get_vocab()
            self.tool_parser = tool_parser
            self.tool_call_start, self.tool_call_end = tool_call_start, tool_call_end
"""
_PARSER = """
    import json

    tool_call_start, tool_call_end = "<tool_call>", "</tool_call>"

    def parse_tool_call(text, tools=None):
        return json.loads(text)
"""


STRIPS = _PARSER.replace(
    "return json.loads(text)",
    "call = json.loads(text)\n"
    "        strip = lambda v: v.strip() if isinstance(v, str) else v\n"
    "        return call | {'arguments': {k: strip(v) for k, v in call['arguments'].items()}}",
)
"""A parser with a planted fault: strings at the top lose the white space at their ends."""


def make_mlx(cache: Path, version: str, *, by_text: bool = True, parser: str = _PARSER) -> None:
    """Put the simulated release where a fetched one is; an older one finds calls by tokens."""
    sources = {
        "__init__.py": "import numpy as np",
        "server.py": _SERVER,
        "generate.py": _GENERATE if by_text else "def split(markers, generated): ...",
        "tokenizer_utils.py": _TOKENIZERS,
        "tool_parsers/__init__.py": "",
        "tool_parsers/json_tools.py": parser,
        "tool_parsers/telegraph.py": _PARSER,
    }
    for name, source in sources.items():
        path = cache / "engines" / "mlx-lm" / version / "mlx_lm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
