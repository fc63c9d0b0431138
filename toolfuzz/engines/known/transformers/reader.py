"""The response templates of ``transformers serve`` behind its own server, without torch.

``cli/serving`` builds its FastAPI application as it is, and its thread calls ``generate`` of a
model that is ours: that one puts the increments into the release's own streamer, or returns them at
once. Ours is the tokenizer, too, in which each increment is a token. The end-of-turn token is
generated like any other, since the server leaves special tokens in the text that it parses.
"""

import asyncio
import importlib
import inspect
import sys
import types
from pathlib import Path
from typing import Any

# A plain file beside the worker: mypy would look for it in the package.
driving = importlib.import_module("driving")

_SERVING = "transformers.cli.serving"
_TEMPLATES = "_RESPONSE_TEMPLATE_FALLBACKS"
_OLDEST = "5.15.0"
_PATH = "/v1/chat/completions"
# Imported at the top of modules, and used by what loads models.
_UNUSED = {"huggingface_hub", "numpy", "tokenizers", "tqdm"}
# With what the prompt of a model of that type ends, and with what the model ends its turn.
_TURNS = {
    "gemma4": ("<|turn>model\n", "<turn|>"),
    "qwen2": ("<|im_start|>assistant\n", "<|im_end|>"),
    "qwen3_5": ("<|im_start|>assistant\n", "<|im_end|>"),
}


def load(root: str | None) -> "Reader":
    """Load the transformers unpacked under ``root``, or those that this Python has installed."""
    release = importlib.import_module("release")
    folder, version = release.located("transformers", root)
    serving = folder.joinpath(*_SERVING.split("."), "utils.py")
    if not serving.is_file() or _TEMPLATES not in serving.read_text(encoding="utf-8"):
        raise RuntimeError(f"this version's server has no response templates ({_OLDEST} or newer)")
    absent = importlib.import_module("absent")
    sys.meta_path.append(absent.Absent(_UNUSED))
    # No ``__init__`` of its packages is to run but that of the templates.
    plain = release.PlainPackages(
        folder,
        lambda name: (
            name.partition(".")[0] == "transformers" and name != "transformers.utils.chat_parsing"
        ),
    )
    sys.meta_path.insert(0, plain)
    sys.modules[f"{_SERVING}.model_manager"] = absent.module(f"{_SERVING}.model_manager")
    package: Any = importlib.import_module("transformers")
    package.GenerationConfig = types.SimpleNamespace
    decoders: Any = importlib.import_module("tokenizers.decoders")
    decoders.DecodeStream = _DecodeStream
    utils: Any = importlib.import_module(f"{_SERVING}.utils")
    # A parser that hangs is to be found where its processor time is counted.
    utils.InferenceThread = _SameThread
    return Reader(folder, version)


class Reader:
    """One version of transformers: ``parsers`` are types of models, the first of each template."""

    limits = True

    def __init__(self, folder: Path, version: str) -> None:
        self.folder, self.version = folder, version
        self.asgi = importlib.import_module("asgi")
        self.utils = importlib.import_module(f"{_SERVING}.utils")
        self.chat = importlib.import_module(f"{_SERVING}.chat_completion")
        self.server = importlib.import_module(f"{_SERVING}.server")
        self.parsing = importlib.import_module("transformers.utils.chat_parsing")
        # A template says as well how a model reasons.
        self.reasoners = ["response_template"]
        self.parsers = sorted(types[0] for types in getattr(self.utils, _TEMPLATES))
        self.state = self.utils.GenerationState()
        self.loop = asyncio.new_event_loop()

    def whole(self, text: str, **given: Any) -> Any:
        """Return the body of the chat completion that the server makes of the text."""
        return self.asgi.whole(lambda reply: self._ask([text], reply, stream=False, **given))

    def stream(self, deltas: Any, **given: Any) -> Any:
        """Yield the server-sent events that the server makes of the increments."""
        yield from self.asgi.events(lambda reply: self._ask(deltas, reply, stream=True, **given))

    def places(self, parser: str) -> Any:
        """Return where the templates are read: one function, whatever the template."""
        place = importlib.import_module("release").place
        found = place(self.parsing.ResponseParser.feed, self.folder)
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
        prompted: bool | None = None,
        **_: Any,
    ) -> None:
        messages = driving.messages(history_calls)
        body = {"model": "engine", "messages": messages, "tools": tools, "stream": stream}
        begin, end = _TURNS.get(parser, ("", ""))
        pieces = [*deltas, end] if finish == "stop" else list(deltas)
        if finish == "length":
            body["max_tokens"] = len(pieces)
        # Of a model whose template begins the reasoning, the prompt has that as well.
        prompt = f"{begin}<think>\n" if prompted else begin
        self.asgi.post(self.loop, self._app(pieces, prompt, parser), _PATH, body, reply)
        if reply.status != 200:
            raise RuntimeError(f"HTTP {reply.status}: {reply.body.decode()}")

    def _app(self, pieces: list[str], prompt: str, model_type: str) -> Any:
        tokenizer = _Tokenizer(pieces, prompt, self.parsing.parse_response)
        loaded = (_Model(pieces, model_type), tokenizer)
        manager = types.SimpleNamespace(
            force_model=None,
            get_model_modality=lambda model, processor: self.utils.Modality.LLM,
            load_model_and_processor=lambda name, **_: loaded,
            process_model_name=lambda name: name,
        )
        handler = self.chat.ChatCompletionHandler(manager, self.state)
        known = {
            "model_manager": manager,
            "chat_handler": handler,
            "generation_state": self.state,
            "enable_cors": False,
        }
        # What else a version wants are handlers of other endpoints.
        wanted = inspect.signature(self.server.build_server).parameters
        return self.server.build_server(**{name: known.get(name) for name in wanted})


class _SameThread:
    """In place of the thread that keeps what a compiled model stores in it."""

    def submit(self, function: Any, *arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    async def async_submit(self, function: Any, *arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)


class _Ids(list[int]):
    """Token ids where a tensor is expected: as many as the prompt's, or the generated ones."""

    def tolist(self) -> list[int]:
        return list(self)

    @property
    def shape(self) -> tuple[int]:
        return (len(self),)

    def __getitem__(self, key: Any) -> Any:
        # ``sequences[0, input_len:]``; there is one sequence.
        found = super().__getitem__(key[1] if isinstance(key, tuple) else key)
        return _Ids(found) if isinstance(found, list) else found


class _Inputs(dict[str, Any]):
    def to(self, device: Any) -> "_Inputs":
        return self


_PROMPT = -1
"""The id of the only token of the prompt; that of a generated one is its place in the text."""


class _Model:
    """What generates: the increments, and the end of the turn."""

    device = None

    def __init__(self, pieces: list[str], model_type: str) -> None:
        self.ids = range(len(pieces))
        self.config = types.SimpleNamespace(model_type=model_type)
        self.generation_config = types.SimpleNamespace(
            cache_implementation=None, max_new_tokens=1 << 20
        )

    def generate(self, *, streamer: Any = None, input_ids: Any, **_: Any) -> Any:
        if streamer is not None:
            for token in (*input_ids, *self.ids):
                streamer.put(_Ids([token]))
            streamer.end()
        return _Ids([*input_ids, *self.ids])


class _Tokenizer:
    """As much of a tokenizer as the server asks for; of the prompt there is only the end."""

    def __init__(self, pieces: list[str], prompt: str, parse_response: Any) -> None:
        self._tokenizer = pieces
        self.prompt = prompt
        self.parse = parse_response

    def apply_chat_template(self, *_: Any, **__: Any) -> Any:
        return _Inputs(input_ids=_Ids([_PROMPT]))

    def decode(self, ids: Any, **_: Any) -> str:
        return "".join(self.prompt if n == _PROMPT else self._tokenizer[n] for n in ids)

    def parse_response(self, ids: Any, template: Any, **context: Any) -> Any:
        return self.parse(self.decode(ids), template, **context)


class _DecodeStream:
    """In place of the one in tokenizers, which only a real tokenizer can be put into."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def step(self, tokenizer: list[str], token: int) -> str:
        return tokenizer[token]
