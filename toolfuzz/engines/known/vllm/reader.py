"""vLLM's tool-call parsers behind vLLM's own chat serving, without a model or a GPU.

The serving class is the installed one, and what it is asked for are its two generators: with
automatic tool choice, ``chat_completion_full_generator`` makes the body of a chat completion of the
engine's output, and ``chat_completion_stream_generator`` the server-sent events. How they call a
parser differs between versions (``extract_tool_calls_streaming`` with texts and token ids, later
``parse_delta``), and is theirs; see ``vllm/entrypoints/openai/chat_completion/serving.py`` and
``stream_processor.py`` of 0.33. Only their input is ours: the outputs that the engine would give.

No model is there, so the tokenizer is ours too: every piece of text is a token, and so is every
marker of the model's family.
"""

import asyncio
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import types
import uuid
from pathlib import Path
from typing import Any

# A plain file beside the worker: mypy would look for it in the package.
driving = importlib.import_module("driving")

_EOS = "<eos of the trial>"
# gpt-oss is read from the token ids of its own vocabulary, which the trial's tokenizer has not.
_HARMONY = {"openai"}


def load(root: str | None, package: str = "vllm", distribution: str = "vllm") -> "Reader":
    """Load the installed vLLM, or a fork of it; raises ModuleNotFoundError for what is missing."""
    if importlib.util.find_spec(package) is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    return Reader(package, importlib.metadata.version(distribution))


class Reader:
    """The installed vLLM.

    ``parsers`` are the names of ``--tool-call-parser``, ``reasoners`` those of
    ``--reasoning-parser`` where the version composes one parser of both.
    """

    limits = True

    def __init__(self, package: str, version: str) -> None:
        self.version = version
        openai = f"{package}.entrypoints.openai"
        parsers = _first(f"{package}.tool_parsers", f"{openai}.tool_parsers")
        self.folder = Path(str(importlib.import_module(package).__file__)).parents[1]
        self.manager = parsers.ToolParserManager
        lazy = getattr(self.manager, "lazy_parsers", {})
        self.parsers = sorted({*self.manager.tool_parsers, *lazy} - _HARMONY)
        serving = _first(f"{openai}.chat_completion.serving", f"{openai}.serving_chat")
        protocol = _first(f"{openai}.chat_completion.protocol", f"{openai}.protocol")
        self.request_type = protocol.ChatCompletionRequest
        self.outputs = importlib.import_module(f"{package}.outputs")
        self.unified = getattr(serving, "ParserManager", None)
        self.reasoners = self._reasoners(package)
        # Of a server that was started with nothing but a tool parser, every other option is off.
        off = {"__getattr__": lambda self, name: None}
        self.server_type = type("Server", (serving.OpenAIServingChat,), off)
        self.loop = asyncio.new_event_loop()

    def whole(
        self,
        text: str,
        *,
        parser: str,
        tools: Any,
        markers: Any,
        history_calls: int,
        finish: str,
        reasoner: str = "",
        prompted: str = "",
        **_: Any,
    ) -> Any:
        """Return the body of the chat completion that vLLM makes of the text."""
        tokenizer = _Tokenizer(markers)
        request = self._request(tools, history_calls, stream=False)
        server = self._server(parser, reasoner)
        outputs = self._outputs([text], tokenizer, finish, prompted, joined=True)
        known = self._known(request, tokenizer, outputs, reasoner)
        if server.parser_cls is not None:
            more = {"chat_template_kwargs": known["chat_template_kwargs"]}
            known["parser"] = server.parser_cls(tokenizer, request.tools, **more)
        response = self.loop.run_until_complete(
            driving.call(server.chat_completion_full_generator, **known)
        )
        return response.model_dump(mode="json")

    def stream(
        self,
        deltas: Any,
        *,
        parser: str,
        tools: Any,
        markers: Any,
        history_calls: int,
        finish: str,
        reasoner: str = "",
        prompted: str = "",
        **_: Any,
    ) -> Any:
        """Yield the server-sent events that vLLM makes of the increments.

        The end of sequence comes as a token without text, and the parser sees that one too.
        """
        tokenizer = _Tokenizer(markers)
        request = self._request(tools, history_calls, stream=True)
        outputs = self._outputs(deltas, tokenizer, finish, prompted, joined=False)
        known = self._known(request, tokenizer, outputs, reasoner)
        server = self._server(parser, reasoner)
        events = driving.call(server.chat_completion_stream_generator, **known)
        while (event := self._next(events)) is not None:
            yield event.strip()

    def places(self, parser: str) -> Any:
        """Return where the parser's code stands."""
        place, kind = importlib.import_module("release").place, self.manager.get_tool_parser(parser)
        return {
            "whole": place(kind.extract_tool_calls, self.folder),
            "stream": place(kind.extract_tool_calls_streaming, self.folder),
        }

    def _next(self, events: Any) -> Any:
        return self.loop.run_until_complete(anext(events, None))

    def _reasoners(self, package: str) -> list[str]:
        compose = getattr(self.unified, "get_parser", None)
        if compose is None or "reasoning_parser_name" not in inspect.signature(compose).parameters:
            return []
        manager = importlib.import_module(f"{package}.reasoning").ReasoningParserManager
        return sorted({*manager.reasoning_parsers, *getattr(manager, "lazy_parsers", {})})

    async def _outputs(
        self, deltas: Any, tokenizer: Any, finish: str, prompted: str, *, joined: bool
    ) -> Any:
        """Yield what vLLM's engine gives for the increments: all in one output, or each in one.

        ``prompted`` is the end of the prompt.
        """
        pieces = [(delta, tokenizer.encode(delta)) for delta in deltas]
        pieces.append(("", [tokenizer.eos_token_id]))
        if joined:
            pieces = [("".join(text for text, _ in pieces), [n for _, ids in pieces for n in ids])]
        for n, (text, ids) in enumerate(pieces, 1):
            last = n == len(pieces)
            output = self.outputs.CompletionOutput(
                index=0,
                text=text,
                token_ids=ids,
                cumulative_logprob=None,
                logprobs=None,
                finish_reason=finish if last else None,
            )
            yield self.outputs.RequestOutput(
                request_id="trial",
                prompt=None,
                prompt_token_ids=tokenizer.encode(prompted),
                prompt_logprobs=None,
                outputs=[output],
                finished=last,
            )

    def _server(self, parser: str, reasoner: str) -> Any:
        server: Any = object.__new__(self.server_type)
        server.response_role = "assistant"
        server.enable_auto_tools = True
        server.tool_parser = self.manager.get_tool_parser(parser)
        if self.unified is not None:
            known = {
                "tool_parser_name": parser,
                "reasoning_parser_name": reasoner,
                "enable_auto_tools": True,
                "model_name": "engine",
            }
            server.parser_cls = driving.call(self.unified.get_parser, **known)
        # The server would send the exception's text; its type is wanted as well.
        server.create_error_response = server.create_streaming_error_response = _again
        return server

    def _request(self, tools: Any, history_calls: int, *, stream: bool) -> Any:
        return self.request_type(
            model="engine",
            messages=driving.messages(history_calls),
            tools=tools,
            tool_choice="auto",
            stream=stream,
        )

    def _known(self, request: Any, tokenizer: Any, outputs: Any, reasoner: Any) -> dict[str, Any]:
        return {
            "request": request,
            "result_generator": outputs,
            "request_id": f"chatcmpl-{uuid.uuid4().hex}",
            "model_name": "engine",
            "conversation": [],
            "tokenizer": tokenizer,
            "request_metadata": types.SimpleNamespace(),
            "chat_template_kwargs": driving.THINKING if reasoner else {},
        }


def _again(*_: Any, **__: Any) -> Any:
    """Raise the exception that is being handled once more."""
    raise  # noqa: PLE0704


def _first(*names: str) -> Any:
    """Import the first of the modules that this version has."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
    raise ModuleNotFoundError(f"none of {', '.join(names)}", name=names[0])


class _Tokenizer:
    """As much of a tokenizer as parsers ask for: markers are tokens, other text grows the table.

    Only the end of sequence is special: a parser may drop the special tokens that it doesn't know,
    and which markers a model's own tokenizer calls special differs between models.
    """

    def __init__(self, markers: Any) -> None:
        added = [*markers, _EOS]
        self.table = {piece: n for n, piece in enumerate(added)}
        self.eos_token, self.eos_token_id = _EOS, self.table[_EOS]
        self.all_special_tokens = [self.eos_token]
        self.all_special_ids = [self.eos_token_id]
        longest_first = sorted(added, key=len, reverse=True)
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
