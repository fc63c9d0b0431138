"""What servers send before they hang up: the same must come of it as of httpx's own transport."""

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

ANSWERS = {
    "whole": OK,
    "nothing": b"",
    "no http": b"\x15\x03\x01\x00\x02\x02\x46",
    "half a status line": b"HTTP/1.",
    "half the headers": b"HTTP/1.1 200 OK\r\ncontent-le",
    "a status alone": b"HTTP/1.1 204 No Content\r\n\r\n",
    "to the end": b"HTTP/1.1 200 OK\r\n\r\nuntil it ends",
    "http 1.0": b"HTTP/1.0 200 OK\r\n\r\nold",
    "http 2.0": b"HTTP/2.0 200 OK\r\n\r\n",
    "no reason": b"HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx",
    "bare line feeds": b"HTTP/1.1 200 OK\ncontent-length: 1\n\nx",
    "told to go on": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + OK,
    "switched": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\nbytes",
    "too short": b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ndata: {",
    "too long": OK + b"and more",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc",
    "length and chunks": CHUNKED[:-2] + b"content-length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "chunks": CHUNKED + b"2\r\nok\r\n3;x=y\r\n!!!\r\n0\r\ntrailer: x\r\n\r\n",
    "chunks cut": CHUNKED + b"2\r\nok\r\n5\r\n!!",
    "a chunk too long": CHUNKED + b"2\r\nok!!\r\n0\r\n\r\n",
    "no chunk": CHUNKED + b"zz\r\nok\r\n",
    "no header": b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
    "folded header": b"HTTP/1.1 200 OK\r\nx-request-id: a\r\n b\r\ncontent-length: 0\r\n\r\n",
    "much header": b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 200_000 + b"\r\n\r\n",
    "latin header": b"HTTP/1.1 200 OK\r\nx-request-id: \xe4\r\ncontent-length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nlocation: /else\r\ncontent-length: 0\r\n\r\n",
    "cookie": b"HTTP/1.1 500 No\r\nset-cookie: a=b\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
}
