"""No command writes or prints what is secret, in whatever spelling a server sends it back."""

import asyncio
import base64
import html
import json
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from click.testing import CliRunner, Result
from hostile_server import Asked, answer, head, served, serving

from toolfuzz.cli import cli
from toolfuzz.core.ask import Ask
from toolfuzz.formats import format_names, wire_format
from toolfuzz.formats.plan import Call
from toolfuzz.report.formats import format_names as report_names
from toolfuzz.runs.journal import read_journal
from toolfuzz.simulate import brain
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile

KEY = 'sk-CANARY/kEy+7"Qz=0VvLm'
COOKIE = "CANARYcookie/4&d<0>9x"
TENANT = "CANARYtenant{8}/2e1f"
SECRETS = (KEY, COOKIE, TENANT)
OTHER = ("CANARYmcp123456", "CANARYflag98765", "CANARYuser4455", "CANARYquery7788")
HELD = "@SECRET@"

MCP_SERVER = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") == "initialize":
        version = asked["params"]["protocolVersion"]
        about = {"name": "made", "version": "1"}
        result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": about}
    elif asked.get("method") == "tools/list":
        schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
        result = {"tools": [{"name": "made", "description": "d", "inputSchema": schema}]}
    else:
        result = None
    answer = {"result": result} if result else {"error": {"code": -32601, "message": "unknown"}}
    if "id" in asked:
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
"""


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
            await answer(writer, data, content_type=_type(asked))

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
            await answer(writer, data, content_type=_type(asked))

        return reply

    def ids(spell: Callable[[str], str]) -> Any:
        async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
            said = re.sub(
                rb'"(id|call_id|model|finish_reason|stop_reason)": ?"[^"]*"',
                rb'"\1":"@"',
                spoilt(asked, "values"),
            )
            data = said.replace(b"@SECRET@", b"x").replace(b"@", spell(secret).encode())
            await answer(writer, data, content_type=_type(asked))

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


def _type(asked: Asked) -> str:
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
            yield path, path.read_bytes().decode("utf-8", "replace")


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


def toolfuzz(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="toolfuzz")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("CANARY_KEY", KEY)
    monkeypatch.setattr("toolfuzz.sources.retry._backoff", lambda state: 0.01)
    return tmp_path


async def echoing(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send back what was sent, each time in another way; a question without tools is answered."""
    if not asked.body:
        await answer(writer, b"{}", 404)
        return
    if not asked.body.get("tools"):
        await answer(writer, spoilt(asked, "values"), content_type=_type(asked))
        return
    sent = [s for s in SECRETS if s in " ".join(asked.headers.values())]
    assert KEY in sent
    ways = list(replies(sent[asked.number % len(sent)]))
    await ways[asked.number // len(sent) % len(ways)](asked, writer)


def test_no_secret_is_written_or_printed_by_any_command(here: Path) -> None:
    said: list[tuple[str, str]] = []

    def do(*args: str | Path) -> Result:
        done = toolfuzz(*args)
        said.append((" ".join(map(str, args)), done.output))
        assert done.exit_code in (0, 1, 3), done.output
        assert "Traceback" not in done.output
        return done

    with serving(echoing) as server:
        asking = ["-m", "m", "--base-url", f"{server.url}/v1", "--key-env", "CANARY_KEY"]
        headers = ["--header", f"Cookie: session={COOKIE}; theme=dark"]
        headers += ["--header", f"X-Tenant: {TENANT}", "--secret-header", "X-Tenant"]
        asking += headers
        again = ["--trust", *headers, "--max-calls", "12"]
        asking += ["--concurrency", "4", "--timeout", "10"]
        reports = [f"--report={name}" for name in report_names()]
        do("run", *asking, "--cases", "150", "--both-streams", *reports, "--out", "run")
        do("minimize", "run", *again, "--most", "1")
        do("attribute", "run", *again, "--confirm", "--most", "1")
        do("bug", "run", "--most", "8")
        do("bug", "run", "--ask", *again, "--most", "3")
        do("bug", "run", "--most", "8", "--template", "form", "--out", "forms")
        do("report", "run", "--json")
        for failure in json.loads(do("show", "run", "--json").stdout)[:3]:
            do("show", "run", failure["case"])
        do("judge", "run/run.jsonl")
        do("judge", "run", "--out", "kept")
        do("corpus", "add", "run", "--corpus", "corpus")
        do("check", *asking, "--accept", "0.5", "--reject", "0.4", "--out", "checked")
        case = sorted((here / "corpus").glob("*.json"))[0]
        assert server.asked > len(SECRETS) * len(list(replies(KEY))), "each way was taken"
        do("replay", case, *asking, "--times", "8", "--json")
    found = [(command, leak) for command, output in said for leak in leaks(output)]
    for path, text in written(here):
        found += [(str(path.relative_to(here)), leak) for leak in leaks(text)]
        if stat.S_IMODE(path.stat().st_mode) != 0o600:
            found.append((str(path.relative_to(here)), f"mode {path.stat().st_mode:o}"))
    for journal in here.rglob("run.jsonl"):
        for text in assembled(journal):
            found += [(str(journal.relative_to(here)), leak) for leak in leaks(text)]
    assert found == []


@pytest.mark.parametrize("name", [name for name in format_names() if name != "openai-chat"])
def test_no_secret_of_other_wire_formats_is_kept(here: Path, name: str) -> None:
    with serving(echoing) as server:
        done = toolfuzz(
            *("run", "-m", "m", "--base-url", f"{server.url}/v1", "--format", name),
            *("--key-env", "CANARY_KEY", "--cases", "50", "--both-streams", "--out", "run"),
            *("--concurrency", "1", "--timeout", "10", "--report", "html", "--report", "junit"),
        )
        assert done.exit_code in (0, 3), done.output
        assert server.asked > len(list(replies(KEY)))
    found = leaks(done.output)
    for path, text in written(here):
        found += [f"{path.name}: {leak}" for leak in leaks(text)]
    for text in assembled(here / "run/run.jsonl", name):
        found += leaks(text)
    assert found == []


OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "made", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "op", "parameters": []}}},
}


def test_what_commands_and_urls_of_tools_hide_is_not_written(here: Path) -> None:
    async def tools_and_models(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if "openapi" in asked.path:
            await answer(writer, json.dumps(OPENAPI).encode(), content_type="application/json")
        else:
            await answer(writer, spoilt(asked, "said"), content_type=_type(asked))

    mcp, flag, user, query = OTHER
    (here / "server.py").write_text(MCP_SERVER)
    with serving(tools_and_models) as server:
        place = server.url.replace("http://", f"http://{user}:{user}@")
        done = toolfuzz(
            *("run", "-m", "m", "--base-url", f"{server.url}/v1", "--cases", "4"),
            *("--mcp", f"env API_TOKEN={mcp} {sys.executable} server.py --api-key {flag}"),
            *("--openapi", f"{place}/openapi.json?token={query}"),
            *("--out", "run", "--report", "html", "--report", "markdown"),
        )
        assert done.exit_code == 0, done.output
        again = toolfuzz("run", "--resume", "run", "--cases", "4")
    found = [*leaks(done.output), *leaks(again.output)]
    for path, text in written(here / "run"):
        found += [f"{path}: {leak}" for leak in leaks(text)]
    assert found == []
