import struct
from itertools import pairwise
from uuid import UUID
from zlib import crc32

import pytest
from botocore import eventstream as theirs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolfuzz.formats.bedrock_converse.eventstream import Header, messages, sealed, write

_names = st.text(min_size=1, max_size=8)
_texts = st.text(max_size=12)
_headers = st.dictionaries(_names, _texts, max_size=4)
_INTEGERS = {2: "b", 3: "h", 4: "i", 5: "q", 8: "q"}


@settings(suppress_health_check=[HealthCheck.too_slow])  # drawing is slow on a busy machine
@given(st.lists(st.tuples(_headers, st.binary(max_size=50)), max_size=4))
def test_what_is_written_is_read_by_botocore_and_by_us_alike(sent):
    stream = b"".join(write(headers, payload) for headers, payload in sent)
    ours = [(m.headers, m.payload) for m in messages(stream)]
    assert ours == [(m.headers, m.payload) for m in _botocore(stream)] == sent
    assert not any(m.problems for m in messages(stream))


def test_masked_messages_are_read_by_botocore_and_what_was_wrong_stays_so():
    right = write({":event-type": "x"}, b'{"key": "sk-0123456789"}')
    wrong = right[:-1] + bytes([right[-1] ^ 1])
    stream = right + wrong + right + right[:40]
    masked = stream.replace(b"sk-0123456789", b"*" * 13)
    kept = list(messages(sealed(stream, masked)))
    assert [m.problems != () for m in kept] == [False, True, False, True]
    assert kept[0].payload == kept[2].payload == b'{"key": "*************"}'
    assert [m.payload for m in _botocore(sealed(right, masked[: len(right)]))] == [kept[0].payload]
    assert next(messages(masked)).problems, "without new checksums it would be wrong"


@st.composite
def _typed(draw: st.DrawFn) -> tuple[bytes, Header]:
    """Draw a header value of any type: its bytes on the wire, and what it means."""
    kind = draw(st.integers(0, 9))
    head = struct.pack(">B", kind)
    if kind in (0, 1):
        return head, kind == 0
    if kind in _INTEGERS:
        layout = ">" + _INTEGERS[kind]
        most = 2 ** (8 * struct.calcsize(layout) - 1)
        number = draw(st.integers(-most, most - 1))
        return head + struct.pack(layout, number), number
    if kind == 9:
        raw = draw(st.binary(min_size=16, max_size=16))
        return head + raw, UUID(bytes=raw)
    raw = draw(st.binary(max_size=50)) if kind == 6 else draw(_texts).encode()
    return head + struct.pack(">H", len(raw)) + raw, raw if kind == 6 else raw.decode()


@given(st.dictionaries(_names, _typed(), max_size=5), st.binary(max_size=50))
def test_every_type_of_header_is_read_as_botocore_reads_it(headers, payload):
    block = b"".join(
        struct.pack(">B", len(name.encode())) + name.encode() + raw
        for name, (raw, _) in headers.items()
    )
    stream = _framed(block, payload)
    (ours,) = messages(stream)
    assert ours.headers == {name: value for name, (_, value) in headers.items()}
    (his,) = _botocore(stream)
    plain = {k: v.bytes if isinstance(v, UUID) else v for k, v in ours.headers.items()}
    assert plain == his.headers
    assert ours.payload == his.payload == payload


@given(st.lists(_headers, min_size=1, max_size=3), st.data())
def test_where_botocore_raises_we_name_a_problem(sent, data):
    """One byte of a stream is changed, or the stream is cut; both decoders get the same bytes."""
    stream = bytearray(b"".join(write(headers, b'{"a":1}') for headers in sent))
    at = data.draw(st.integers(0, len(stream) - 1))
    if data.draw(st.booleans()):
        stream[at] ^= data.draw(st.integers(1, 255))
    else:
        del stream[at:]
    problems = [p for m in messages(bytes(stream)) for p in m.problems]
    try:
        found = _botocore(bytes(stream))
    except (theirs.ParserError, struct.error, KeyError, UnicodeDecodeError):
        assert problems
    else:
        # It says nothing of a message that was cut off; it waits for the rest.
        assert [m.headers for m in messages(bytes(stream)) if m.whole] == [m.headers for m in found]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise_and_none_are_lost(data):
    read = list(messages(data))
    assert b"".join(data[m.at : n.at] for m, n in pairwise(read)) == (
        data[: read[-1].at] if read else b""
    )
    assert all(m.whole or m.problems for m in read)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda s: s[:-1], "cut off: 31 of 32 bytes"),
        (lambda s: s[:7], "7 bytes at the end are no message"),
        (lambda s: _patched(s, 8), "CRC of the prelude"),
        (lambda s: _patched(s, 20), "CRC of the message"),
        (lambda s: _patched(s, 31), "CRC of the message"),
        (lambda s: b"\x00\x00\x00\x10\x00\x00\x00\x08" + s[8:], "lengths that can't be"),
        (lambda s: b"\x7f\xff\xff\xff" + s[4:], "longer than allowed"),
        (lambda s: b'data: {"messageStart":{}}\n\n', "longer than allowed"),
    ],
)
def test_a_broken_frame_is_named(change, problem):
    stream = write({"a": "b"}, b"0123456789")
    problems = [p for m in messages(change(stream)) for p in m.problems]
    assert any(problem in p for p in problems), problems


def test_a_wrong_crc_is_named_and_the_message_read_all_the_same():
    first, second = write({"a": "b"}, b"x"), write({"c": "d"}, b"y")
    read = list(messages(_patched(first, len(first) - 1) + second))
    assert [(m.headers, m.payload) for m in read] == [({"a": "b"}, b"x"), ({"c": "d"}, b"y")]
    assert [len(m.problems) for m in read] == [1, 0]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (b"\x01a\x07\x00\x01b" * 2, "'a' comes twice"),
        (b"\x01a\x0b", "no header type 11"),
        (b"\x01a\x07\x00\x09b", "9 bytes were announced"),
        (b"\x09a", "9 bytes were announced"),
        (b"\x01a", "out of range"),
        (b"\x01a\x04\x00", "unpack_from requires"),
        (b"\x01\xff\x00", "can't decode"),
    ],
)
def test_a_broken_header_is_named_and_the_payload_read(block, problem):
    (read,) = messages(_framed(block, b"payload"))
    assert read.payload == b"payload"
    assert any(problem in p for p in read.problems), read.problems


def test_reading_many_messages_does_not_copy_the_rest_for_each():
    stream = write({":event-type": "contentBlockDelta"}, b"{}" * 200) * 100_000
    assert sum(1 for _ in messages(stream)) == 100_000


def _botocore(stream: bytes) -> list[theirs.EventStreamMessage]:
    buffer = theirs.EventStreamBuffer()
    buffer.add_data(stream)
    return list(buffer)


def _framed(block: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    body = prelude + struct.pack(">I", crc32(prelude)) + block + payload
    return body + struct.pack(">I", crc32(body))


def _patched(stream: bytes, at: int) -> bytes:
    return stream[:at] + bytes([stream[at] ^ 1]) + stream[at + 1 :]
