"""Xinference's tool-call parsers behind the code that makes chat completions of what they find.

The parsers (``model/llm/tool_parsers``) are imported as they are. The methods of ``ChatModelMixin``
that put their results into a body or into chunks are taken out of the release's own
``model/llm/utils.py``; all of Xinference's engines inherit them.
"""

import asyncio
import contextvars
import importlib
import importlib.util
import json
import sys
import types
import uuid
from pathlib import Path
from typing import Any

# A plain file beside the worker: mypy would look for it in the package.
driving = importlib.import_module("driving")

_PACKAGE = "xinference.model.llm"
_METHODS = {"_post_process_completion", "_async_to_tool_completion_chunks"}
# Called on the class, not on an object, so that they are not found by themselves.
_ON_CLASS = {"_sanitize_usage"}
_TYPES, _CORE = "xinference.types", f"{_PACKAGE}.core"
_REASONER = "ReasoningParser"
# Those of its model families that think, but for Gemma's and Kimi's.
_TAGS = ("<think>", "</think>")


def load(root: str | None) -> "Reader":
    """Load the Xinference unpacked under ``root``, or the one that this Python has installed."""
    release = importlib.import_module("release")
    folder, version = release.located("xinference", root)
    # The ``__init__`` of the packages above the parsers start servers.
    plain = release.PlainPackages(folder, lambda name: f"{_PACKAGE}.".startswith(f"{name}."))
    sys.meta_path.insert(0, plain)
    sys.modules[_TYPES], core = _Unused(_TYPES), _Unused(_CORE)
    # What a request brings, which is nothing.
    core.chat_context_var = contextvars.ContextVar("chat_context_var")
    sys.modules[_CORE] = core
    return Reader(folder, version)


class _Unused(types.ModuleType):
    """A module of which any name can be imported; where one is called, it is a TypedDict."""

    chat_context_var: Any

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return dict


class Reader:
    """One version of Xinference: ``parsers`` are the names in its registry."""

    limits = True

    def __init__(self, folder: Path, version: str) -> None:
        self.version, self.folder = version, folder
        self.registry = importlib.import_module(f"{_PACKAGE}.tool_parsers").TOOL_PARSERS
        self.parsers = sorted(self.registry)
        package = folder.joinpath(*_PACKAGE.split("."))
        path = package / "utils.py"
        # A release that was fetched by an older toolfuzz lacks the file.
        self.reasoners = [_REASONER] if (package / "reasoning_parser.py").is_file() else []
        excerpt = importlib.import_module("excerpt")
        self.mixin = excerpt.take_class(
            path, "ChatModelMixin", _METHODS | _ON_CLASS, _ON_CLASS, package=_PACKAGE
        )
        self.loop = asyncio.new_event_loop()

    def whole(
        self, text: str, *, parser: str, tools: Any, finish: str, reasoner: Any, **_: Any
    ) -> Any:
        """Return the body of the chat completion that Xinference makes of the text."""
        completion = self._completion(text, finish)
        process = self._model(parser, reasoner)._post_process_completion
        return process(None, "engine", completion, **driving.fitting(process, {"tools": tools}))

    def stream(
        self, deltas: Any, *, parser: str, tools: Any, finish: str, reasoner: Any, **_: Any
    ) -> Any:
        """Yield the server-sent events that Xinference makes of the increments.

        The end of the generation comes as a chunk of its own, without text.
        """
        process = self._model(parser, reasoner)._async_to_tool_completion_chunks
        chunks = process(self._chunks(deltas, finish), **driving.fitting(process, {"tools": tools}))
        while (chunk := self.loop.run_until_complete(anext(chunks, None))) is not None:
            yield f"data: {json.dumps(chunk)}"
        yield "data: [DONE]"

    def places(self, parser: str) -> Any:
        """Return where the parser's code stands."""
        place, kind = importlib.import_module("release").place, self.registry[parser]
        return {
            "whole": place(kind.extract_tool_calls, self.folder),
            "stream": place(kind.extract_tool_calls_streaming, self.folder),
        }

    async def _chunks(self, deltas: Any, finish: str) -> Any:
        name = uuid.uuid4().hex
        for text, reason in [*((delta, None) for delta in deltas), ("", finish)]:
            yield self._completion(text, reason) | {"id": name}

    def _completion(self, text: str, finish: str | None) -> dict[str, Any]:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}
        return {
            "id": uuid.uuid4().hex,
            "object": "text_completion",
            "created": 0,
            "model": "engine",
            "choices": [choice],
            "usage": None,
        }

    def _model(self, parser: str, reasoner: Any) -> Any:
        model = object.__new__(self.mixin)
        model.model_family, model.model_uid = None, "engine"
        model.reasoning_parser, model.tool_parser = None, self.registry[parser]()
        if reasoner:
            module = importlib.import_module(f"{_PACKAGE}.reasoning_parser")
            model.reasoning_parser = module.ReasoningParser(True, *_TAGS)
        return model
