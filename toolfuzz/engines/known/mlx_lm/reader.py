"""mlx-lm's tool-call parsers behind mlx-lm's own HTTP server, without MLX and without a model.

``mlx_lm/server.py`` is imported as it is. Its ``APIHandler`` gets the bytes of a request and
writes those of a response; the text state machine that finds where a call begins and ends comes
from the release, too (``make_text_state_machine`` in ``mlx_lm/generate.py``). Ours is what needs a
model: the increments that it would generate, and the tokenizer, of which only markers are asked.
"""

import importlib
import importlib.metadata
import io
import json
import sys
import types
from pathlib import Path
from typing import Any

_OLDEST = "0.32.0"
_REASONER = "make_text_state_machine"
# Imported at the top of modules, and used by what generates.
_UNUSED = {"huggingface_hub", "mlx", "numpy", "transformers"}
# What the server is started with where its user says nothing.
_DEFAULTS = types.SimpleNamespace(
    allowed_origins=["*"],
    max_tokens=512,
    min_p=0.0,
    num_draft_tokens=3,
    temp=0.0,
    top_k=0,
    top_p=1.0,
)


def load(root: str | None) -> "Reader":
    """Load the mlx-lm unpacked under ``root``, or the one that this Python has installed."""
    if root is not None:
        sys.path.insert(0, root)
    sys.meta_path.append(importlib.import_module("absent").Absent(_UNUSED))
    version = Path(root).name if root is not None else importlib.metadata.version("mlx-lm")
    return Reader(version)


class Reader:
    """One version of mlx-lm: ``parsers`` are the names of its modules in ``tool_parsers``."""

    limits = True

    def __init__(self, version: str) -> None:
        self.version = version
        parsers = importlib.import_module("mlx_lm.tool_parsers")
        folder = Path(next(iter(parsers.__path__)))
        self.parsers = sorted(path.stem for path in folder.glob("[a-z]*.py"))
        self.server = importlib.import_module("mlx_lm.server")
        self.tokenizers = importlib.import_module("mlx_lm.tokenizer_utils")
        self.generate = importlib.import_module("mlx_lm.generate")
        # The server finds the reasoning by itself, between marks that the tokenizer knows.
        self.reasoners = [_REASONER]
        if not hasattr(self.generate, "make_text_state_machine"):
            raise RuntimeError(f"this version finds calls by tokens ({_OLDEST} or newer is needed)")
        # Whom the server tells of requests is nobody.
        silent = {"log_message": lambda self, *args: None}
        self.handler = type("Handler", (self.server.APIHandler,), silent)

    def whole(self, text: str, *, tools: Any, **how: Any) -> Any:
        """Return the body of the chat completion that mlx-lm makes of the text."""
        wire = _Connection(tools, stream=False)
        self._serve(wire, [text], **how)
        return json.loads(wire.body)

    def stream(self, deltas: Any, *, tools: Any, **how: Any) -> Any:
        """Yield the server-sent events that mlx-lm makes of the increments.

        The end of sequence comes as a token of its own, whose text is not looked at.
        """
        wire = _Connection(tools, stream=True)
        try:
            self._serve(wire, deltas, **how)
        finally:
            yield from filter(None, wire.body.decode().split("\n\n"))

    def places(self, parser: str) -> Any:
        """Return where the parser's code stands: both ways lead to the same function."""
        function = importlib.import_module(f"mlx_lm.tool_parsers.{parser}").parse_tool_call
        folder = Path(str(self.server.__file__)).parents[1]
        found = importlib.import_module("release").place(function, folder)
        return {"whole": found, "stream": found}

    def _serve(self, wire: "_Connection", deltas: Any, *, finish: str, **how: Any) -> None:
        generated = self._context(**how), self._generated(deltas, finish)
        generator = types.SimpleNamespace(cli_args=_DEFAULTS, generate=lambda *_, **__: generated)
        self.handler(generator, wire, ("127.0.0.1", 0), None, system_fingerprint="trial")
        if wire.status != 200:
            raise RuntimeError(f"HTTP {wire.status}: {wire.body.decode()}")

    def _context(self, *, parser: str, markers: Any, prompted: Any, **_: Any) -> Any:
        module = importlib.import_module(f"mlx_lm.tool_parsers.{parser}")
        tokenizer = self.tokenizers.TokenizerWrapper(
            _Tokenizer(markers),
            lambda tokenizer: None,
            tool_parser=module.parse_tool_call,
            tool_call_start=module.tool_call_start,
            tool_call_end=module.tool_call_end,
        )
        return self.server.GenerationContext(
            has_tool_calling=tokenizer.has_tool_calling,
            has_thinking=tokenizer.has_thinking,
            tool_parser=tokenizer.tool_parser,
            text_sm=self.generate.make_text_state_machine(tokenizer),
            initial_state="reasoning" if prompted and tokenizer.has_thinking else "normal",
            prompt=[],
        )

    def _generated(self, deltas: Any, finish: str) -> Any:
        """Yield the increments; at the token limit the last one ends the generation."""
        ends: list[Any] = [None] * len(deltas)
        if finish == "length" and deltas:
            ends[-1] = finish
        else:
            deltas, ends = [*deltas, ""], [*ends, finish]
        for text, reason in zip(deltas, ends, strict=True):
            yield self.server.Response(
                text=text, token=0, logprob=0.0, finish_reason=reason, top_tokens=()
            )


class _Connection:
    """The socket of one request, whose response is kept."""

    def __init__(self, tools: Any, *, stream: bool) -> None:
        asked = {"model": "engine", "tools": tools, "stream": stream}
        asked["messages"] = [{"role": "user", "content": "-"}]
        body = json.dumps(asked).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        self.request = io.BytesIO(head.encode() + body)
        self.response = b""

    def makefile(self, *_: Any) -> io.BytesIO:
        return self.request

    def sendall(self, data: bytes) -> None:
        self.response += data

    @property
    def status(self) -> int:
        return int(self.response.split(maxsplit=2)[1])

    @property
    def body(self) -> bytes:
        return self.response.partition(b"\r\n\r\n")[2]


class _Tokenizer:
    """Has the family's markers, and says nothing of the model's chat template."""

    eos_token_id = 0
    chat_template = None

    def __init__(self, markers: Any) -> None:
        self.vocabulary = {marker: n for n, marker in enumerate(markers, 1)}

    def get_vocab(self) -> dict[str, int]:
        return self.vocabulary

    def apply_chat_template(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("no prompt is written in a trial")

    def encode(self, text: str, **_: Any) -> list[int]:
        return [self.vocabulary.get(text, 0)]
