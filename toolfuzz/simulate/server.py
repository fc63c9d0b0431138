"""The simulated endpoint as a web application: all wire formats, plain and streamed."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from toolfuzz.core.errors import UsageError
from toolfuzz.core.inflate import EncodingError, inflater
from toolfuzz.core.nature import SIMULATOR_LABELS
from toolfuzz.formats import USUAL, WireFormat, format_names, wire_format
from toolfuzz.formats.plan import Refusal, ReplyPlan, Wire
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.faults.schema import at_most
from toolfuzz.simulate.memory import Memory
from toolfuzz.simulate.pipeline import Outcome, respond
from toolfuzz.simulate.profiles import Profile, check_profile, profile_named, profiles
from toolfuzz.simulate.question import BadRequestError, Question, read_question
from toolfuzz.simulate.refusing import hang_up, refuse, unanswerable
from toolfuzz.simulate.script import Step
from toolfuzz.simulate.sending import Sending
from toolfuzz.simulate.sent import Sent
from toolfuzz.simulate.served import Served, served, unread

__all__ = ["BODY_SECONDS", "MOST_BODY", "MOST_STEPS", "Endpoint", "build_app"]

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
    """Return the endpoint as an ASGI application; see ``Endpoint``."""
    return Endpoint(profile, latency_ms, seed, strict_models=strict_models).app()


def _ignore(told: Served) -> None:
    return None


class Endpoint:
    """The settings, how often each identical request has come, and what was said: all the state.

    The request's ``model`` picks a profile when it names one (or is like ``fault:slug@0.5``);
    other names get ``profile``, or a 404 with ``strict_models``. Replies take ``latency_ms``,
    which a stream spreads over its chunks. The first requests are answered as ``script`` says.
    ``tell`` is told every answer. Raises UsageError for an unknown ``profile``.
    """

    def __init__(
        self,
        profile: str = "clean",
        latency_ms: float = 0,
        seed: int = 0,
        *,
        script: Sequence[Step] = (),
        strict_models: bool = False,
        tell: Callable[[Served], None] = _ignore,
    ) -> None:
        self.default = check_profile(profile)
        self.latency = latency_ms / 1000
        self.seed = seed
        self.script = script
        self.strict = strict_models
        self.tell = tell
        self.asked: Counter[bytes] = Counter()
        self.of_model: Counter[str] = Counter()
        self.steps = 0
        self.memory = Memory()

    def app(self) -> Starlette:
        """Return it as an ASGI application."""
        routes = [
            Route(prefix + path, self._route(format, prefix), methods=["POST"])
            for format in map(wire_format, format_names())
            for prefix in dict.fromkeys(("/v1", *format.serving.prefixes))
            for path in format.serving.paths
        ]
        lost = Route("/{path:path}", self._lost, methods=["GET", "POST"])
        return Starlette(routes=[*routes, Route("/v1/models", _models), lost])

    async def _lost(self, request: Request) -> Response:
        """Say what is served: a base URL is easily wrong."""
        format = wire_format(USUAL)
        paths = sorted(
            prefix + path.replace(":path", "")
            for one in map(wire_format, format_names())
            for prefix in one.serving.prefixes[:1]
            for path in one.serving.paths
        )
        told = f"nothing is served at {request.url.path[:200]}; it is at {', '.join(paths)}"
        return self._refuse(format, Refusal(404, told, "not_found"))

    def _route(self, format: WireFormat, prefix: str) -> Any:
        async def handle(request: Request) -> Response:
            query = f"?{request.url.query}" if request.url.query else ""
            path = request.url.path.removeprefix(prefix) + query
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await _body(request)
            except TimeoutError:
                return hang_up(format, Refusal(408, "the request did not come in time"))
            except ClientDisconnect:
                return Response(status_code=408)  # read by nobody
            except EncodingError as error:
                return hang_up(format, Refusal(400, str(error)))
            if body is None:
                told = f"the request is larger than {MOST_BODY >> 20} MiB"
                return hang_up(format, Refusal(413, told, "request_too_large"))
            return await self._read(format, body, path)

        return handle

    async def _read(self, format: WireFormat, body: bytes, path: str) -> Response:
        try:
            question = read_question(format, _load(body), len(body), path=path)
            question = self.memory.recall(question)
            profile = profile_named(question.ask.model) or (None if self.strict else self.default)
        except (ValueError, RecursionError) as error:
            told = str(error) if isinstance(error, BadRequestError) else "the body is not JSON"
            return self._refuse(format, Refusal(400, told))
        except UsageError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return self._refuse(format, Refusal(404, error.message + hint, "model_not_found"))
        if profile is None:
            message = f"The model `{question.ask.model}` does not exist."
            return self._refuse(format, Refusal(404, message, "model_not_found"))
        return self._answer(question, profile, self._seed(format, profile, body, path))

    def _answer(self, question: Question, profile: Profile, seed: str) -> Response:
        format, ask = question.format, question.ask
        step = self._step()
        if step is not None and step.profile is not None:
            profile = step.profile
        self.of_model[ask.model] += 1
        number = self.of_model[ask.model]
        profile = profile.at(number)
        how, struck = _sending(profile, seed)
        if how.refusal:
            outcome = _refused(question, how.refusal)
        else:
            try:
                with at_most(MOST_STEPS):
                    outcome = self._respond(question, profile, seed, step)
            except Exception as error:
                if reason := unanswerable(error, ask.tools):
                    return self._refuse(format, Refusal(400, reason))
                told = f"a mistake of the simulator's own, please report it: {error!r}"
                return self._refuse(format, Refusal(500, told[:500], "server_error"))
            self.memory.keep(question, outcome.reply)
        said = served(
            outcome.reply,
            how,
            format=format.name,
            number=number,
            faults=(*struck, *outcome.struck),
            missed=outcome.missed,
            step=self._place(step),
        )
        self.tell(said)
        return self._send(format, outcome, seed, how, _headers(said))

    def _refuse(self, format: WireFormat, refusal: Refusal) -> Response:
        self.tell(unread(format.name, refusal))
        return refuse(format, refusal)

    def _step(self) -> Step | None:
        """The script's next reply, None where there is none or it has ended."""
        self.steps += 1
        return self.script[self.steps - 1] if self.steps <= len(self.script) else None

    def _place(self, step: Step | None) -> str:
        if not self.script:
            return ""
        return f"{self.steps}/{len(self.script)}" if step else "ended"

    def _respond(
        self, question: Question, profile: Profile, seed: str, step: Step | None
    ) -> Outcome:
        if step is None or step.meaning is None:
            return respond(question, profile, seed)
        return respond(question, profile, seed, meaning=step.meaning)

    def _seed(self, format: WireFormat, profile: Profile, body: bytes, path: str) -> str:
        """Same server seed, profile and request, asked for the n-th time: same answer."""
        said = body if path in format.serving.paths else path.encode() + body
        digest = blake2b(said, digest_size=16, person=format.name.encode()[:16]).digest()
        count = self.asked[digest]
        self.asked[digest] += 1
        return f"{self.seed}/{profile.name}/{digest.hex()}/{count}"

    def _send(
        self, format: WireFormat, outcome: Outcome, seed: str, how: Sending, headers: dict[str, str]
    ) -> Response:
        refusal = outcome.reply.refusal
        if refusal:
            headers |= format.serving.error_headers(refusal) | refusal.headers
        status = refusal.status if refusal else 200
        if outcome.reply.ask.stream and not refusal:
            data = format.framing.join(outcome.wire.events)
            writes = _cut(b"".join(data), seed) if self.latency == 0 else data
            headers |= {
                "cache-control": "no-cache",
                "content-type": format.framing.content_type,
            }
            if self.latency:
                how.pause = how.pause or self.latency / (len(writes) + 1)
        else:
            body = encode_body(outcome.wire.body)
            headers |= {"content-type": "application/json", "content-length": str(len(body))}
            writes = [body]
            how.wait = how.wait or self.latency
        return Sent(writes, headers, how, status)


def _sending(profile: Profile, seed: str) -> tuple[Sending, tuple[str, ...]]:
    """Roll the faults of HTTP; return how the answer is sent, and those that struck."""
    how, struck = Sending(), []
    for risk in profile.http:
        if Random(f"{seed}/{risk.fault.slug}").random() < risk.p:
            risk.fault.apply(how, risk.seconds)
            struck.append(risk.fault.slug)
    return how, tuple(struck)


def _refused(question: Question, refusal: Refusal) -> Outcome:
    reply = ReplyPlan(question.ask, "refused", question.body, refusal=refusal)
    return Outcome(reply, Wire(question.format.serving.error(refusal)), ())


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


def _cut(data: bytes, seed: str) -> list[bytes]:
    """Cut a stream at any bytes, as networks do: inside events and inside characters."""
    rng = Random(seed)
    cuts = sorted(rng.randrange(len(data)) for _ in range(_WRITES - 1))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]


def _headers(said: Served) -> dict[str, str]:
    missed = "; ".join(f"{slug}: {why}" for slug, why in said.missed)
    about = {
        "x-toolfuzz-fault": ",".join(said.faults),
        "x-toolfuzz-fault-missed": missed,
        "x-toolfuzz-script": said.step,
    }
    return SIMULATOR_LABELS | {name: value for name, value in about.items() if value}


async def _models(request: Request) -> Response:
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "toolfuzz-simulator"}
        for name in profiles()
    ]
    return JSONResponse({"object": "list", "data": data}, headers=SIMULATOR_LABELS)
