"""LMDeploy's tool-call parsers behind LMDeploy's own endpoint, without torch and without a model.

``serve/openai/chat_completions`` is imported as it is and put into a FastAPI application, which
gets a request's bytes and writes a response's. Ours is what needs a model: the outputs of its
engine, one for each increment, and the frame of the server around the endpoint.
"""

import asyncio
import importlib
import sys
import types
from pathlib import Path
from typing import Any

# A plain file beside the worker: mypy would look for it in the package.
driving = importlib.import_module("driving")

_SERVING = "lmdeploy.serve.openai.chat_completions.serving"
_OLDEST = "0.16.0"
_PATH = "/v1/chat/completions"
# Imported at the top of modules, and used by what generates.
_UNUSED = {"numpy", "torch", "transformers", "xgrammar"}


def load(root: str | None) -> "Reader":
    """Load the LMDeploy unpacked under ``root``, or the one that this Python has installed."""
    release = importlib.import_module("release")
    folder, version = release.located("lmdeploy", root)
    if not folder.joinpath(*_SERVING.split(".")).with_suffix(".py").is_file():
        raise RuntimeError(f"this version's endpoint is no part of its own ({_OLDEST} or newer)")
    # Of its packages only the parsers', in which they are registered, have an ``__init__`` to run.
    plain = release.PlainPackages(
        folder,
        lambda name: (
            name.partition(".")[0] == "lmdeploy" and not name.startswith("lmdeploy.serve.parsers")
        ),
    )
    sys.meta_path.insert(0, plain)
    sys.meta_path.append(importlib.import_module("absent").Absent(_UNUSED))
    sys.modules.setdefault("mmengine", _mmengine())
    return Reader(folder, version)


def _mmengine() -> Any:
    module: Any = types.ModuleType("mmengine")
    module.Registry = _Registry
    return module


class _Registry:
    """As much of mmengine's registry as parsers are registered with and found by."""

    def __init__(self, name: str, **_: Any) -> None:
        self.module_dict: dict[str, Any] = {}
        self.get = self.module_dict.get

    def register_module(self, name: Any = None, **_: Any) -> Any:
        def register(kind: Any) -> Any:
            names = [name] if isinstance(name, str) else name or [kind.__name__]
            self.module_dict.update(dict.fromkeys(names, kind))
            return kind

        return register


class Reader:
    """One version of LMDeploy.

    ``parsers`` are the names of ``--tool-call-parser``, ``reasoners`` those of
    ``--reasoning-parser``.
    """

    limits = True

    def __init__(self, folder: Path, version: str) -> None:
        self.folder, self.version = folder, version
        self.asgi = importlib.import_module("asgi")
        self.fastapi = importlib.import_module("fastapi")
        self.serving = importlib.import_module(_SERVING)
        parsing = importlib.import_module("lmdeploy.serve.parsers.response_parser")
        tools = importlib.import_module("lmdeploy.serve.parsers.tool_parser")
        self.response_parser = parsing.ResponseParserManager.get("default")
        self.tool_parsers = tools.ToolParserManager.module_dict
        self.parsers = sorted(self.tool_parsers)
        reasoning = importlib.import_module("lmdeploy.serve.parsers.reasoning_parser")
        self.reasoners = sorted(reasoning.ReasoningParserManager.module_dict)
        self.loop = asyncio.new_event_loop()

    def whole(self, text: str, **given: Any) -> Any:
        """Return the body of the chat completion that LMDeploy makes of the text."""
        return self.asgi.whole(lambda reply: self._ask([text], reply, stream=False, **given))

    def stream(self, deltas: Any, **given: Any) -> Any:
        """Yield the server-sent events that LMDeploy makes of the increments."""
        yield from self.asgi.events(lambda reply: self._ask(deltas, reply, stream=True, **given))

    def places(self, parser: str) -> Any:
        """Return where the parser's code stands: both ways lead through the same function."""
        kind = self.tool_parsers[parser]
        function = getattr(kind, "_consume_stream_payload", None) or kind.feed_tool_block
        found = importlib.import_module("release").place(function, self.folder)
        return {"whole": found, "stream": found}

    def _ask(
        self,
        deltas: Any,
        reply: Any,
        *,
        stream: bool,
        parser: str,
        tools: Any,
        history_calls: int,
        finish: str = "stop",
        reasoner: str = "",
        **_: Any,
    ) -> None:
        messages = driving.messages(history_calls)
        body = {"model": "engine", "messages": messages, "tools": tools, "stream": stream}
        if reasoner:
            body["chat_template_kwargs"] = {"enable_thinking": True}
        app = self._server(_Engine(deltas, finish), parser, reasoner)
        self.asgi.post(self.loop, app, _PATH, body, reply)
        if reply.status != 200:
            raise RuntimeError(f"HTTP {reply.status}: {reply.body.decode()}")

    def _server(self, engine: "_Engine", parser: str, reasoner: str) -> Any:
        response_parser: Any = type("ResponseParser", (self.response_parser,), {})
        response_parser.set_parsers(reasoning_parser_name=reasoner or None, tool_parser_name=parser)
        context = types.SimpleNamespace(
            async_engine=engine,
            create_session=lambda session_id: None,
            default_gen_config={},
            engine_config=types.SimpleNamespace(),
            response_parser_cls=response_parser,
            session_manager=types.SimpleNamespace(
                has=lambda session_id: False, remove=lambda session: None
            ),
        )
        router = self.fastapi.APIRouter()
        self.serving.register(router, context)
        app = self.fastapi.FastAPI()
        app.include_router(router)
        return app


class _Engine:
    """What generates: one output an increment, and the end as an output without text."""

    model_name = "engine"
    tokenizer = types.SimpleNamespace(model=types.SimpleNamespace(model=None))

    def __init__(self, deltas: Any, finish: str) -> None:
        self.deltas, self.finish = deltas, finish

    async def preprocess(self, *_: Any, **__: Any) -> Any:
        return None

    async def generate(self, *_: Any, **__: Any) -> Any:
        for delta in self.deltas:
            yield _output(delta, [1], None)
        yield _output("", [], self.finish)


def _output(text: str, token_ids: list[int], finish: str | None) -> Any:
    return types.SimpleNamespace(
        response=text,
        input_token_len=1,
        generate_token_len=1,
        cached_tokens=0,
        token_ids=token_ids,
        finish_reason=finish,
        logprobs=None,
        routed_experts=None,
        cache_block_ids=None,
    )
