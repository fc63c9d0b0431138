"""Broken frames: no stream at which boto3 breaks passes, whatever broke in its frames."""

import importlib
import json
import struct
from collections.abc import Iterator
from random import Random
from typing import Any
from zlib import crc32

import pytest

from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge

FORMAT = wire_format("bedrock-converse")


@pytest.fixture(scope="module")
def clean_streams() -> Any:
    replies = importlib.import_module("format_mutants").clean_replies(FORMAT)
    return [clean for clean in replies if clean.stream]


def test_no_broken_frame_passes_where_boto3_breaks(clean_streams: Any) -> None:
    passed, count = [], 0
    for clean in clean_streams:
        frames = FORMAT.framing.join(clean.wire.events)
        assert verdict(clean, frames) == "pass"
        assert not broken(clean, frames)
        for what, changed in accidents(frames):
            count += 1
            if verdict(clean, changed) == "pass" and broken(clean, changed):
                passed.append((clean.name, what))
    assert not passed
    assert count > 400


def accidents(frames: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield what happened to a stream, and its frames afterwards."""
    random = Random(0)
    for n, frame in enumerate(frames):
        headers = struct.unpack_from(">I", frame, 4)[0]
        places = {
            "length": 3,
            "headers length": 7,
            "prelude CRC": 11,
            "header name": 14,
            "payload": 12 + headers + 2,
            "message CRC": len(frame) - 1,
        }
        for what, at in places.items():
            yield f"{what} of {n}", swap(frames, n, flipped(frame, at))
        payload = frame[12 + headers : -4]
        block = frame[12 : 12 + headers]
        yield f"no headers in {n}", swap(frames, n, framed(b"", payload))
        yield f"no payload in {n}", swap(frames, n, framed(block, b""))
        yield f"headers twice in {n}", swap(frames, n, framed(block * 2, payload))
        yield f"half the headers of {n}", swap(frames, n, framed(block[: headers // 2], payload))
        yield (
            f"half the payload of {n}",
            swap(frames, n, framed(block, payload[: len(payload) // 2])),
        )
        yield (
            f"another event than {n}",
            swap(frames, n, framed(block.replace(b"contentBlock", b"contentBlick"), payload)),
        )
        yield f"bytes between {n} and the next", [*frames[: n + 1], b"\r\n", *frames[n + 1 :]]
        cut = random.randrange(1, len(frame))
        yield f"cut off in {n}", [*frames[:n], frame[:cut]]
    yield "no frames", [json.dumps({"message": "x"}).encode()]
    yield "server-sent events", [b"data: {}\n\n" * len(frames)]


def swap(frames: list[bytes], n: int, frame: bytes) -> list[bytes]:
    return [*frames[:n], frame, *frames[n + 1 :]]


def flipped(frame: bytes, at: int) -> bytes:
    return frame[:at] + bytes([frame[at] ^ 4]) + frame[at + 1 :]


def framed(block: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    body = prelude + struct.pack(">I", crc32(prelude)) + block + payload
    return body + struct.pack(">I", crc32(body))


def attempt(frames: list[bytes]) -> Attempt:
    chunks = tuple((float(n), frame) for n, frame in enumerate(frames))
    return Attempt(0.0, 0.0, 0.0, 200, {"content-type": FORMAT.framing.content_type}, chunks)


def verdict(clean: Any, frames: list[bytes]) -> str:
    return judge(clean.case, [FORMAT.read(attempt(frames), stream=True)]).status


def broken(clean: Any, frames: list[bytes]) -> bool:
    """Whether boto3 raises or hands out other calls."""
    right = [(call.tool, call.arguments) for call in clean.case.turns[0].expect.calls]
    for client in FORMAT.clients:
        if client.stream:
            try:
                if list(client.read(attempt(frames))) != right:
                    return True
            except Exception:
                return True
    return False
