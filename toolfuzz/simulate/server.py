"""The simulated endpoint as a web application: all wire formats, plain and streamed."""

import asyncio
import json
from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.inflate import EncodingError, inflater
from toolfuzz.core.nature import SIMULATOR_LABELS
from toolfuzz.formats import WireFormat, format_names, wire_format
from toolfuzz.formats.plan import Refusal
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.faults.schema import TooMuchWorkError, at_most
from toolfuzz.simulate.memory import Memory
from toolfuzz.simulate.pipeline import Outcome, respond
from toolfuzz.simulate.profiles import Profile, check_profile, profile_named, profiles
from toolfuzz.simulate.question import BadRequestError, read_question

__all__ = ["BODY_SECONDS", "MOST_BODY", "MOST_STEPS", "build_app"]

MOST_BODY = 8 * 2**20
"""Bytes of a request; a longer one is refused with 413."""
BODY_SECONDS = 30.0
"""A request that has not come whole by then is refused with 408."""
MOST_STEPS = 200_000
"""Steps of reading schemas and making values (see ``at_most``); more are refused with 400."""

_WRITES = 4


def build_app(
    *, profile: str = "clean", latency_ms: float = 0, seed: int = 0, strict_models: bool = False
) -> Starlette:
    """Return the endpoint as an ASGI application.

    The request's ``model`` picks a profile when it names one (or is like ``fault:slug@0.5``);
    other names get ``profile``, or a 404 with ``strict_models``. Replies take ``latency_ms``,
    which a stream spreads over its chunks. Raises UsageError for an unknown ``profile``.
    """
    endpoint = _Endpoint(check_profile(profile), latency_ms / 1000, seed, strict_models)
    routes = [
        Route(prefix + path, endpoint.route(format, prefix), methods=["POST"])
        for format in map(wire_format, format_names())
        for prefix in dict.fromkeys(("/v1", *format.serving.prefixes))
        for path in format.serving.paths
    ]
    return Starlette(routes=[*routes, Route("/v1/models", _models)])


class _Endpoint:
    """The settings, how often each identical request has come, and what was said: all the state."""

    def __init__(self, default: Profile, latency: float, seed: int, strict: bool) -> None:
        self.default = default
        self.latency = latency
        self.seed = seed
        self.strict = strict
        self.asked: dict[bytes, int] = {}
        self.memory = Memory()

    def route(self, format: WireFormat, prefix: str) -> Any:
        async def handle(request: Request) -> Response:
            query = f"?{request.url.query}" if request.url.query else ""
            path = request.url.path.removeprefix(prefix) + query
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await _body(request)
            except TimeoutError:
                return _hang_up(format, Refusal(408, "the request did not come in time"))
            except ClientDisconnect:
                return Response(status_code=408)  # read by nobody
            except EncodingError as error:
                return _hang_up(format, Refusal(400, str(error)))
            if body is None:
                told = f"the request is larger than {MOST_BODY >> 20} MiB"
                return _hang_up(format, Refusal(413, told, "request_too_large"))
            return await self.answer(format, body, path)

        return handle

    async def answer(self, format: WireFormat, body: bytes, path: str) -> Response:
        try:
            question = read_question(format, _load(body), len(body), path=path)
            question = self.memory.recall(question)
            ask = question.ask
            profile = profile_named(ask.model) or (None if self.strict else self.default)
        except (ValueError, RecursionError) as error:
            told = str(error) if isinstance(error, BadRequestError) else "the body is not JSON"
            return _refuse(format, Refusal(400, told))
        except UsageError as error:
            return _refuse(format, Refusal(404, error.message, "model_not_found"))
        if profile is None:
            message = f"The model `{ask.model}` does not exist."
            return _refuse(format, Refusal(404, message, "model_not_found"))
        seed = self._seed(format, profile, body, path)
        try:
            with at_most(MOST_STEPS):
                outcome = respond(question, profile, seed)
        except Exception as error:
            if reason := _unanswerable(error, ask.tools):
                return _refuse(format, Refusal(400, reason))
            told = f"a mistake of the simulator's own, please report it: {error!r}"
            return _refuse(format, Refusal(500, told[:500], "server_error"))
        self.memory.keep(question, outcome.reply)
        if ask.stream and not outcome.reply.refusal:
            return self._stream(format, outcome, seed)
        if self.latency:
            await asyncio.sleep(self.latency)
        refusal = outcome.reply.refusal
        headers = _headers(outcome.struck)
        if refusal:
            headers |= format.serving.error_headers(refusal)
        status = refusal.status if refusal else 200
        return Response(encode_body(outcome.wire.body), status, headers, "application/json")

    def _seed(self, format: WireFormat, profile: Profile, body: bytes, path: str) -> str:
        """Same server seed, profile and request, asked for the n-th time: same answer."""
        said = body if path in format.serving.paths else path.encode() + body
        digest = blake2b(said, digest_size=16, person=format.name.encode()[:16]).digest()
        count = self.asked.get(digest, 0)
        self.asked[digest] = count + 1
        return f"{self.seed}/{profile.name}/{digest.hex()}/{count}"

    def _stream(self, format: WireFormat, outcome: Outcome, seed: str) -> Response:
        data = format.framing.join(outcome.wire.events)
        writes = _cut(b"".join(data), seed) if self.latency == 0 else data
        headers = {**_headers(outcome.struck), "cache-control": "no-cache"}
        headers["content-type"] = format.framing.content_type
        return _Stream(writes, self.latency / (len(writes) + 1), headers)


async def _body(request: Request) -> bytes | None:
    """Return the request's body without its content encoding, None when it is too long.

    No more than that is ever held. Raises EncodingError.
    """
    inflating = inflater(request.headers.get("content-encoding", ""))
    body = bytearray()
    async for piece in request.stream():
        for part in inflating.feed(piece):
            body += part
            if len(body) > MOST_BODY:
                return None
    return bytes(body) + b"".join(inflating.finish())


def _load(body: bytes) -> Any:
    """Load JSON; Python's own NaN and Infinity are none. Raises ValueError and RecursionError."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(body, parse_constant=refuse)


def _unanswerable(error: Exception, tools: Sequence[Tool]) -> str | None:
    """Say what in the request is to blame for an error while answering, None when nothing is."""
    if isinstance(error, TooMuchWorkError):
        return "tools: their schemas, or the arguments asked for, are too large to work through"
    if isinstance(error, RecursionError):
        return "tools: nested too deep"
    # Loading jsonschema takes longer than most answers.
    from toolfuzz.generate.schema.document import Document
    from toolfuzz.generate.schema.errors import BrokenSchema

    for tool in tools:
        try:
            Document(tool.parameters)
        except BrokenSchema as broken:
            return f"tools: the schema of {tool.name!r}: {broken}"
        except Exception as unread:
            return f"tools: the schema of {tool.name!r} can't be read: {type(unread).__name__}"
    return None


class _Stream(Response):
    """A body sent write by write.

    Starlette's own StreamingResponse watches for a disconnect in a task group, which costs more
    than the whole answer; here a client that has gone just ends the writing.
    """

    def __init__(self, writes: list[bytes], pause: float, headers: dict[str, str]) -> None:
        self.writes = writes
        self.pause = pause
        self.status_code = 200
        self.background = None
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, then every write after a pause of ``pause`` seconds."""
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        for chunk in self.writes:
            if self.pause:
                await asyncio.sleep(self.pause)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _cut(data: bytes, seed: str) -> list[bytes]:
    """Cut a stream at any bytes, as networks do: inside events and inside characters."""
    rng = Random(seed)
    cuts = sorted(rng.randrange(len(data)) for _ in range(_WRITES - 1))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]


def _headers(struck: tuple[str, ...]) -> dict[str, str]:
    fault = {"x-toolfuzz-fault": ",".join(struck)} if struck else {}
    return SIMULATOR_LABELS | fault


def _refuse(format: WireFormat, refusal: Refusal) -> Response:
    body = encode_body(format.serving.error(refusal))
    headers = SIMULATOR_LABELS | format.serving.error_headers(refusal)
    return Response(body, refusal.status, headers, "application/json")


def _hang_up(format: WireFormat, refusal: Refusal) -> Response:
    """Refuse a request that was not read to its end: nothing can follow on this connection."""
    response = _refuse(format, refusal)
    response.headers["connection"] = "close"
    return response


async def _models(request: Request) -> Response:
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "toolfuzz-simulator"}
        for name in profiles()
    ]
    return JSONResponse({"object": "list", "data": data}, headers=SIMULATOR_LABELS)
