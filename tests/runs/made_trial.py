"""The made-up gateway and its trial in one process: nothing is started, all of it is real HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from made_gateway import app
from starlette.applications import Starlette

from toolfuzz.evidence.relay.trial import Tried, try_gateway
from toolfuzz.runs.gateway import free_port
from toolfuzz.runs.trial import Trial
from toolfuzz.simulate.service import serving


async def tried(
    folder: Path,
    mistake: str = "",
    *,
    made: Callable[[httpx.AsyncClient, str], Starlette] | None = None,
    most_askings: int = 0,
    **given: Any,
) -> Tried:
    """Put the gateway on trial; ``made`` makes another one of its upstream's base URL."""
    port = free_port()
    upstream = f"http://127.0.0.1:{port}/v1"
    async with httpx.AsyncClient(timeout=60) as http:
        gateway = made(http, upstream) if made else app(http, upstream, mistake)
        async with serving(gateway) as url:
            trial = Trial(**{
                "subject": "made 1.0", "fronts": ("openai-chat",), "url": url, "cases": 8,
                "upstream_port": port, "out": folder, **given,
            })  # fmt: skip
            return await try_gateway(trial, most_askings=most_askings)


def failing(tried: Tried) -> list[str]:
    """The names of the causes that fail."""
    return [cause.name for cause in tried.causes if cause.severity == "error"]
