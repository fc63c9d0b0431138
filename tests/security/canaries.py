"""Secrets, every way in which a server may send them back, and the search for them."""

import asyncio
import base64
import html
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow.parquet
from hostile_server import Asked, answer, head, served

from toolfuzz.core.ask import Ask
from toolfuzz.formats import wire_format
from toolfuzz.formats.plan import Call
from toolfuzz.runs.reading import read_journal
from toolfuzz.simulate import brain
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile

KEY = 'sk-CANARY/kEy+7"Qz=0VvLm'
COOKIE = "CANARYcookie/4&d<0>9x"
TENANT = "CANARYtenant{8}/2e1f"
SECRETS = (KEY, COOKIE, TENANT)
OTHER = (
    "CANARYmcp123456",
    "CANARYflag98765",
    "CANARYuser4455",
    "CANARYquery7788",
    "CANARYtools2468",
)
HELD = "@SECRET@"


def plain(text: str) -> str:
    """As the inside of a JSON string."""
    return json.dumps(text)[1:-1]


def slashed(text: str) -> str:
    return plain(text).replace("/", "\\/")


def coded(text: str) -> str:
    return "".join(f"\\u{ord(c):04X}" for c in text)


SPELLED: dict[str, Callable[[str], str]] = {
    "plain": plain,
    "slashed": slashed,
    "coded": coded,
    "nested": lambda text: plain(plain(text)),
    "slashed inside": lambda text: plain(slashed(text)),
    "coded inside": lambda text: plain(coded(text)),
    "coded twice": lambda text: coded(coded(text)),
    "thrice": lambda text: plain(plain(plain(text))),
    "percent": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(f"Bearer {text}".encode()).decode(),
    "behind much": lambda text: "x" * 285 + plain(text),
}


def meaning(change: Callable[[Call], None], said: str = "") -> Callable[[Ask], Any]:
    """The right answer, changed."""

    def means(ask: Ask) -> tuple[str, list[Call]]:
        text, calls = brain.answer(ask)
        for call in calls:
            change(call)
        return said or text, calls

    return means


def in_values(call: Call) -> None:
    name = next(iter(call.arguments), "a")
    call.arguments[name] = HELD


def in_keys(call: Call) -> None:
    call.arguments[HELD] = 1


def in_name(call: Call) -> None:
    call.name = HELD


def in_text_only(call: Call) -> None:
    call.raw = '{"a": "' + HELD


MEANT = {
    "values": meaning(in_values),
    "keys": meaning(in_keys),
    "name": meaning(in_name),
    "broken text": meaning(in_text_only),
    "said": meaning(lambda call: None, f"The key is {HELD}, is it?"),
}


def spoilt(asked: Asked, how: str) -> bytes:
    """A reply with the placeholder in it; streams are cut into many events."""
    outcome = respond(asked.question, check_profile("clean"), "0", meaning=MEANT[how])
    return served(asked, outcome)


def replies(secret: str) -> Iterator[Callable[[Asked, asyncio.StreamWriter], Any]]:
    """Every way in which a server may send the secret back."""

    def body(how: str, spell: Callable[[str], str]) -> Any:
        async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
            data = spoilt(asked, how).replace(HELD.encode(), spell(secret).encode())
            await answer(writer, data, content_type=content_type(asked))

        return reply

    def split(how: str) -> Any:
        """Cut into the events of a stream by the server itself."""

        async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
            def means(ask: Ask) -> Any:
                text, calls = MEANT[how](ask)
                said = json.loads(
                    json.dumps([c.arguments for c in calls]).replace(HELD, plain(secret))
                )
                for call, arguments in zip(calls, said, strict=True):
                    call.arguments = arguments
                return text.replace(HELD, secret), calls

            outcome = respond(asked.question, check_profile("clean"), "0", meaning=means)
            data = served(asked, outcome)
            await answer(writer, data, content_type=content_type(asked))

        return reply

    def ids(spell: Callable[[str], str]) -> Any:
        async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
            said = re.sub(
                rb'"(id|call_id|model|finish_reason|stop_reason)": ?"[^"]*"',
                rb'"\1":"@"',
                spoilt(asked, "values"),
            )
            data = said.replace(b"@SECRET@", b"x").replace(b"@", spell(secret).encode())
            await answer(writer, data, content_type=content_type(asked))

        return reply

    def error(status: int, spell: Callable[[str], str]) -> Any:
        async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
            message = f"Incorrect API key provided: {spell(secret)} (tools[0].function.name)"
            await answer(writer, f'{{"error":{{"message":"{message}"}}}}'.encode(), status)

        return reply

    def raw(data: bytes) -> Any:
        async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
            writer.write(data)
            await writer.drain()

        return reply

    for spell in SPELLED.values():
        for how in MEANT:
            yield body(how, spell)
        yield ids(spell)
        yield error(400, spell)
    yield error(500, SPELLED["coded twice"])
    yield error(200, plain)
    for how in ("values", "keys", "said"):
        yield split(how)
    location = f"http://127.0.0.1:9/v1?key={quote(secret)}&again={secret}"
    yield raw(head(307, 0, location=location))
    yield raw(head(200, 2, x_request_id=secret, server=secret, via=secret) + b"{}")
    yield raw(head(400, 2, content_encoding=secret) + b"{}")
    yield raw(head(200, 2, content_encoding=secret) + b"{}")
    yield raw(head(200, 2, retry_after=secret) + b"{}")
    yield raw(f"HTTP/1.1 {secret}\r\n\r\n".encode())
    yield raw(f"HTTP/1.1 200 X\r\n{secret}\r\n\r\n".encode())
    yield raw(head(200, 500) + secret.encode())
    yield raw(head(200, 500) + coded(secret).encode()[:-9])
    yield raw(head(200, 60) + b"\xff\xfe" + secret.encode() * 4)


def content_type(asked: Asked) -> str:
    return asked.format.framing.content_type if asked.stream else "application/json"


def undone(text: str) -> Iterator[str]:
    """The text, and what is left of it when JSON's, URLs' and HTML's escapes are undone."""
    for _ in range(6):
        yield text
        before = text
        text = re.sub(r"\\*[uU]([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
        text = html.unescape(unquote(text)).replace("\\", "")
        if text == before:
            return


def in_base64(text: str) -> Iterator[str]:
    """What stands of it in the base64 of a longer text, without the ends."""
    for before in ("", "x", "xy"):
        yield base64.b64encode((before + text).encode()).decode()[4:-4]


def leaks(text: str) -> list[str]:
    """The secrets, or twelve characters of one, that stand in a text."""
    found = []
    for known in undone(text):
        for secret in (*SECRETS, *OTHER):
            bare = secret.replace("\\", "")
            parts = [bare[n : n + 12] for n in range(len(bare) - 11)] or [bare]
            hit = next((part for part in parts if part in known), None)
            hit = hit or next((code for code in in_base64(secret) if code in known), None)
            if hit:
                at = known.index(hit)
                found.append(f"{secret}: …{known[max(0, at - 80) : at + 40]}")
    return found


def written(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, _text(path.read_bytes())


def _text(data: bytes) -> str:
    if data[:4] == b"PAR1":
        return str(pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist())
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return pyarrow.CompressedInputStream(io.BytesIO(data), "zstd").read().decode()
    return data.decode("utf-8", "replace")


def assembled(journal: Path, name: str = "openai-chat") -> Iterator[str]:
    """What the kept bytes say to a client: also over the events of a stream, also as base64."""
    format = wire_format(name)
    for event in read_journal(journal):
        exchange = getattr(event, "exchange", None)
        for attempt in exchange.attempts if exchange else ():
            yield attempt.body.decode("utf-8", "replace")
            reply = format.read(attempt, stream=exchange.stream)
            yield reply.text
            yield "".join(str(f.arguments) for f in reply.fragments)
            yield "".join(str(call.arguments_raw) for call in reply.calls)


async def echoing(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send back what was sent, each time in another way; a question without tools is answered."""
    if not asked.body:
        await answer(writer, b"{}", 404)
        return
    if not asked.body.get("tools"):
        await answer(writer, spoilt(asked, "values"), content_type=content_type(asked))
        return
    sent = [s for s in SECRETS if s in " ".join(asked.headers.values())]
    assert KEY in sent
    ways = list(replies(sent[asked.number % len(sent)]))
    await ways[asked.number // len(sent) % len(ways)](asked, writer)
