"""A gateway on trial: what it changes is named, what it leaves alone isn't blamed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from made_trial import failing, tried
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from toolfuzz.core.errors import EndpointError
from toolfuzz.generate import draw_cases
from toolfuzz.runs.reading import load_run


async def test_a_gateway_that_changes_nothing_is_not_blamed(tmp_path: Path) -> None:
    done = await tried(tmp_path / "out", cases=16)
    assert done.causes == []
    trial = done.summary["trial"]
    [plain, streamed] = trial["paths"]
    assert plain["upstream"] == streamed["upstream"] == "openai-chat"
    assert plain["passed"] == plain["judged"] > 10
    assert trial["contradicted"] == 0


async def test_a_case_that_is_given_twice_is_asked_once(tmp_path: Path) -> None:
    case = next(iter(draw_cases(1, seed=0)))
    done = await tried(tmp_path / "out", given=[case, case, case])
    assert [path["judged"] for path in done.summary["trial"]["paths"]] == [1, 1]


@pytest.mark.parametrize(
    ("mistake", "slug"),
    [
        ("no-tools", "relay-tool-dropped"),
        ("renamed-tools", "relay-call-renamed"),
        ("no-required", "relay-schema-dropped"),
        ("choice-any", "relay-tool-choice"),
        ("history-dropped", "relay-history-changed"),
        ("results-empty", "relay-result-changed"),
        ("rounded", "relay-arguments-changed"),
        ("silent", "relay-not-forwarded"),
        ("cut-stream", "stream-no-finish"),
    ],
)
async def test_a_mistake_is_named(mistake: str, slug: str, tmp_path: Path) -> None:
    found = await tried(tmp_path / "out", mistake, cases=12)
    assert slug in {cause.slug for cause in found.causes}, failing(found)


def through(change: Callable[[Any], None], *, slow: float = 0.0) -> Any:
    """A gateway that passes chat completions on after a change of its own."""

    def made(http: httpx.AsyncClient, upstream: str) -> Starlette:
        async def chat(request: Request) -> Response:
            body = await request.json()
            change(body)
            await asyncio.sleep(slow if body.get("tools") else 0)
            answer = await http.post(f"{upstream}/chat/completions", json=body)
            return Response(
                answer.content, answer.status_code, media_type=answer.headers["content-type"]
            )

        return Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])

    return made


def beyond_recognition(body: Any) -> None:
    for message in body["messages"]:
        if message["role"] == "user":
            message["content"] = "Do what you were told."


async def test_prompts_without_their_tag_are_told_apart_one_by_one(tmp_path: Path) -> None:
    notes: list[str] = []
    done = await tried(tmp_path / "out", made=through(beyond_recognition), note=notes.append)
    assert failing(done) == ["relay-message-changed:user"]
    assert any("one question is asked at a time" in note for note in notes)


async def test_a_gateway_that_asks_somebody_else_is_no_front_door(tmp_path: Path) -> None:
    def made(http: httpx.AsyncClient, upstream: str) -> Starlette:
        async def chat(request: Request) -> Response:
            return JSONResponse({"choices": []})

        return Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])

    notes: list[str] = []
    with pytest.raises(EndpointError, match="no front door"):
        await tried(tmp_path / "out", made=made, note=notes.append)
    assert "without asking the upstream" in notes[0]


async def test_a_door_that_hangs_is_given_up_and_what_was_asked_is_kept(tmp_path: Path) -> None:
    done = await tried(
        tmp_path / "out", made=through(lambda body: None, slow=5.0), timeout=0.2, cases=40
    )
    [target] = done.summary["targets"]
    assert target["given_up"]["after"] >= 8
    assert target["unjudged"] < 20
    assert load_run(tmp_path / "out").finished is not None
