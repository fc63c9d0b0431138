"""The strict upstream of a gateway's trial: it answers what the case says, not what a prompt says.

A gateway may rewrite prompts and schemas, so the question is known by a tag in it; what was asked
and answered is kept, for it is one of the two sides that are compared.
"""

import json
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.nature import SIMULATOR_LABELS
from toolfuzz.formats import WireFormat, format_names, wire_format
from toolfuzz.formats.plan import Call, Refusal
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.relay.names import new_names
from toolfuzz.judge.relay.references import dangling
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import Profile
from toolfuzz.simulate.question import BadRequestError, Question, read_question

__all__ = ["Asked", "Script", "build_upstream", "is_unable", "tag"]

_TAG = re.compile(r"\[case ([\w-]+)\]")
_CLEAN = Profile("clean", "")
_NO_CALL = "There is nothing to call."


_UNABLE = b"this simulator"


def is_unable(attempt: Attempt) -> bool:
    """Whether the upstream refused what is legal, because it can't do it itself."""
    return attempt.status == 400 and _UNABLE in attempt.body


def tag(name: str) -> str:
    """Return what a prompt must hold for its question to be known."""
    return f"[case {name}]"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that reached the upstream, and what it was answered."""

    format: str
    ask: Ask
    body: Any
    attempt: Attempt


@dataclass(slots=True)
class Script:
    """What is to be answered to whom.

    ``due`` holds a case and its turn for each tagged question, ``always`` answers what bears no
    tag, turn by turn. ``asked`` are the requests that came of a question since then, several where
    it was tried again; ``strays`` counts those whose tag is missing. ``alone`` is the question that
    is meant by those, where no other is under way.
    """

    due: dict[str, tuple[Case, int]] = field(default_factory=dict)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    strays: int = 0
    alone: str = ""
    always: Case | None = None

    def expect(self, name: str, case: Case, turn: int, *, alone: bool = False) -> None:
        """Say what a tagged question is about to ask."""
        self.due[name] = case, turn
        self.asked[name] = []
        self.alone = name if alone else ""

    def forget(self, name: str) -> None:
        """Drop a question that is done."""
        self.due.pop(name, None)
        self.asked.pop(name, None)


def build_upstream(script: Script) -> Starlette:
    """Return the upstream as an ASGI application, in every wire format."""
    routes = [
        Route(prefix + path, _route(script, format, prefix), methods=["POST"])
        for format in map(wire_format, format_names())
        for prefix in dict.fromkeys(("/v1", *format.serving.prefixes, ""))
        for path in format.serving.paths
    ]
    return Starlette(routes=[*routes, Route("/v1/models", _models), Route("/models", _models)])


def _route(script: Script, format: WireFormat, prefix: str) -> Any:
    async def handle(request: HttpRequest) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        path = request.url.path.removeprefix(prefix) + query
        return _answer(script, format, path, await request.body())

    return handle


def _answer(script: Script, format: WireFormat, path: str, body: bytes) -> Response:
    started, begin = time.time(), time.perf_counter()
    try:
        loaded = json.loads(body)
        question = read_question(format, loaded, len(body), path=path)
    except BadRequestError as error:
        question, response = None, _refused(format, Refusal(400, str(error)))
    except (ValueError, RecursionError):
        return _refused(format, Refusal(400, "the body is not JSON"))
    ask = question.ask if question else format.read_request(loaded, path=path)
    found = _TAG.findall("\n".join(message.content for message in ask.messages))
    name = found[-1] if found else script.alone
    if question is not None:
        wrong = _dangling(ask)
        due = script.due.get(name) or _by_history(script.always, ask)
        response = _refused(format, Refusal(400, wrong)) if wrong else _reply(due, question)
    if name not in script.asked:
        script.strays += 1
        return response
    ms = (time.perf_counter() - begin) * 1000
    headers = {"content-type": response.headers.get("content-type", "")}
    content = bytes(response.body)
    attempt = Attempt(started, ms, ms, response.status_code, headers, ((ms, content),))
    script.asked[name].append(Asked(format.name, ask, loaded, attempt))
    return response


def _dangling(ask: Ask) -> str:
    for tool in ask.tools:
        for difference in dangling(tool.parameters, f"tools/{tool.name}"):
            return f"{difference.where}: {difference.arrived} leads nowhere"
    return ""


def _by_history(case: Case | None, ask: Ask) -> tuple[Case, int] | None:
    return None if case is None else (case, min(len(ask.replies), len(case.turns) - 1))


def _reply(due: tuple[Case, int] | None, question: Question) -> Response:
    case, turn = due or (None, 0)
    expected = case.turns[turn].expect.calls if case else ()

    def meaning(ask: Ask) -> tuple[str, list[Call]]:
        names = new_names(case.tools_at(turn), ask.tools) if case else {}
        calls = [Call(names.get(call.tool, call.tool), call.arguments) for call in expected]
        return ("" if calls else _NO_CALL), calls

    outcome = respond(question, _CLEAN, f"{case.id if case else ''}/{turn}", meaning=meaning)
    if question.ask.stream:
        framing = question.format.framing
        return _Streamed(framing.join(outcome.wire.events), framing.content_type)
    return Response(encode_body(outcome.wire.body), 200, SIMULATOR_LABELS, "application/json")


class _Streamed(StreamingResponse):
    """Events one by one; as with real services, nobody says beforehand how long they will be."""

    def __init__(self, events: Sequence[bytes], content_type: str) -> None:
        super().__init__(_each(events), 200, SIMULATOR_LABELS, content_type)
        self.body = b"".join(events)


async def _each(events: Sequence[bytes]) -> AsyncIterator[bytes]:
    for event in events:
        yield event


def _refused(format: WireFormat, refusal: Refusal) -> Response:
    body = encode_body(format.serving.error(refusal))
    headers = SIMULATOR_LABELS | format.serving.error_headers(refusal)
    return Response(body, refusal.status, headers, "application/json")


async def _models(request: HttpRequest) -> Response:
    data: list[Mapping[str, Any]] = [{"id": "scripted", "object": "model", "owned_by": "toolfuzz"}]
    return JSONResponse({"object": "list", "data": data}, headers=SIMULATOR_LABELS)
