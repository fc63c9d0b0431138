"""The folder in which the pages' commands are run, and what stands for all that they need.

A page speaks of runs, tools, keys, gateways, agents as its reader has them. Here are runs of
simulated endpoints, and for each thing that this machine hasn't something that stands for it.
"""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from doc_samples import HOME
from doc_shell import serving, toolfuzz
from made_internet import internet
from made_releases import make_releases

from toolfuzz import run as run_models
from toolfuzz.core.case import JsonObject
from toolfuzz.runs import monitor
from toolfuzz.runs.gateway import free_port
from toolfuzz.simulate.thread import Server, in_thread
from toolfuzz.sources.registry import endpoints

PROGRAMS = HOME / "tests/docs/programs"
KEY = "sk-key-of-a-test-0123456789"
GATEWAYS = (
    *("ccr", "codex-relay", "litellm", "llama", "llm-rosetta-gateway", "mlflow", "node"),
    *("llama-server", "vllm"),
)

# What a fence says that a reader needs, and what stands for it.
STAND_INS = {
    "a key": "the services' hosts, with TLS and a proxy before the simulated endpoint",
    "your services": "the same, with a service account and tokens that were made up",
    "your API": "a description that such a host serves",
    "MCP servers": "what they answered once (tests/data/mcp); tests/generate asks real ones",
    "a server": "a program that passes on to the simulated endpoint",
    "a gateway": "a program that passes on to what its sample's arguments and file name",
    "your agent": "a program that asks once, before the simulated endpoint; a made-up session",
    "an agent's traffic": "what was observed of nine questions to the simulated endpoint",
    "jq and DuckDB": "jq itself where it is installed; DuckDB's Python package",
    "days of portions": "an endpoint that changes, and a clock that goes by days",
    "minutes": "fewer of the same cases",
    "an engine": "made-up releases of Xinference and others (tests/engines), whatever is named",
    "a cluster": "nothing",
    "a clone": "a clone of this folder",
}


@dataclass(frozen=True)
class Here:
    """A folder with the files that the pages speak of; what stands for their names; the stand-ins.

    ``env`` is the environment of a reader who has all that a sample needs.
    """

    folder: Path
    url: str
    case: str
    port: int
    changing: Server
    env: dict[str, str]


@contextmanager
def made(folder: Path) -> Iterator[Here]:
    """Make it; while this lasts, servers answer."""
    shutil.copytree(HOME / "tests/docs/files", folder, dirs_exist_ok=True)
    shutil.copy(HOME / "schemas/data_import.json", folder / "my_tools.json")
    (folder / "bugs").mkdir()
    bug = HOME / "reports/sample-bug/object-as-json-string-1.json"
    shutil.copy(bug, folder / "bugs/x-1.json")
    shutil.copy(bug, folder / "CASE.json")
    for name in ("litellm.yaml", "llama-stack.yaml"):
        shutil.copy(HOME / "benchmarks/gateway_configs" / name, folder)
    programs(folder)
    mcp_files(folder)
    make_releases(folder)
    with (
        internet(folder) as (url, hosts),
        in_thread() as changing,
        in_thread("fault:object-as-json-string") as failing,
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            case = runs(url)
            observed(failing.url)
        env = {
            **hosts,
            **dict.fromkeys({one.key_env for one in endpoints().values() if one.key_env}, KEY),
            "AZURE_OPENAI_ENDPOINT": "https://pets.openai.azure.com",
            "GOOGLE_APPLICATION_CREDENTIALS": str(folder / "account.json"),
            "GOOGLE_CLOUD_PROJECT": "pets",
            "ANTHROPIC_VERTEX_PROJECT_ID": "pets",
            "API_TOKEN": KEY,
            "SAVED_MCP": str(HOME / "tests/data/mcp"),
            "PASSES_ON": url,
            "TOOLFUZZ_CACHE": str(folder / "cache"),
        }
        yield Here(folder, url, case, free_port(), changing, env)


def runs(url: str) -> str:
    """Make the runs that the pages read; return the id of a case that failed in RUN."""
    run = run_models("sim/glm-4.7", cases=12, stream="both", out="RUN")
    run_models("sim/claude-opus", cases=12, stream="both", out="reports/friday")
    for name in ("20261123-101500-glm-4.7", "monday", "baseline"):
        shutil.copytree("RUN", f"reports/{name}")
    for name in ("runs/one", "their-run", "reports/RUN"):
        shutil.copytree("RUN", name)
    shutil.copy("RUN/run.jsonl", "run.jsonl")
    run_models("m", base_url=url, cases=2, out="asked")
    journal = Path("asked/run.jsonl").read_text(encoding="utf-8")
    Path("their-run/run.jsonl").write_text(
        journal.replace(url, "http://198.51.100.7/v1"), encoding="utf-8"
    )
    return run.failures[0].case


def programs(folder: Path) -> None:
    """Put what stands for other people's programs where a shell, and Python, find it."""
    (folder / "bin").mkdir()
    for name in GATEWAYS:
        executable(folder / "bin" / name, "passes_on", "-IS")
    for name in ("mcp-server-fetch", "mcp-server-git", "mcp-server-time", "npx"):
        executable(folder / "bin" / name, "saved_mcp", "-IS")
    executable(folder / "bin/claude", "agent", "-IS")
    executable(folder / "bin/duckdb", "duckdb_shell", "-I")
    (folder / "sglang_router").mkdir()
    for name in ("tensorzero_http.py", "sglang_router/launch_router.py"):
        shutil.copy(PROGRAMS / "passes_on.py", folder / name)


def mcp_files(folder: Path) -> None:
    """Write the files of three editors, each with a server."""
    for place, key, name, package in (
        (".mcp.json", "mcpServers", "github", "everything"),
        (".vscode/mcp.json", "servers", "time", "memory"),
        (".cursor/mcp.json", "mcpServers", "docs", "filesystem"),
    ):
        path = folder / place
        path.parent.mkdir(exist_ok=True)
        server = {"command": "npx", "args": ["-y", f"@modelcontextprotocol/server-{package}"]}
        path.write_text(json.dumps({key: {name: server}}), encoding="utf-8")


def executable(path: Path, program: str, flags: str) -> None:
    source = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8")
    path.write_text(f"#!{sys.executable} {flags}\n{source}", encoding="utf-8")
    path.chmod(0o755)


def observed(upstream: str) -> None:
    """Observe an agent at an endpoint that sends objects as strings."""
    done = serving(f"toolfuzz observe --upstream {upstream} --out observed --port 0", {}, ask)
    assert done.exit_code == 0, done.output


def ask(url: str) -> None:
    """Ask as an agent does: one thing that fails, plain and streamed, and seven that don't."""
    config = {"anyOf": [{"type": "object"}, {"type": "null"}]}
    imports = tool("import_data", {"config": config, "batch": {"type": "integer"}})
    reads = tool("read_file", {"path": {"type": "string"}})
    failing: JsonObject = {"config": {"env": "prod"}, "batch": 3}
    with httpx.Client(base_url=url, trust_env=False) as http:
        for stream in (False, True):
            answered(http, imports, failing, stream=stream)
        for number in range(7):
            answered(http, reads, {"path": f"notes/{number}.md"}, stream=number % 2 == 1)


def tool(name: str, properties: JsonObject) -> JsonObject:
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


def answered(http: httpx.Client, tool: JsonObject, arguments: JsonObject, *, stream: bool) -> None:
    name = tool["function"]["name"]  # type: ignore[index, call-overload]
    prompt = f"Call {name} with exactly these arguments:\n```json\n{json.dumps(arguments)}\n```\n"
    body = {"model": "served", "messages": [{"role": "user", "content": prompt}], "tools": [tool]}
    reply = http.post("/chat/completions", json={**body, "stream": stream})
    assert reply.status_code == 200, reply.text


def usual_days(
    command: str, env: Mapping[str, str], made: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let days pass on which an endpoint answers well; then it changes for the worse."""

    class Clock:
        now = 1_763_856_000.0

        def time(self) -> float:
            self.now += 86_400
            return self.now

    monkeypatch.setattr(monitor, "time", Clock())
    made.changing.use("clean")
    for _ in range(2):
        done = toolfuzz(command, {**env, "TOOLFUZZ_MONITOR_BASELINE_CALLS": "40"}, "--calls", "8")
        assert done.exit_code == 0, done.output
    made.changing.use("fault:object-as-json-string@0.8")
