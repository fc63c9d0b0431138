"""SGLang's tool-call parsers, driven by SGLang's own serving code, without torch.

The parsers (``srt/function_call``) and the wire types (``srt/entrypoints/openai/protocol.py``)
are imported as they are; only the ``__init__`` files of packages, ``sglang.utils`` and ``xgrammar``
are left out, because they pull in the GPU stack and are not used for parsing. The methods of
``OpenAIServingChat`` that turn a parser's results into chunks are taken out of the release's own
``serving_chat.py``, so that every version is served by its own code. What remains here is the
frame around them: the opening role chunk, the closing finish_reason chunk, and [DONE].
"""

import asyncio
import importlib
import importlib.util
import inspect
import sys
import time
import types
import uuid
from pathlib import Path
from typing import Any

# A plain file beside the worker: mypy would look for it in the package.
driving = importlib.import_module("driving")

_PROTOCOL = "sglang.srt.entrypoints.openai.protocol"
_SERVING = "sglang/srt/entrypoints/openai/serving_chat.py"
_OLDEST = "0.4.10"
_READS_REASONING = "_process_reasoning_stream"
# What the methods can be called with; a version that wants more can't be driven.
_METHODS = {
    "_process_tool_calls": {
        "text",
        "tools",
        "tool_call_parser",
        "finish_reason",
        "tool_choice",
        "history_tool_calls_cnt",
    },
    "_process_tool_call_stream": {
        "index",
        "delta",
        "parser_dict",
        "content",
        "request",
        "has_tool_calls",
        "created",
        "flush",
    },
    "_check_for_unstreamed_tool_args": {"parser", "content", "request", "index", "created"},
    _READS_REASONING: {
        "index",
        "delta",
        "reasoning_parser_dict",
        "content",
        "request",
        "finish_reason_type",
    },
}
_OPTIONAL = frozenset({"_check_for_unstreamed_tool_args", _READS_REASONING})
# How those methods ask whether a request is to be thought about.
_THINKS = ("_get_reasoning_from_request", "_get_enable_thinking_from_request")


def load(root: str | None) -> "Reader":
    """Load the SGLang unpacked under ``root``, or the one that this Python has installed."""
    release = importlib.import_module("release")
    folder, version = release.located("sglang", root)
    # No ``__init__`` of its packages is to run.
    plain = release.PlainPackages(folder, lambda name: name.partition(".")[0] == "sglang")
    sys.meta_path.insert(0, plain)
    unused = ["sglang.utils"]
    if importlib.util.find_spec("xgrammar") is None:
        unused += ["xgrammar", "xgrammar.structural_tag"]
    if importlib.util.find_spec("transformers") is None:
        unused.append("transformers")
    for name in unused:
        sys.modules[name] = _Stub(name)
    return Reader(folder, version)


class _Stub(types.ModuleType):
    """A module of which any name can be imported; pydantic accepts the names as field types."""

    __path__: list[str] = []  # noqa: RUF012 - the import system wants a list

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        base: Any = importlib.import_module("pydantic").BaseModel
        # Beam's parser asks whether a schema compiles to a grammar. The answer is yes, and it
        # decides about grammars alone.
        compiles = {"from_json_schema": staticmethod(lambda schema: None)}
        value = type(name, (base,), {"__module__": self.__name__, **compiles})
        setattr(self, name, value)
        return value


class Reader:
    """One version of SGLang.

    ``parsers`` are the names of ``--tool-call-parser``, ``reasoners`` those of
    ``--reasoning-parser``.
    """

    limits = True

    def __init__(self, folder: Path, version: str) -> None:
        self.version, self.folder = version, folder
        self.protocol = importlib.import_module(_PROTOCOL)
        module = importlib.import_module("sglang.srt.function_call.function_call_parser")
        self.detectors = module.FunctionCallParser.ToolCallParserEnum
        self.parsers = sorted(self.detectors)
        self.serving = _serving_class(folder / _SERVING)
        self.reasoning = _reasoning_parser() if hasattr(self.serving, _READS_REASONING) else None
        self.reasoners = sorted(self.reasoning.DetectorMap) if self.reasoning else []
        self.loop = asyncio.new_event_loop()

    def whole(
        self, text: str, *, parser: str, tools: Any, history_calls: int, finish: str, **how: Any
    ) -> Any:
        """Return the body of the chat completion that SGLang makes of the text."""
        request = self._request(tools, history_calls, stream=False, **how)
        serving = self._served_by(parser, **how)
        reasoning = None
        if how["reasoner"]:
            reasoning, text = self._thought(serving, request, text)
        calls, content, ended = driving.call(
            serving._process_tool_calls,
            text=text,
            tools=request.tools,
            tool_call_parser=parser,
            finish_reason={"type": finish, "matched": None},
            tool_choice=request.tool_choice,
            history_tool_calls_cnt=history_calls,
        )
        message = self.protocol.ChatMessage(
            role="assistant",
            content=content or None,
            tool_calls=calls,
            reasoning_content=reasoning or None,
        )
        choice = {
            "index": 0,
            "message": message.model_dump(mode="json"),
            "logprobs": None,
            "finish_reason": ended["type"],
            "matched_stop": ended["matched"],
        }
        return {
            "id": uuid.uuid4().hex,
            "object": "chat.completion",
            "created": int(time.time()),
            "model": request.model,
            "choices": [choice],
        }

    def stream(
        self, deltas: Any, *, parser: str, tools: Any, history_calls: int, finish: str, **how: Any
    ) -> Any:
        """Yield the server-sent events that SGLang makes of the increments.

        The stop token ends the generation with an empty increment of its own, and the parser
        sees that one too.
        """
        request = self._request(tools, history_calls, stream=True, **how)
        serving = self._served_by(parser, **how)
        thoughts: dict[int, Any] = {}
        parsers: dict[int, Any] = {}
        called: dict[int, bool] = {}
        known: dict[str, Any] = {
            "index": 0,
            "parser_dict": parsers,
            "request": request,
            "has_tool_calls": called,
            "created": int(time.time()),
        }
        content: dict[str, Any] = {"text": "", "meta_info": {"id": uuid.uuid4().hex}, "index": 0}
        frame = {"chunk_id": content["meta_info"]["id"], "created": known["created"]}
        yield self._chunk({"role": "assistant", "content": ""}, None, **frame)
        for n, delta in enumerate([*deltas, ""]):
            content["text"] += delta
            last = n == len(deltas)
            if how["reasoner"]:
                reasoning, delta = driving.call(
                    serving._process_reasoning_stream,
                    index=0,
                    delta=delta,
                    reasoning_parser_dict=thoughts,
                    content=content,
                    request=request,
                    finish_reason_type=finish if last else None,
                )
                if reasoning:
                    yield self._chunk({"reasoning_content": reasoning}, None, **frame)
            generated = driving.call(
                serving._process_tool_call_stream, delta=delta, content=content, flush=last, **known
            )
            while (event := self._next(generated)) is not None:
                if event:
                    yield event.strip()
        if hasattr(serving, "_check_for_unstreamed_tool_args"):
            rest = driving.call(
                serving._check_for_unstreamed_tool_args,
                parser=parsers[0],
                content=content,
                **known,
            )
            if rest:
                yield rest.strip()
        if finish == "stop" and called.get(0) and not _incomplete(parsers[0]):
            finish = "tool_calls"
        yield self._chunk({}, finish, **frame)
        yield "data: [DONE]"

    def places(self, parser: str) -> Any:
        """Return where the parser's code stands."""
        place, detector = importlib.import_module("release").place, self.detectors[parser]
        return {
            "whole": place(detector.detect_and_parse, self.folder),
            "stream": place(detector.parse_streaming_increment, self.folder),
        }

    def _next(self, generated: Any) -> Any:
        return self.loop.run_until_complete(anext(generated, None))

    def _thought(self, serving: Any, request: Any, text: str) -> Any:
        """Return the reasoning and the rest, as the service's response has them."""
        thinks = next(getattr(serving, name) for name in _THINKS if hasattr(serving, name))
        reads = driving.call(
            self.reasoning,
            model_type=serving.reasoning_parser,
            stream_reasoning=False,
            force_reasoning=serving.template_manager.force_reasoning or thinks(request),
            request=request,
            tokenizer=None,
            tool_call_parser_active=True,
        )
        return reads.parse_non_stream(text)

    def _served_by(self, parser: str, *, reasoner: str, prompted: str, **_: Any) -> Any:
        serving = object.__new__(self.serving)
        serving.tool_call_parser = parser
        serving.reasoning_parser = reasoner
        # A template whose prompt ends with the opening of the reasoning is known by that.
        serving.template_manager = types.SimpleNamespace(
            force_reasoning=bool(prompted), reasoning_config=None
        )
        if reasoner and self.reasoning:
            reads = self.reasoning(model_type=reasoner, stream_reasoning=True)
            serving._reasoning_detector = reads.detector
        serving.tokenizer_manager = types.SimpleNamespace(
            tokenizer=None, server_args=types.SimpleNamespace(tool_call_parser=parser)
        )
        return serving

    def _request(
        self, tools: Any, history_calls: int, *, stream: bool, reasoner: str, **_: Any
    ) -> Any:
        return self.protocol.ChatCompletionRequest(
            model="engine",
            messages=driving.messages(history_calls),
            tools=tools,
            tool_choice="auto",
            stream=stream,
            chat_template_kwargs=driving.THINKING if reasoner else None,
        )

    def _chunk(self, delta: Any, finish: str | None, *, chunk_id: str, created: int) -> str:
        protocol = self.protocol
        choice = protocol.ChatCompletionResponseStreamChoice(
            index=0, delta=protocol.DeltaMessage(**delta), finish_reason=finish
        )
        chunk = protocol.ChatCompletionStreamResponse(
            id=chunk_id, created=created, model="engine", choices=[choice]
        )
        return f"data: {chunk.model_dump_json()}"


def _incomplete(parser: Any) -> bool:
    """Newer versions let a parser say that a call was cut off; the reason then stays ``stop``."""
    detector = getattr(parser, "detector", parser)
    return bool(getattr(detector, "incomplete_tool_call_indices", ()))


def _reasoning_parser() -> Any:
    """Return the release's reasoning parser; None where that needs more than is at hand."""
    try:
        return importlib.import_module("sglang.srt.parser.reasoning_parser").ReasoningParser
    except ImportError:
        return None


def _serving_class(path: Path) -> Any:
    """Return OpenAIServingChat reduced to the tool-call methods; check that they can be driven."""
    if not path.is_file():
        raise RuntimeError(f"this version has no serving_chat.py ({_OLDEST} or newer is needed)")
    serving = importlib.import_module("excerpt").take_class(
        path, "OpenAIServingChat", _METHODS.keys(), _OPTIONAL
    )
    for name, known in _METHODS.items():
        if name in _OPTIONAL and not hasattr(serving, name):
            continue
        parameters = inspect.signature(getattr(serving, name)).parameters.values()
        more = {p.name for p in parameters if p.default is p.empty} - known - {"self"}
        if more:
            raise RuntimeError(
                f"{name} of this version also wants {', '.join(sorted(more))} "
                f"({_OLDEST} or newer is needed)"
            )
    return serving
