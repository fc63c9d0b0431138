"""Xinference's tool-call parsers behind the code that makes chat completions of what they find.

The parsers (``model/llm/tool_parsers``) are imported as they are. The methods of ``ChatModelMixin``
that put their results into a body or into chunks are taken out of the release's own
``model/llm/utils.py``; all of Xinference's engines inherit them. No reasoning parser is set.
"""

import asyncio
import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import sys
import types
import uuid
from pathlib import Path
from typing import Any

_PACKAGE = "xinference.model.llm"
_METHODS = {"_post_process_completion", "_async_to_tool_completion_chunks"}
# Called on the class, not on an object, so that they are not found by themselves.
_ON_CLASS = {"_sanitize_usage"}
# Types for annotations, and a context that is set when a request brings one.
_UNUSED = ("xinference.types", f"{_PACKAGE}.core")


def load(root: str | None) -> "Reader":
    """Load the Xinference unpacked under ``root``, or the one that this Python has installed."""
    release = importlib.import_module("release")
    folder, version = release.located("xinference", root)
    # The ``__init__`` of the packages above the parsers start servers.
    plain = release.PlainPackages(folder, lambda name: f"{_PACKAGE}.".startswith(f"{name}."))
    sys.meta_path.insert(0, plain)
    for name in _UNUSED:
        sys.modules[name] = _Unused(name)
    return Reader(folder, version)


class _Unused(types.ModuleType):
    """A module of which any name can be imported; where one is called, it is a TypedDict."""

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
        path = folder.joinpath(*_PACKAGE.split("."), "utils.py")
        excerpt = importlib.import_module("excerpt")
        self.mixin = excerpt.take_class(
            path, "ChatModelMixin", _METHODS | _ON_CLASS, _ON_CLASS, package=_PACKAGE
        )
        self.loop = asyncio.new_event_loop()

    def whole(self, text: str, *, parser: str, tools: Any, finish: str, **_: Any) -> Any:
        """Return the body of the chat completion that Xinference makes of the text."""
        completion = self._completion(text, finish)
        return self._model(parser)._post_process_completion(None, "engine", completion, tools=tools)

    def stream(self, deltas: Any, *, parser: str, tools: Any, finish: str, **_: Any) -> Any:
        """Yield the server-sent events that Xinference makes of the increments.

        The end of the generation comes as a chunk of its own, without text.
        """
        chunks = self._model(parser)._async_to_tool_completion_chunks(
            self._chunks(deltas, finish), tools=tools
        )
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

    def _model(self, parser: str) -> Any:
        model = object.__new__(self.mixin)
        model.model_family, model.model_uid = None, "engine"
        model.reasoning_parser, model.tool_parser = None, self.registry[parser]()
        return model
