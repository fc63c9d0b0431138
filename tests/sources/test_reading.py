"""What is read without h11 is read as h11 alone reads it, however it comes and whatever it is."""

import random

import h11
import httpx
import pytest
from made_answers import ANSWERS, CHUNKED, OK

from toolfuzz.sources.pipe import Pipe
from toolfuzz.sources.reading import MOST_HEADERS, Reading

LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\nX-A: b\r\nx-a:c\t\r\n\r\n" + b"0123456789" * 4
STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"7\r\ndata: 1\r\n00A\r\ndata: 2\n\n \r\n1\r\nx\r\n0\r\n\r\n"
)
TAKEN = {**ANSWERS, "long": LONG, "stream": STREAM}
del TAKEN["much header"]


def asked():
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADERS)
    length = (b"content-length", b"0")
    http.send(h11.Request(method=b"POST", target=b"/", headers=[(b"host", b"h"), length]))
    http.send(h11.EndOfMessage())
    return http


async def ours(pieces):
    pipe = Pipe()
    for piece in pieces:
        pipe.data_received(piece)
    pipe.connection_lost(None)
    reading, came, head = Reading(pipe, asked), [], ()
    try:
        status, headers, body = await reading.answer()
        head = (status, dict(headers))
        async for piece in body:
            came.append(piece)
    except httpx.RemoteProtocolError as error:
        return head, came, str(error), False
    # The end of the connection aside, everything was read.
    return head, came, None, reading.again and not pipe._came


def by_h11(pieces):
    http, left, came, head = asked(), [*pieces, b""], [], ()

    def event():
        while (found := http.next_event()) is h11.NEED_DATA:
            piece = left.pop(0) if len(left) > 1 else b""
            if not piece and http.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("Server disconnected without sending a response.")
            http.receive_data(piece)
        return found

    try:
        while not head:
            found = event()
            if isinstance(found, h11.Response) or found.status_code == 101:
                head = (found.status_code, dict(httpx.Headers(found.headers.raw_items())))
        while isinstance(found := event(), h11.Data):
            came.append(bytes(found.data))
    except h11.RemoteProtocolError as error:
        return head, came, str(error), False
    through = http.our_state is h11.DONE and http.their_state is h11.DONE
    return head, came, None, through and not http.trailing_data[0] and len(left) == 1


async def agree(pieces):
    pieces = [piece for piece in pieces if piece]
    read = await ours(pieces)
    assert read == by_h11(pieces), pieces
    return read


@pytest.mark.parametrize("name", TAKEN)
async def test_wherever_it_is_cut(name):
    answer = TAKEN[name]
    for at in range(len(answer)):
        await agree([answer[:at], answer[at:]])
        await agree([answer[:at]])


@pytest.mark.parametrize("answer", [OK, LONG, STREAM], ids=["short", "long", "stream"])
async def test_in_any_pieces(answer):
    chance, head = random.Random(0), answer.index(b"\r\n\r\n") + 4
    for _ in range(150):
        cuts = sorted(chance.choices(range(head, len(answer) + 1), k=chance.randint(1, 12)))
        ends = [*cuts, len(answer)]
        pieces = [answer[a:b] for a, b in zip([0, *cuts], ends, strict=True)]
        (status, _), came, error, again = await agree(pieces)
        assert (status, error, again) == (200, None, True) and came


@pytest.mark.parametrize(
    "answer",
    [LONG, STREAM, OK + OK, CHUNKED + b"2\r\nok\r\n0\r\n\r\n"],
    ids=["long", "stream", "two", "chunks"],
)
async def test_whatever_is_changed_in_it(answer):
    chance = random.Random(1)
    odd = [b"", b"\r", b"\n", b"\r\n", b"\0", b"0", b"1", b";", b" ", b"\xe4", b"A", b",", b":"]
    read = []
    for _ in range(400):
        at = chance.randrange(len(answer))
        changed = answer[:at] + chance.choice(odd) + answer[at + chance.randint(0, 2) :]
        cut = chance.choice([0, chance.randrange(len(changed))])
        read.append(await agree([changed[:cut], changed[cut:]]))
    assert any(error for _, _, error, _ in read) and any(again for _, _, _, again in read)


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 2, 2",
        b"content-length: 2\r\ncontent-length: 2",
        b"content-length: +2",
        b"content-length: 0000000000000000000002",
        b"content-length: ",
        b"transfer-encoding: gzip, chunked",
        b"transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        b"transfer-encoding : chunked",
        b" content-length: 2",
        b"connection: close\r\ncontent-length: 2",
        b"x: \x01\r\ncontent-length: 2",
    ],
)
@pytest.mark.parametrize(
    "status", [b"200 OK", b"204 No Content", b"304 x", b"200", b"199 x", b"999 "]
)
async def test_with_any_head(head, status):
    await agree([b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n\r\nok"])
    await agree([b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n\r\n2\r\nok\r\n0\r\n\r\n"])
