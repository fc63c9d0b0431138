"""What a wire format is: the parts that a folder of this package puts together as ``FORMAT``."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.compact import encode_body
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats.attempts import read_attempt
from toolfuzz.formats.client_reader import ClientReader
from toolfuzz.formats.laws import Laws
from toolfuzz.formats.plan import Piece, Refusal, ReplyPlan, Wire, WireEvent
from toolfuzz.formats.reading import Event, Notes
from toolfuzz.formats.snippets import curl

__all__ = [
    "CannotAskError",
    "Framing",
    "Request",
    "Serving",
    "Traits",
    "WireFormat",
    "bearer",
]

Headers = dict[str, str]


def bearer(key: str | None) -> Headers:
    """Return the header by which most services know a key."""
    return {"authorization": f"Bearer {key}"} if key else {}


class CannotAskError(Exception):
    """The format has no words for what is asked (``tool_choice: none``, say); names what it is."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How formats differ, for those who must not know their names.

    ``arguments``: ``text`` when a plain reply holds JSON text in a string, ``object`` when it holds
    the value itself. ``pieces``: a stream sends the arguments as pieces of text.
    ``ids``: calls carry ids. ``id_prefix``: how the ids begin that the service hands out.
    ``indexed``: a reply is choices with messages, a stream is deltas that belong together by index
    (no event opens or closes a call). ``closes``: an event closes a call, and no argument may come
    after it. ``repeats``: the stream sends the whole arguments again at the end. ``finish_word``:
    the finish reason says whether calls came. ``gated``: clients run calls only where it says so.
    ``pings``: ``ping`` events may stand anywhere.
    ``serial``: a request can forbid several calls at once. ``strict``: it can ask for a tool's
    schema to be enforced. ``forbids``: it can offer tools and forbid calls. ``omits``: a call
    without arguments may leave them out. ``remembers``: a request can go on from an earlier reply
    by its id. ``keeps_tools``: one that does has the tools that were offered before.
    """

    arguments: Literal["text", "object"]
    pieces: bool = True
    ids: bool = True
    id_prefix: str = "call_"
    indexed: bool = False
    closes: bool = False
    repeats: bool = False
    finish_word: bool = True
    gated: bool = False
    pings: bool = False
    serial: bool = True
    strict: bool = True
    forbids: bool = True
    omits: bool = False
    remembers: bool = False
    keeps_tools: bool = False

    def fit(self, words: str) -> bool:
        """Whether all words are true: ``text``, ``object``, the name of a flag, ``no-FLAG``."""
        held = [self._is(word) for word in words.split()]
        return all(held)

    def _is(self, word: str) -> bool:
        if word in ("text", "object"):
            return self.arguments == word
        flag = getattr(self, word.removeprefix("no-"), None)
        if not isinstance(flag, bool):
            raise ValueError(f"{word!r} is no trait of a wire format")
        return flag is not word.startswith("no-")


@dataclass(frozen=True)
class Request:
    """A question on the wire: POST ``body`` to the base URL followed by ``path``."""

    path: str
    body: JsonObject

    @cached_property
    def content(self) -> bytes:
        """The body as it is sent, and written into the journal."""
        return encode_body(self.body)


@dataclass(frozen=True, slots=True)
class Framing:
    """How a streamed body is cut into events."""

    name: str
    content_type: str
    split: Callable[[bytes, Notes], Iterator[Event]]
    """The events in a body; what is out of place is noted."""
    join: Callable[[Iterable[WireEvent]], list[bytes]]
    """Bytes for each event."""
    show: Callable[[bytes], str] | None = None
    """A body as text for people, where its bytes are no text."""
    sealed: Callable[[bytes, bytes], bytes] | None = None
    """Checksums made anew, where there are any: (a body, the same with some bytes masked)."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The server's side, for the simulator."""

    paths: tuple[str, ...]
    """Where it is served, ``{model}`` (or ``{model:path}``) standing for the model."""
    refuses: Callable[[Request], str | None]
    """Why a server answers a request with 400; None when it doesn't."""
    plain: Callable[[ReplyPlan], Wire]
    """A reply as a body."""
    stream: Callable[[ReplyPlan, list[Piece]], Wire]
    """A reply's steps as the events of a stream."""
    error: Callable[[Refusal], JsonObject]
    """The body of an HTTP error."""
    error_event: Callable[[Refusal], WireEvent]
    """The event with which a stream breaks off."""
    is_ending: Callable[[WireEvent], bool]
    """Whether an event names a finish reason or ends the stream."""
    prefixes: tuple[str, ...] = ("/v1",)
    """What stands before the paths."""
    error_headers: Callable[[Refusal], Headers] = lambda refusal: {}
    """Headers of an HTTP error."""
    reply_id: Callable[[ReplyPlan], str] = lambda plan: plan.id
    """The id by which a request can go on from a reply."""


class Program(Protocol):
    """Writes a request as a Python program that sends it through the official SDK."""

    def __call__(
        self,
        request: Request,
        base_url: str,
        key_env: str | None,
        own: Mapping[str, str] = ...,
        cloud: str = ...,
    ) -> str:
        """Return the program; the key comes from the variable ``key_env``.

        ``own`` are further headers, in which ``${NAME}`` is a variable's value; ``cloud`` (google,
        azure) is whose login stands in the place of a key.
        """
        ...


@dataclass(frozen=True, slots=True)
class WireFormat:
    """One wire format. ``name`` is its folder's name with ``-`` for ``_``; the registry sets it."""

    title: str
    docs: str
    """The page that the format is checked against."""
    key_env: str
    """The variable that usually holds the key."""
    traits: Traits
    framing: Framing

    path: Callable[[str, bool], str]
    """Model and stream mode to the path after the base URL."""
    headers: Callable[[str | None], Headers]
    """A key to the headers that all requests share."""
    write: Callable[[Ask], JsonObject]
    """A question as a body; raises CannotAskError."""
    cap: Callable[[Mapping[str, Any]], int | None]
    """The token limit that a body carries."""
    read_body: Callable[[JsonObject, str], Ask]
    """A body and its path ("" when it isn't known) as a question."""
    looks_like: Callable[[Mapping[str, Any], str], bool]
    """Whether a recorded body and its path are of this format."""

    roots: tuple[str, ...]
    """The keys of which the object of a plain reply must have one."""
    plain: Callable[[JsonObject, Notes], Reply]
    """What the object of a plain reply says."""
    stream: Callable[[Iterable[Event], Notes], Reply]
    """What the events of a stream say."""
    laws: Laws

    serving: Serving
    readers: tuple[ClientReader, ...]
    python: Program
    merge: Callable[[JsonObject, JsonObject], JsonObject] = lambda body, params: {**body, **params}
    """A body with further fields of the user's own put in."""
    temperature: Callable[[Mapping[str, Any]], Any] = lambda body: body.get("temperature")
    """The sampling temperature that a body carries; None where it says none."""
    words: Callable[[JsonObject], Callable[[str, Json], bool] | None] = lambda body: None
    """A body to whether its tools can hold a schema's keyword with that value; None: all can."""
    curl_options: Callable[[str | None], Sequence[str]] = lambda key_env: ()
    """The key's variable to what curl needs besides headers."""
    sign: Callable[[str, bytes, str | None], Headers] | None = None
    """URL, body bytes and key to more headers, where each request must be signed."""
    name: str = ""

    def request(self, ask: Ask, *, params: JsonObject | None = None) -> Request:
        """Return the request that asks this; ``params`` are body fields that go in last.

        Raises CannotAskError when the format has no words for it.
        """
        if ask.continues is not None and not self.traits.remembers:
            raise CannotAskError("a request that goes on from an earlier reply by its id")
        body = self.write(ask)
        path = self.path(ask.model, ask.stream)
        return Request(path, self.merge(body, params) if params else body)

    def read_request(self, body: JsonObject, *, path: str = "") -> Ask:
        """Read a request: the inverse of ``request``, history included. Never raises."""
        return self.read_body(body, path)

    def read(self, attempt: Attempt, *, stream: bool) -> Reply:
        """Say what the bytes say, unrepaired; never raises, whatever they are."""
        return read_attempt(self, attempt, stream=stream)

    def serve(self, plan: ReplyPlan, steps: list[Piece] | None = None) -> Wire:
        """Return a reply as a body, or with ``steps`` as the events of a stream."""
        return self.serving.plain(plan) if steps is None else self.serving.stream(plan, steps)

    def curl(
        self,
        request: Request,
        base_url: str,
        key_env: str | None,
        *,
        stream: bool,
        own: Mapping[str, str] | None = None,
        left_out: Collection[str] = (),
    ) -> str:
        """Return a shell command that sends the request; the key comes from the environment.

        ``own`` are further headers, and come in the place of usual ones; ``${NAME}`` in them comes
        from there as well. ``left_out`` are usual headers that the service doesn't get.
        """
        usual = self.headers(f"${key_env}" if key_env else None)
        without = {name.lower() for name in (*left_out, *(own or ()))}
        headers = {name: value for name, value in usual.items() if name.lower() not in without}
        url, options = base_url + request.path, self.curl_options(key_env)
        return curl(url, headers, request.body, stream=stream, options=options, own=own)

    def is_text(self, body: bytes) -> bool:
        """Whether the bytes of a reply are text; a binary stream begins with a length."""
        return self.framing.show is None or body.lstrip()[:1] in (b"{", b"[", b"")

    def show(self, body: bytes) -> str:
        """Return a reply's body as text for people."""
        if self.framing.show is None or self.is_text(body):
            return body.decode("utf-8", "backslashreplace")
        return self.framing.show(body)

    @property
    def clients(self) -> tuple[ClientReader, ...]:
        """The ways of reading with the official SDKs that are installed here."""
        return tuple(reader for reader in self.readers if reader.installed)
