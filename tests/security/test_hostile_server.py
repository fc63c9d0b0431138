"""Whatever a server sends, a run ends as documented, within its memory and processor time."""

import asyncio
import gzip
import json
import re
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import needs
import pytest
from hostile_server import Answer, Asked, answer, head, served, serving

from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile

MIB = 2**20
ENDLESS = 10**9
RUN = """
import atexit, sys, time
from pathlib import Path
def cost():
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM")).split()[1]
    Path("cost").write_text(f"{peak} {time.process_time()}")
atexit.register(cost)
from toolfuzz.cli import main
from toolfuzz.sources import retry
retry._backoff = lambda state: 0.02
sys.argv = ["toolfuzz", *sys.argv[1:]]
main()
"""


@dataclass(frozen=True)
class Cost:
    """What a command cost: peak MiB of memory and seconds of processor time."""

    memory: float
    seconds: float


def _small_files() -> None:
    """Let no file grow beyond what the largest journal here needs, also not in children."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * MIB, 64 * MIB))


def run(folder: Path, *args: str) -> tuple[subprocess.CompletedProcess[str], Cost]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *args],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=_small_files,
    )
    peak, seconds = (folder / "cost").read_text().split()
    return done, Cost(int(peak) / 1024, float(seconds))


def right(asked: Asked) -> bytes:
    return served(asked, respond(asked.question, check_profile("clean"), "0"))


def sending(*first: bytes, then: bytes = b"", times: int = 1, **headers: Any) -> Answer:
    """Send the pieces, then one again and again until the client hangs up."""

    async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
        kind = "text/event-stream" if asked.stream else "application/json"
        writer.write(head(**{"content_type": kind, **headers}))
        for piece in first:
            writer.write(piece)
            await writer.drain()
        for _ in range(times if then else 0):
            writer.write(then)
            await writer.drain()

    return reply


async def silence(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def reset(asked: Asked, writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(head(content_type="text/event-stream"))
    while True:
        writer.write(b": still here\n\n")
        await writer.drain()
        await asyncio.sleep(0.02)


@cache
def bomb() -> bytes:
    """256 MiB of spaces by gzip."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    pieces = [packer.compress(b" " * MIB) for _ in range(256)]
    return b"".join([*pieces, packer.flush()])


def whole(arguments: str) -> bytes:
    """A plain reply with this text of arguments."""
    function = {"name": "f", "arguments": arguments}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode()


def calls(first: int, count: int) -> bytes:
    """Events of a stream that open one call each."""
    chunk = (
        'data: {{"id":"c","object":"chat.completion.chunk","choices":[{{"index":0,"delta":'
        '{{"tool_calls":[{{"index":{0},"id":"c{0}","function":{{"name":"f","arguments":"{{}}"}}}}]'
        "}}}}]}}\n\n"
    )
    return "".join(chunk.format(n) for n in range(first, first + count)).encode()


TOO_LARGE = "BodyTooLarge: more than 16 MiB"
MOST_MEMORY = 80 + 10 * 16
"""MiB that toolfuzz takes by itself, and ten times the limit of a reply."""

# name: (what is sent, streamed, why it is unjudged or "fail", seconds)
SERVERS: dict[str, tuple[Callable[[], Answer], bool, str, float]] = {
    "gzip bomb": (lambda: sending(bomb(), content_encoding="gzip"), False, TOO_LARGE, 5),
    "gzip in gzip": (
        lambda: sending(gzip.compress(bomb()), content_encoding="gzip, gzip"),
        False,
        "EncodingError",
        5,
    ),
    "error bomb": (
        lambda: sending(bomb(), status=400, content_encoding="gzip"),
        False,
        "HTTP 400|more than 1 MiB",
        5,
    ),
    "endless body": (
        lambda: sending(b'{"id":"', then=b"x" * MIB, times=ENDLESS),
        False,
        TOO_LARGE,
        5,
    ),
    "endless lines": (
        lambda: sending(then=b"data: {}\n\n" * 5000, times=ENDLESS),
        True,
        TOO_LARGE,
        12,
    ),
    "50 MB of arguments": (lambda: sending(whole("x" * 50 * MIB)), False, TOO_LARGE, 5),
    "8 MB of broken arguments": (
        lambda: sending(whole('{"a":"' + '\\"x, True' * 800_000)),
        False,
        "fail",
        15,
    ),
    "an error of 60 MB": (
        lambda: sending(b'{"error":{"message":"', then=b"x" * MIB, times=60, status=400),
        False,
        "HTTP 400|more than 1 MiB",
        5,
    ),
    "a million calls": (
        lambda: sending(*(calls(n * 10_000, 10_000) for n in range(100))),
        True,
        TOO_LARGE,
        8,
    ),
    "brackets": (lambda: sending(b"[" * MIB), False, "fail", 5),
    "silence": (lambda: silence, False, "Timeout", 4),
    "reset": (lambda: reset, False, "ReadError|RemoteProtocolError", 4),
    "drip": (lambda: drip, True, "Timeout", 4),
}


@needs.proc
@pytest.mark.parametrize("name", SERVERS)
def test_a_run_against_a_hostile_server(name: str, tmp_path: Path) -> None:
    make, stream, expect, seconds = SERVERS[name]
    spoilt = make()

    async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
        # A plain question first: it must get through, or nothing is asked.
        if not asked.body.get("tools"):
            await answer(writer, right(asked))
        else:
            await spoilt(asked, writer)

    with serving(reply) as server:
        done, cost = run(
            tmp_path,
            *("run", "-m", "m", "--base-url", f"{server.url}/v1", "--cases", "1"),
            *("--timeout", "1.5" if expect == "Timeout" else "60", "--concurrency", "1"),
            *("--out", "run", "--quiet", "--report", "html", *(["--stream"] if stream else [])),
        )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    if expect == "fail":
        assert done.returncode == 0
        (target,) = json.loads((tmp_path / "run/summary.json").read_text())["targets"]
        assert (target["judged"], target["rate"]) == (1, 0.0)
    else:
        assert done.returncode == 4
        assert re.search(f"nothing could be judged: .*({expect})", said)
    assert cost.memory < MOST_MEMORY
    assert cost.seconds < seconds
    assert sum(file.stat().st_size for file in (tmp_path / "run").iterdir()) < 64 * MIB


NOISY = """
import json, os, sys, threading

def talk():
    try:
        while True:
            sys.stderr.write("x" * 2**20 + chr(10))
    except OSError:
        os._exit(1)  # a file that may not grow any more, or nobody who listens

threading.Thread(target=talk, daemon=True).start()
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") == "initialize":
        version = asked["params"]["protocolVersion"]
        about = {"name": "noisy", "version": "1"}
        result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": about}
    elif asked.get("method") == "tools/list":
        schema = {"type": "object", "properties": {"a": {"type": "string"}}}
        result = {"tools": [{"name": "f", "inputSchema": schema}]}
    else:
        result = None
    reply = {"result": result} if result else {"error": {"code": -32601, "message": "unknown"}}
    if "id" in asked:
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **reply}), flush=True)
"""


@needs.proc
def test_an_mcp_server_that_talks_without_end(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text(NOISY)
    command = f"{sys.executable} noisy.py"
    done, cost = run(tmp_path, "plan", "--mcp", command, "--cases", "2")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr[-500:]
    assert cost.memory < 200
    assert cost.seconds < 8
