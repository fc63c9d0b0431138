"""Every command there is, with secrets wherever one may be given or come back: none is kept."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import click
import httpx
import needs
import pytest
from canaries import (
    COOKIE,
    KEY,
    OTHER,
    TENANT,
    assembled,
    coded,
    content_type,
    echoing,
    leaks,
    spoilt,
    written,
)
from click.testing import CliRunner
from hostile_server import Asked, answer, serving

from toolfuzz.cli import cli
from toolfuzz.report.formats import format_names

MCP, FLAG, USER, QUERY, TOOLS = OTHER
Args = tuple[object, ...]

SPEAKING = """
import os, sys
print("refused:", *sys.argv, *(v for v in os.environ.values() if "CANARY" in v), file=sys.stderr)
sys.exit(1)
"""
PETS = {"openapi": "3.1.0", "paths": {"/pets": {"get": {"operationId": "list_pets"}}}}
GATEWAY = """
import os, sys
import httpx, uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

async def passed(request):
    body = await request.json()
    known = [os.environ["API_TOKEN"], sys.argv[4], request.headers.get("x-tenant", "")]
    body["metadata"] = {"known": " ".join(known)}
    got = httpx.post(sys.argv[2] + "/chat/completions", json=body)
    text = got.text.replace("example", "".join(known))
    if request.headers.get("x-tenant") and body.get("tools"):
        seen = '"seen":"' + "|".join(known) + '","id":'
        text = text.replace('"id":', seen, 1)
    return Response(text, got.status_code, media_type=got.headers["content-type"])

app = Starlette(routes=[Route("/v1/chat/completions", passed, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
"""


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, also of groups, by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        words = (*before, name)
        if isinstance(command, click.Group):
            yield from commands(command, words)
        else:
            yield words


class Used:
    """The commands that were given, and all that they said."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server = folder, server
        self.known = set(commands(cli))
        self.given: set[tuple[str, ...]] = set()
        self.said: list[tuple[str, str]] = []

    def do(self, *args: object, codes: tuple[int, ...] = (0, 1, 3)) -> str:
        """Give a command; return what it printed."""
        words = self._words(args)
        done = CliRunner().invoke(cli, words, prog_name="toolfuzz")
        assert done.exit_code in codes, (words, done.output)
        self._heard(words, done.output)
        return done.stdout

    def refused(self, *args: object) -> None:
        """Give a command that can't be done."""
        self.do(*args, codes=(2, 4))

    def until_stopped(self, use: Callable[[str], None], *args: object) -> None:
        """Give a command that runs until Ctrl-C, and use the address that it prints."""
        words = self._words(args)
        command = [sys.executable, "-m", "toolfuzz", *words]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                assert process.stdout is not None
                said, address = "", None
                while address is None:
                    line = process.stdout.readline()
                    assert line, said
                    said += line
                    address = re.search(
                        r"http://127\.0\.0\.1:\d+\S*", line.replace(self.server, "")
                    )
                use(address[0])
                process.send_signal(signal.SIGINT)
                said += process.communicate(timeout=30)[0]
            finally:
                process.kill()
        self._heard(words, said)

    def look_at(self, address: str) -> None:
        """Read the pages of some runs, whole reports and failures as well."""
        pages = [address, f"{address}run/run", f"{address}report/run", f"{address}run/seen"]
        for url in pages:
            page = httpx.get(url, timeout=60).text
            self.said.append((url.rpartition("/")[2], page))
            for link in re.findall(r'href="(/[^"]*/failure/run[^"]*)"', page)[:3]:
                shown = httpx.get(httpx.URL(address).join(unescape(link)), timeout=60)
                assert shown.status_code == 200
                self.said.append((link, shown.text))
        assert any("/failure/run?" in what for what, _ in self.said)

    def _words(self, args: Args) -> list[str]:
        words = [str(arg) for arg in args]
        self.given |= {tuple(words[:n]) for n in (1, 2)} & self.known
        return words

    def _heard(self, words: list[str], said: str) -> None:
        assert "Traceback" not in said, (words, said)
        self.said.append((" ".join(words), said))


async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Refuse, describe tools, or send back what was sent."""
    if asked.path.startswith("/refusing"):
        message = f"Incorrect API key provided: {coded(KEY)} {KEY} {COOKIE}"
        said = json.dumps({"error": {"message": "@"}}).replace("@", message.replace('"', '\\"'))
        await answer(writer, said.encode(), 401)
    elif asked.path.startswith("/tools/of/"):
        known = asked.headers.get("authorization") == f"Bearer {TOOLS}"
        said = json.dumps(PETS if known and asked.path.endswith("pets") else dict(asked.headers))
        await answer(writer, said.encode(), 200 if known and said == json.dumps(PETS) else 403)
    elif asked.path.startswith("/tools"):
        await answer(
            writer, b'{"openapi": "3.1.0", "paths": {}}', 200 if "yes" in asked.path else 404
        )
    elif "generateContent" in asked.path or "x-observed" in asked.headers:
        body = spoilt(asked, "said").replace(b"@SECRET@", KEY.replace('"', '\\"').encode())
        await answer(writer, body, content_type=content_type(asked))
    else:
        await echoing(asked, writer)


def agent(address: str) -> None:
    """Ask as agents do: the key in headers, in the address, and in what was said before."""
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    said: list[dict[str, Any]] = [{"role": "user", "content": f"My key is {KEY}. Call f."}]
    for stream in (False, True):
        httpx.post(
            f"{address}/v1/chat/completions",
            json={"model": "m", "messages": said, "tools": tools, "stream": stream},
            headers={"authorization": f"Bearer {KEY}", "x-observed": "1"},
        )
        said += [{"role": "assistant", "content": f"Yours is {KEY}"}, said[0]]
    contents = [{"role": "user", "parts": [{"text": f"My key is {KEY}. Call f."}]}]
    declared = [{"functionDeclarations": [{"name": "f", "parameters": {"type": "object"}}]}]
    httpx.post(
        f"{address}/v1beta/models/m:generateContent",
        params={"key": KEY},
        json={"contents": contents, "tools": declared},
    )


def traffic() -> dict[str, Any]:
    """What a proxy recorded: the key in a header and in an address, in a reply and a history."""
    function = {"name": KEY, "arguments": json.dumps({KEY: KEY})}
    message = {"role": "assistant", "tool_calls": [{"id": "1", "function": function}]}
    reply = {"choices": [{"index": 0, "message": message, "finish_reason": COOKIE}]}
    said = [{"role": "user", "content": f"My key is {KEY}."}, message]
    said += [{"role": "tool", "tool_call_id": "1", "content": f"{KEY} is wrong"}]
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    request = {
        "method": "POST",
        "url": f"https://h/v1/chat/completions?key={QUERY}",
        "headers": [
            {"name": "Authorization", "value": f"Bearer {KEY}"},
            {"name": "cookie", "value": f"a={COOKIE}"},
        ],
        "postData": {"text": json.dumps({"model": "m", "messages": said, "tools": tools})},
    }
    answered = json.dumps({**reply, "id": f"{QUERY} {KEY}"})
    entries = [
        {"request": request, "response": {"status": status, "content": {"text": text}}}
        for status, text in ((200, answered), (400, json.dumps({"error": {"message": KEY}})))
    ]
    return {"log": {"entries": entries}}


def client(address: str) -> None:
    """Ask the simulator with a key, in vain and rightly."""
    for body in (
        {"model": KEY},
        {"model": "clean", "messages": [{"role": "user", "content": KEY}]},
    ):
        httpx.post(
            f"{address}/chat/completions", json=body, headers={"authorization": f"Bearer {KEY}"}
        )


def use_all(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each command at least once."""
    do, refused, server = used.do, used.refused, used.server
    headers: Args = ("--header", f"Cookie: a={COOKIE}", "--header", f"X-Tenant: {TENANT}")
    headers += ("--secret-header", "X-Tenant")
    asking: Args = ("-m", "m", *headers, "--timeout", "10")
    again: Args = ("--trust", *headers, "--max-calls", "6", "--most", "1")
    reports = [f"--report={name}" for name in format_names()]

    (used.folder / "speaking.py").write_text(SPEAKING)
    do("init")
    (used.folder / "toolfuzz.toml").write_text(
        f'[run]\nbase_url = "{server}/v1"\nkey_env = "CANARY_KEY"\nconcurrency = 1\n'
    )
    do("run", *asking, "--cases", "12", "--both-streams", *reports, "--out", "run")
    do("run", "--resume", "run", "--trust", *headers)
    do("run", *asking, "--cases", "6", "--both-streams", "--workers", "2", "--out", "shared")
    do("run", *asking, "--cases", "6", "--max-reply", "1KiB", "--out", "cut")
    refused("run", "-m", "m", "--base-url", f"{server}/refusing/v1", *headers)
    secret = server.replace("//", f"//{USER}:{USER}@")
    refused("run", "-m", "m", "--base-url", f"{secret}/v1?token={QUERY}")
    refused("run", "-m", "m", "--base-url", f"{secret.replace('http', 'htp')}/v1?token={QUERY}")
    starting: Args = ("env", f"API_TOKEN={MCP}", sys.executable, "speaking.py", "--key", FLAG)
    refused("run", "-m", "m", "--base-url", "http://127.0.0.1:9/v1", "--", *starting)
    do("report", "run", *reports)
    failed = json.loads(do("show", "run", "--json"))
    do("show", "run", failed[0]["case"])
    do("judge", "run", "--out", "judged")
    (used.folder / "traffic.har").write_text(json.dumps(traffic()))
    do("judge", "traffic.har", "--out", "recorded")
    do("minimize", "run", *again)
    do("attribute", "run", "--confirm", *again)
    do("bug", "run", "--ask", *again)
    do("corpus", "add", "run", "--corpus", "corpus")
    do("corpus", "list", "--corpus", "corpus")
    do("corpus", "run", "--corpus", "corpus", *asking)
    case = sorted((used.folder / "corpus").glob("*.json"))[0]
    do("replay", case, *asking, "--times", "3")
    do("corpus", "remove", case.stem, "--corpus", "corpus")
    do("check", *asking, "--baseline", "run", "--cases", "10", "--force", "--out", "checked")
    do("compare", "run", "checked", "--format", "md", "--out", "compared.md")
    do("pack", "judged")
    do("monitor", *asking, "--dir", "watch", *("--calls", "4", "--baseline-calls", "4"))

    mcp = f"env API_TOKEN={MCP} {sys.executable} speaking.py --api-key {FLAG}"
    for source in (mcp, mcp.removeprefix("env "), f"{mcp} '", f"{secret}/tools?token={QUERY}"):
        refused("plan", "--mcp", source)
    for path in ("no", "yes", "yes.yaml"):
        refused("plan", "--openapi", f"{secret}/tools/{path}?token={QUERY}")
    refused("plan", "--openapi", f"http://{USER}:{USER}@[::1/x?token={QUERY}")

    for name in ("FILED_KEY", "TOOLS_TOKEN"):
        monkeypatch.delenv(name, raising=False)  # so that nothing of them stays
    (used.folder / "secrets.env").write_text(f"FILED_KEY='{KEY}'\nTOOLS_TOKEN={TOOLS}\n")
    filed: Args = ("--env-file", "secrets.env")
    owned: Args = ("--tools-header", "Authorization: Bearer ${TOOLS_TOKEN}")
    owned += ("--tools-header", f"X-Key: {TOOLS}")
    tools = f"{server}/tools/of"
    run: Args = ("run", "-m", "m", "--key-env", "FILED_KEY", "--cases", "4", "--out", "filed")
    do(*filed, *run, "--openapi", f"{tools}/pets", *owned, *reports)
    do(*filed, "run", "--resume", "filed", "--trust", "--openapi", f"{tools}/pets", *owned)
    refused(*filed, "plan", "--openapi", f"{tools}/nobody", *owned)
    refused(*filed, "plan", "--mcp", f"{tools}/mcp", *owned)
    refused(*filed, "run", "-m", "m", "--base-url", f"{server}/refusing/v1")
    for name in ("FILED_KEY", "TOOLS_TOKEN"):
        monkeypatch.delenv(name)  # what is started next may say all that its environment holds

    gateway: Args = (sys.executable, "gateway.py", "{port}", "{upstream}", "--api-key", FLAG)
    (used.folder / "gateway.py").write_text(GATEWAY)
    trial: Args = ("trial", "--subject", "g", "--env", f"API_TOKEN={MCP}", "--cases", "4")
    trial += ("--max-calls", "4", "--known", "known.toml")
    (used.folder / "conf.yaml").write_text(f"api_key: {FLAG}-{FLAG}\ndb: pg://{USER}:{USER}@h/d\n")
    (used.folder / "known.toml").write_text("")
    template: Args = ("--config-template", "conf.yaml", *headers, *reports)
    do(*trial, "--out", "tried", *template, "--", *gateway)
    refused("bug", "tried")
    refused(*trial, "--", sys.executable, "speaking.py", "--api-key", FLAG)
    refused("trial", "--subject", "g", "--env", MCP, "--url", f"{secret}?token={QUERY}")

    used.until_stopped(agent, "observe", "--upstream", server, "--port", "0", "--out", "seen")
    do("bug", "seen")
    refused("observe", "--upstream", f"{secret}/v1?token={QUERY}")
    used.until_stopped(client, "serve", "--port", "0")
    used.until_stopped(used.look_at, "view", ".", "--port", "0")

    monkeypatch.setenv("PIP_INDEX_URL", f"{secret}/simple?token={QUERY}")
    do("engines", "list")
    refused("engines", "fetch", "sglang@0.5.6")
    refused("engines", "bisect", "run", "sglang", "--case", failed[0]["case"], "--offline")
    refused("engines", "sweep", "sglang", "--since", "0.5.6", "--cases", "1", "--out", "swept")
    refused("engines", "remove", "sglang@0.5.6")
    do("worlds", "prove", "--cases", "1", "--dimension", "plan")
    do("worlds", "draw", "plan")
    do("list", "models")
    do("explain", "no-call")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is also home, cache and place of temporary files."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR", "TOOLFUZZ_CACHE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("CANARY_KEY", KEY)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setattr("toolfuzz.sources.retry._backoff", lambda state: 0.01)
    return tmp_path


@needs.signals
def test_no_command_writes_or_prints_a_secret(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(reply) as server:
        used = Used(here, server.url)
        use_all(used, monkeypatch)
    assert used.given == used.known, "a command has no row here"
    inputs = {"secrets.env", "traffic.har", "speaking.py", "gateway.py", "conf.yaml"}
    found = [(command, leak) for command, said in used.said for leak in leaks(said)]
    for path, text in written(here):
        if path.name not in inputs:
            found += [(str(path.relative_to(here)), leak) for leak in leaks(text)]
    for journal in here.rglob("run.jsonl*"):
        for text in assembled(journal):
            found += [(str(journal.relative_to(here)), leak) for leak in leaks(text)]
    assert found == []
