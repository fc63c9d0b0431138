"""vLLM's tool-call parsers, from the vLLM that this Python has installed.

The parsers moved with the versions (``vllm.tool_parsers``, before that
``vllm.entrypoints.openai.tool_parsers``), and so did the wire types. Their interface stayed:
``extract_tool_calls(text, request)`` and ``extract_tool_calls_streaming(previous_text,
current_text, delta_text, previous_token_ids, current_token_ids, delta_token_ids, request)``. The
frame around them is ours: it follows ``chat_completion_stream_generator`` and
``chat_completion_full_generator`` of vLLM's chat serving with automatic tool choice, whose details
differ between versions.

No model is there, so the tokenizer is ours: every piece of text is a token, and the markers of the
model's family are special tokens.
"""

import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import re
import time
import uuid
from typing import Any

_EOS = "<eos of the trial>"


def load(root: str | None) -> "Reader":
    """Load the installed vLLM; raises ModuleNotFoundError for what is missing."""
    if importlib.util.find_spec("vllm") is None:
        raise ModuleNotFoundError("No module named 'vllm'", name="vllm")
    return Reader()


class Reader:
    """The installed vLLM: ``parsers`` are the names of ``--tool-call-parser``."""

    def __init__(self) -> None:
        self.version = importlib.metadata.version("vllm")
        parsers = _first("vllm.tool_parsers", "vllm.entrypoints.openai.tool_parsers")
        self.manager = parsers.ToolParserManager
        lazy = getattr(self.manager, "lazy_parsers", {})
        self.parsers = sorted({*self.manager.tool_parsers, *lazy})
        chat = _first(
            "vllm.entrypoints.openai.chat_completion.protocol", "vllm.entrypoints.openai.protocol"
        )
        engine = _first(
            "vllm.entrypoints.openai.engine.protocol", "vllm.entrypoints.openai.protocol"
        )
        self.request_type = chat.ChatCompletionRequest
        self.message_type = chat.ChatMessage
        self.delta_type = engine.DeltaMessage
        self.delta_call_type = engine.DeltaToolCall
        self.delta_function_type = engine.DeltaFunctionCall

    def whole(self, text: str, *, parser: str, tools: Any, markers: Any, history_calls: int) -> Any:
        """Return the body of the chat completion that vLLM makes of the text."""
        request = self._request(tools, stream=False)
        found = self._parser(parser, request, _Tokenizer(markers)).extract_tool_calls(
            text, request=request
        )
        fields: dict[str, Any] = {"role": "assistant", "content": text}
        if found.tools_called:
            fields.update(content=found.content or None, tool_calls=found.tool_calls)
        choice = {
            "index": 0,
            "message": self.message_type(**fields).model_dump(mode="json"),
            "logprobs": None,
            "finish_reason": "tool_calls" if found.tools_called else "stop",
            "stop_reason": None,
        }
        frame = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time())}
        return {**frame, "object": "chat.completion", "model": "engine", "choices": [choice]}

    def stream(
        self, deltas: Any, *, parser: str, tools: Any, markers: Any, history_calls: int
    ) -> Any:
        """Yield the server-sent events that vLLM makes of the increments.

        The end of sequence comes as a token without text, and the parser sees that one too.
        """
        tokenizer = _Tokenizer(markers)
        request = self._request(tools, stream=True)
        reading = self._parser(parser, request, tokenizer)
        frame = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time())}
        yield _event({"role": "assistant", "content": ""}, None, frame)
        text = ""
        ids: list[int] = []
        for n, delta in enumerate([*deltas, ""]):
            last = n == len(deltas)
            new = tokenizer.encode(delta) if delta else [tokenizer.eos_token_id]
            message = reading.extract_tool_calls_streaming(
                previous_text=text,
                current_text=text + delta,
                delta_text=delta,
                previous_token_ids=ids,
                current_token_ids=ids + new,
                delta_token_ids=new,
                request=request,
            )
            text, ids = text + delta, ids + new
            if last:
                message = self._rest(message, reading)
            if message is not None:
                finish = _finish(reading) if last else None
                yield _event(message.model_dump(mode="json", exclude_unset=True), finish, frame)
        yield "data: [DONE]"

    def _rest(self, message: Any, reading: Any) -> Any:
        """Return the last delta with the arguments that the parser knows and has not streamed."""
        if message is None:
            return self.delta_type()
        calls = message.tool_calls
        if not (calls and calls[0].function and calls[0].function.arguments is not None):
            return message
        index = max(len(reading.prev_tool_call_arr) - 1, 0)
        if index >= len(reading.prev_tool_call_arr):
            return message
        expected = reading.prev_tool_call_arr[index].get("arguments", {})
        if not isinstance(expected, str):
            expected = json.dumps(expected, ensure_ascii=False)
        latest = len(calls[0].function.arguments)
        streamed = reading.streamed_args_for_tool[index]
        rest = expected.replace(streamed[:-latest] if latest else streamed, "", 1)
        named = {"name": calls[0].function.name} if calls[0].function.name else {}
        head = {key: getattr(calls[0], key) for key in ("id", "type") if getattr(calls[0], key)}
        function = self.delta_function_type(arguments=rest, **named)
        call = self.delta_call_type(index=index, function=function, **head)
        return self.delta_type(tool_calls=[call])

    def _request(self, tools: Any, *, stream: bool) -> Any:
        messages = [{"role": "user", "content": "-"}]
        return self.request_type(
            model="engine", messages=messages, tools=tools, tool_choice="auto", stream=stream
        )

    def _parser(self, name: str, request: Any, tokenizer: Any) -> Any:
        kind = self.manager.get_tool_parser(name)
        more = {"tools": request.tools} if "tools" in inspect.signature(kind).parameters else {}
        return kind(tokenizer, **more)


def _first(*names: str) -> Any:
    """Import the first of the modules that this version has."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
    raise ModuleNotFoundError(f"none of {', '.join(names)}", name=names[0])


def _finish(reading: Any) -> str:
    return "tool_calls" if reading.prev_tool_call_arr else "stop"


def _event(delta: Any, finish: str | None, frame: Any) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {**frame, "object": "chat.completion.chunk", "model": "engine", "choices": [choice]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}"


class _Tokenizer:
    """As much of a tokenizer as parsers ask for: markers are tokens, other text grows the table."""

    def __init__(self, markers: Any) -> None:
        special = [*markers, _EOS]
        self.table = {piece: n for n, piece in enumerate(special)}
        self.all_special_tokens = special
        self.all_special_ids = list(self.table.values())
        self.eos_token, self.eos_token_id = _EOS, self.table[_EOS]
        longest_first = sorted(special, key=len, reverse=True)
        self.frame = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")

    @property
    def vocab(self) -> dict[str, int]:
        return self.get_vocab()

    def get_vocab(self) -> dict[str, int]:
        return dict(self.table)

    def tokenize(self, text: str, **_: Any) -> list[str]:
        return [piece for piece in self.frame.split(text) if piece]

    def encode(self, text: str, **_: Any) -> list[int]:
        return [self.table.setdefault(p, len(self.table)) for p in self.tokenize(text)]

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        if isinstance(tokens, str):
            return self.table.get(tokens)
        return [self.table.get(token) for token in tokens]

    def decode(self, ids: Any, **_: Any) -> str:
        pieces = {n: piece for piece, n in self.table.items()}
        return "".join(pieces[n] for n in ([ids] if isinstance(ids, int) else ids))
