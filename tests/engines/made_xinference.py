"""A stand-in for Xinference, of the same layout: simulated, and as small as its reader allows."""

import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from inspect import isawaitable
from pathlib import Path
from typing import Any

from toolfuzz.engines import environment

_UTILS = """
    import json

    import torch

    from ...types import ChatCompletion, ChatCompletionChunk
    from .core import chat_context_var
    from .tool_parsers.base import request_tools_var

    class ChatModelMixin(torch.nn.Module):
        def _post_process_completion(
            self, model_family, model_uid, c, tools=None
        ) -> ChatCompletion:
            token = request_tools_var.set(tools)
            reasoning, text = self._thought(c["choices"][0]["text"])
            try:
                calls = self._called(text)
            finally:
                request_tools_var.reset(token)
            message = {"role": "assistant", "content": "", "tool_calls": calls,
                       "reasoning_content": reasoning}
            choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
            return {"id": c["id"], "object": "chat.completion", "created": 0, "model": model_uid,
                    "choices": [choice], "usage": self._sanitize_usage(c["usage"])}

        async def _async_to_tool_completion_chunks(self, chunks, ctx=None, tools=None):
            if ctx:
                chat_context_var.set(ctx)
            text = ""
            async for chunk in chunks:
                text += chunk["choices"][0]["text"]
                finish = chunk["choices"][0]["finish_reason"]
                reasoning, rest = self._thought(text) if finish == "stop" else ("", "")
                calls = self._called(rest) if finish == "stop" else []
                calls = [{"index": n, **call} for n, call in enumerate(calls)]
                delta = {"role": "assistant", "content": "", "tool_calls": calls,
                         "reasoning_content": reasoning}
                reason = "tool_calls" if calls else None
                choice = {"index": 0, "delta": delta, "finish_reason": reason}
                yield ChatCompletionChunk(
                    id=chunk["id"], object="chat.completion.chunk", created=0,
                    model=self.model_uid, choices=[choice])

        def _thought(self, text):
            return self.reasoning_parser.split(text) if self.reasoning_parser else ("", text)

        def _called(self, text):
            return [{"id": "1", "type": "function",
                     "function": {"name": name, "arguments": json.dumps(arguments)}}
                    for name, arguments in self.tool_parser.extract_tool_calls(text)]

        @staticmethod
        def _sanitize_usage(usage):
            return usage

        def chat(self):
            return torch.tensor([])
"""
_BASE = """
    from contextvars import ContextVar

    request_tools_var = ContextVar("request_tools", default=None)
    TOOL_PARSERS = {}

    def register_tool_parser(name):
        return lambda kind: TOOL_PARSERS.setdefault(name, kind)
"""
_REASONING = """
    from .core import chat_context_var

    class ReasoningParser:
        def __init__(self, shown, start, end):
            assert shown and not chat_context_var.get({})
            self.start, self.end = start, end

        def split(self, text):
            reasoning, _, rest = text.partition(self.end)
            return reasoning.removeprefix(self.start), rest
"""
_PARSERS = """
    import json
    from .base import TOOL_PARSERS, register_tool_parser

    @register_tool_parser("NAMED")
    class Qwen:
        def extract_tool_calls(self, text):
            call = json.loads(text.partition("<tool_call>")[2].partition("</tool_call>")[0])
            return [(call["name"], MENDED(call["arguments"]))]

    @register_tool_parser("glm4")
    class Old(Qwen):
        pass
"""


def make_xinference(
    cache: Path, version: str, *, parser: str = "qwen", does: str = "a", older: bool = False
) -> None:
    """Put the simulated release where a fetched one is; its ``__init__`` files must not run.

    ``does`` is what its parser makes of arguments ``a``, as Python. An ``older`` one's methods know
    nothing of the tools.
    """
    utils = _UTILS.replace(", tools=None", "").replace("set(tools)", "set(None)")
    parsers = _PARSERS.replace("MENDED", f"(lambda a: {does})").replace("NAMED", parser)
    sources = {
        "__init__.py": "import torch",
        "model/__init__.py": "import torch",
        "model/llm/__init__.py": "import torch",
        "model/llm/utils.py": utils if older else _UTILS,
        "model/llm/reasoning_parser.py": _REASONING,
        "model/llm/tool_parsers/__init__.py": parsers,
        "model/llm/tool_parsers/base.py": _BASE,
    }
    for name, source in sources.items():
        path = cache / "engines" / "xinference" / version / "xinference" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))


def build_environment() -> None:
    """Put this Python where the engine's environment is looked for, so that none is built."""
    built = environment._place(()) / "bin"
    built.mkdir(parents=True)
    (built / "python").symlink_to(sys.executable)


@asynccontextmanager
async def callers_here(workers: int, ray: str | None) -> AsyncIterator["_Here"]:
    """Stand for the processes of a sweep: its runs are made in this one, whose imports are paid."""
    assert ray is None
    yield _Here()


class _Here:
    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        result = function(*arguments)
        return await result if isawaitable(result) else result


def held(folder: Path) -> str:
    """What a parser does (see above) that leaves a file for its process in the folder, and waits.

    As long as there is a file ``hang`` there.
    """
    there = f"os.path.join({str(folder)!r}, str(os.getpid()))"
    hangs = f"time.sleep(0.05) or os.path.exists(os.path.join({str(folder)!r}, 'hang'))"
    waits = f"[open({there}, 'w').close(), *iter(lambda: {hangs}, False)]"
    return f"(lambda os, time: {waits})(__import__('os'), __import__('time')) and a"
