import asyncio
import io

import pytest

from toolfuzz.system.frames import framed, next_frame, read_frame

SENT = [("do", 1), None, {"a": b"\x00" * 70_000}]


def test_what_is_sent_comes() -> None:
    source = io.BytesIO(b"".join(map(framed, SENT)))
    assert [read_frame(source) for _ in SENT] == SENT


async def test_what_is_sent_comes_to_a_reader_and_then_its_end() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"".join(map(framed, SENT)) + framed("cut off")[:-1])
    reader.feed_eof()
    assert [await next_frame(reader) for _ in SENT] == SENT
    with pytest.raises(asyncio.IncompleteReadError):
        await next_frame(reader)
