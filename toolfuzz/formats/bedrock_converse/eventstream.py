"""The AWS event stream: binary messages from bytes, and bytes from messages.

A message is a prelude (total length, headers length, CRC-32 of these 8 bytes), headers, a payload
and the CRC-32 of all before it; integers are big-endian.
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zlib import crc32

__all__ = ["Header", "StreamMessage", "messages", "sealed", "write"]

Header = bool | int | bytes | str | UUID

_PRELUDE = 12
_CRC = 4
# What AWS's own clients accept; a length beyond it is refused before anything is read.
_MOST_HEADERS = 128 * 2**10
_MOST_PAYLOAD = 24 * 2**20
_INTEGERS = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}
_STRING = 7


class StreamMessage(NamedTuple):
    """One message as it stands in the stream.

    ``at`` is the offset of its first byte. ``problems`` say what is wrong with its frame, each as
    a client of AWS would trip over it; headers and payload are what could be read all the same.
    ``whole`` is False for the bytes at the end from which no message can be read.
    """

    at: int
    headers: Mapping[str, Header]
    payload: bytes
    problems: tuple[str, ...] = ()
    whole: bool = True

    def text(self, header: str) -> str:
        """Return a header that must be text; "" when it is absent or no text."""
        value = self.headers.get(header)
        return value if isinstance(value, str) else ""


def messages(data: bytes) -> Iterator[StreamMessage]:
    """Yield the messages of a stream; never raises, and linear in its size.

    A wrong CRC is named and the message read on. Where lengths make no sense nobody can say where
    the next message begins: the rest is one message that isn't whole.
    """
    at = 0
    while at < len(data):
        message, size = _message(data, at)
        yield message
        at += size


def sealed(body: bytes, masked: bytes) -> bytes:
    """Return ``masked``, the same bytes as ``body`` but for some, with its checksums right again.

    Only those that were right in ``body``: a wrong one stays wrong.
    """
    result = bytearray(masked)
    for message in messages(body):
        if not message.whole or message.problems:
            continue
        end = message.at + struct.unpack_from(">I", body, message.at)[0] - _CRC
        struct.pack_into(">I", result, end, crc32(masked[message.at : end]))
    return bytes(result)


def write(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return one message. Its headers are strings, the only kind that model services send."""
    block = b"".join(_header(name, value) for name, value in headers.items())
    size = _PRELUDE + len(block) + len(payload) + _CRC
    prelude = struct.pack(">II", size, len(block))
    body = prelude + struct.pack(">I", crc32(prelude)) + block + payload
    return body + struct.pack(">I", crc32(body))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack(">B", len(key)) + key + struct.pack(">BH", _STRING, len(text)) + text


def _message(data: bytes, at: int) -> tuple[StreamMessage, int]:
    left = len(data) - at
    if left < _PRELUDE:
        return _rest(data, at, f"{left} bytes at the end are no message")
    size, headers_size, said = struct.unpack_from(">III", data, at)
    problems = list[str]()
    if crc32(data[at : at + 8]) != said:
        problems.append("the CRC of the prelude is wrong")
    payload_size = size - headers_size - _PRELUDE - _CRC
    if payload_size < 0:
        return _rest(data, at, *problems, f"lengths that can't be: {headers_size} of {size} bytes")
    if headers_size > _MOST_HEADERS or payload_size > _MOST_PAYLOAD:
        return _rest(data, at, *problems, f"a message of {size} bytes is longer than allowed")
    if size > left:
        return _rest(data, at, *problems, f"the last message is cut off: {left} of {size} bytes")
    end = at + size - _CRC
    if crc32(data[at:end]) != struct.unpack_from(">I", data, end)[0]:
        problems.append("the CRC of the message is wrong")
    start = at + _PRELUDE
    headers, wrong = _headers(data[start : start + headers_size])
    payload = data[start + headers_size : end]
    return StreamMessage(at, headers, payload, (*problems, *wrong)), size


def _rest(data: bytes, at: int, *problems: str) -> tuple[StreamMessage, int]:
    return StreamMessage(at, {}, data[at:], problems, whole=False), len(data) - at


@lru_cache(maxsize=64)  # the deltas of a stream all have the same
def _headers(block: bytes) -> tuple[Mapping[str, Header], tuple[str, ...]]:
    """Read a headers block up to its first fault; return what is wrong, too."""
    headers: dict[str, Header] = {}
    problems = list[str]()
    at = 0
    while at < len(block):
        try:
            name, value, at = _read_header(block, at)
        except (ValueError, struct.error, IndexError) as error:
            problems.append(f"a header that can't be read: {error}")
            break
        if name in headers:
            problems.append(f"the header {name!r} comes twice")
        headers[name] = value
    return headers, tuple(problems)


def _read_header(block: bytes, at: int) -> tuple[str, Header, int]:
    """Return (name, value, where the next one begins)."""
    name, at = _bytes(block, at + 1, block[at])
    kind, at = block[at], at + 1
    value: Header
    if kind in (0, 1):
        value = kind == 0
    elif kind in _INTEGERS:
        layout = _INTEGERS[kind]
        (value,) = struct.unpack_from(layout, block, at)
        at += struct.calcsize(layout)
    elif kind in (6, _STRING):
        raw, at = _bytes(block, at + 2, struct.unpack_from(">H", block, at)[0])
        value = raw.decode() if kind == _STRING else raw
    elif kind == 9:
        raw, at = _bytes(block, at, 16)
        value = UUID(bytes=raw)
    else:
        raise ValueError(f"no header type {kind}")
    return name.decode(), value, at


def _bytes(block: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(block):
        raise ValueError(f"{size} bytes were announced, {len(block) - at} are left")
    return block[at : at + size], at + size
