"""A gateway's mistake in its smallest case, beside the nearest one that passes."""

import json
from pathlib import Path

import httpx
import pytest
from made_gateway import REQUEST, app
from made_trial import failing, tried
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolfuzz.core.codec import case_from_json
from toolfuzz.evidence.relay.minimal import read_minimal
from toolfuzz.evidence.tree import CaseTree
from toolfuzz.runs.reading import load_run


@pytest.mark.parametrize(
    ("mistake", "cause", "size", "title"),
    [
        ("rounded", "relay-arguments-changed:integer", 5, "an integer in arguments arrives as"),
        ("no-required", "relay-schema-dropped:required", 3, "'required' is dropped from tools'"),
        ("reversed", "relay-calls-reordered", 8, "calls reach the client in another order"),
        ("history-dropped", "relay-history-changed:lost", 12, "earlier calls"),
    ],
)
async def test_nothing_can_be_taken_from_it_and_its_neighbour_passes(
    mistake: str, cause: str, size: int, title: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    done = await tried(folder, mistake, cases=16, most_askings=300)
    assert cause in failing(done)
    one = next(one for one in read_minimal(folder) if one.cause == cause)
    assert one.reason == ""
    assert one.size <= size < one.drawn
    report = (folder / "reports" / f"{cause.replace(':', '-')}.md").read_text()
    assert title in report.splitlines()[0]
    kept = json.loads((folder / "reports" / f"{cause.replace(':', '-')}.json").read_text())
    case = case_from_json(kept)
    assert len(CaseTree(case)) == one.size
    run = load_run(folder / "minimal")
    status = {v.case_id: v.status for v in run.verdicts if v.stream == one.stream}
    assert status[one.case] == "fail"
    assert one.nearest is not None
    assert status[one.nearest] == "pass"


async def test_a_budget_ends_it_and_the_report_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    await tried(folder, "rounded", most_askings=4)
    [one] = read_minimal(folder)
    assert "--askings 4" in one.reason
    assert "--askings 4: all are made" in next(folder.glob("reports/*.md")).read_text()


def twice_wrong(http: httpx.AsyncClient, upstream: str) -> Starlette:
    """A gateway that always drops ``required``, and rounds besides."""
    inner = httpx.ASGITransport(app(http, upstream, "rounded"))

    async def chat(request: Request) -> Response:
        body = await request.json()
        REQUEST["no-required"](body)
        async with httpx.AsyncClient(transport=inner, base_url="http://inner") as client:
            answer = await client.post("/v1/chat/completions", json=body)
        kind = answer.headers["content-type"]
        return Response(answer.content, answer.status_code, media_type=kind)

    return Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])


async def test_what_is_always_wrong_leaves_a_neighbour_to_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    await tried(folder, made=twice_wrong, most_askings=300)
    found = {one.cause: one for one in read_minimal(folder)}
    one = found["relay-arguments-changed:integer"]
    assert one.besides == ["relay-schema-dropped:required"]
    assert one.nearest is not None
    report = (folder / "reports/relay-arguments-changed-integer.md").read_text()
    assert "another matter: relay-schema-dropped:required" in report
