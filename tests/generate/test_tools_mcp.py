import asyncio
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools import load, load_mcp

SAVED = Path(__file__).parents[1] / "data" / "mcp"
BIN = Path(sys.executable).parent

SERVER = """
import json, sys, time
def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
def tool(n):
    return {"name": f"tool_{n}", "description": "d", "inputSchema": {"type": "object"}}
for line in sys.stdin:
    request = json.loads(line)
    method, id = request.get("method"), request.get("id")
    if method == "initialize":
        send({"id": id, "result": {
            "protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
            "serverInfo": {"name": "fake\\u001b[31m server", "version": "1"}}})
    elif method == "tools/list":
        cursor = int((request.get("params") or {}).get("cursor") or 0)
        LIST
    elif method == "tools/call":
        open("called", "w").write(line)
    elif id is not None:
        send({"id": id, "error": {"code": -32601, "message": "no such method"}})
"""
PAGES = """
        page = {"tools": [tool(n) for n in range(cursor, cursor + SIZE)]}
        if cursor + SIZE < TOTAL:
            page["nextCursor"] = str(cursor + SIZE)
        send({"id": id, "result": page})
"""


def server(tmp_path, listing):
    script = tmp_path / "server.py"
    script.write_text(SERVER.replace("        LIST", listing.strip("\n")), encoding="utf-8")
    return f"'{sys.executable}' '{script}'"


def paged(tmp_path, *, size, total):
    return server(tmp_path, PAGES.replace("SIZE", str(size)).replace("TOTAL", str(total)))


def test_a_real_server_lists_what_was_saved():
    found = load_mcp(f"'{BIN}/mcp-server-time' --local-timezone UTC")
    saved = load(str(SAVED / "time.json"))
    assert found.origin == "tools:mcp:mcp-time"
    assert [t.name for t in found.tools] == [t.name for t in saved.tools]
    assert found.tools[0].parameters["type"] == "object"


def test_all_pages_are_read_and_nothing_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load_mcp(paged(tmp_path, size=7, total=20))
    assert [t.name for t in found.tools] == [f"tool_{n}" for n in range(21)]
    assert found.origin == "tools:mcp:fake [31m server", "escape sequences don't get through"
    assert not (tmp_path / "called").exists()


async def test_it_works_inside_a_running_event_loop(tmp_path):
    assert load_mcp(paged(tmp_path, size=2, total=2)).tools


def test_a_thousand_tools_are_refused(tmp_path):
    with pytest.raises(UsageError, match="more than 500 tools"):
        load_mcp(paged(tmp_path, size=1000, total=1000))


def test_pages_without_end_are_refused(tmp_path):
    with pytest.raises(UsageError, match="more than 500 tools"):
        load_mcp(paged(tmp_path, size=50, total=10**9))


def test_empty_pages_without_end_are_stopped_in_time(tmp_path):
    listing = '        send({"id": id, "result": {"tools": [], "nextCursor": "1"}})'
    with pytest.raises(UsageError, match="no list of tools within 1 s"):
        load_mcp(server(tmp_path, listing), timeout=1)


FAILURES = {
    "crashes at once": ("import sys; sys.exit('no config found')", "no config found"),
    "hangs": ("import time; time.sleep(60)", "no list of tools within 1 s"),
    "prints garbage": (
        "import time\nwhile True: print('Welcome!', flush=True); time.sleep(0.01)",
        "not JSON-RPC",
    ),
    "floods": ("while True: print('Welcome!', flush=True)", "line after line"),
    "answers nonsense": (
        "import sys\nfor line in sys.stdin: print('[1, 2]', flush=True)",
        "no list of tools within 1 s",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_broken_servers_get_one_line(name, tmp_path):
    source, words = FAILURES[name]
    script = tmp_path / "server.py"
    script.write_text(source, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_mcp(f"'{sys.executable}' '{script}' --token s3cret", timeout=1)
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert "s3cret" not in caught.value.message


LISTINGS = {
    "an error": ('send({"id": id, "error": {"code": -1, "message": "not today"}})', "not today"),
    "no tools": ('send({"id": id, "result": {"tools": []}})', "lists no tools"),
    "tools of the wrong type": ('send({"id": id, "result": {"tools": 3}})', "MCP server"),
    "a crash while listing": ('sys.exit("out of memory")', "out of memory"),
    "a list that MCP doesn't allow": (
        'send({"id": id, "result": {"tools": [{**tool(1), "inputSchema": {"type": "obj"}}]}})',
        "tools.0.inputSchema.type",
    ),
    "only invalid schemas": (
        'bad = {"type": "object", "properties": {"x": {"type": "strin"}}}; '
        'send({"id": id, "result": {"tools": [{**tool(1), "inputSchema": bad}]}})',
        "tool_1 at /properties/x/type",
    ),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_bad_lists_get_one_line(name, tmp_path):
    listing, words = LISTINGS[name]
    with pytest.raises(UsageError) as caught:
        load_mcp(server(tmp_path, f"        {listing}"), timeout=5)
    assert words in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("no-such-program-anywhere", "can't be started"),
        ("'unbalanced", "No closing quotation"),
        ("", "empty"),
        ("http://user:s3cret@127.0.0.1:9/mcp?key=s3cret", "MCP server http://127.0.0.1:9/mcp"),
    ],
)
def test_bad_specs_get_one_line(spec, words):
    with pytest.raises(UsageError) as caught:
        load_mcp(spec, timeout=5)
    assert words in caught.value.message
    assert "s3cret" not in caught.value.message


def test_without_the_sdk_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(UsageError) as caught:
        load_mcp("anything")
    assert caught.value.hint == "pip install 'toolfuzz[mcp]'"


@pytest.fixture
def http_server():
    """A server of the SDK's own, on streamable HTTP."""
    import uvicorn
    from mcp.server import MCPServer

    app = MCPServer("over http")

    @app.tool()
    def add(a: int, b: int = 1) -> int:
        """Add two numbers."""
        raise AssertionError("must never be called")

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app.streamable_http_app(), log_level="critical")
        running = uvicorn.Server(config)
        thread = threading.Thread(
            target=lambda: asyncio.run(running.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        running.should_exit = True
        thread.join(10)


def test_streamable_http(http_server):
    found = load_mcp(http_server)
    assert found.origin == "tools:mcp:over http"
    (tool,) = found.tools
    assert (tool.name, tool.description) == ("add", "Add two numbers.")
    assert tool.parameters["required"] == ["a"]
