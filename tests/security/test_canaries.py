"""No command writes or prints what is secret, in whatever spelling a server sends it back."""

import asyncio
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from canaries import (
    COOKIE,
    KEY,
    OTHER,
    SECRETS,
    TENANT,
    assembled,
    content_type,
    echoing,
    leaks,
    replies,
    spoilt,
    written,
)
from click.testing import CliRunner, Result
from hostile_server import Asked, answer, serving

from toolfuzz.cli import cli
from toolfuzz.formats import format_names
from toolfuzz.report.formats import format_names as report_names

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


def toolfuzz(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="toolfuzz")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("CANARY_KEY", KEY)
    monkeypatch.setattr("toolfuzz.sources.retry._backoff", lambda state: 0.01)
    return tmp_path


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
        if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) != 0o600:
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
            await answer(writer, spoilt(asked, "said"), content_type=content_type(asked))

    mcp, flag, user, query, _ = OTHER
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
