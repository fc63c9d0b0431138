"""Tools from wherever a user has them, through the command line, over real HTTP and stdio."""

import asyncio
import json
import os
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner, Result
from fastapi import FastAPI
from pydantic import BaseModel, Field

from toolfuzz.cli import cli
from toolfuzz.generate import feature_names, probe_names
from toolfuzz.generate.tools import load

SAVED = Path(__file__).parents[1] / "data" / "mcp"
BIN = Path(sys.executable).parent

MODULE = '''
from pydantic import BaseModel


class Address(BaseModel):
    street: str
    lines: list[str] = []


def ship(address: Address, express: bool = False, weight: float | None = None) -> None:
    """Ship an order."""
    raise AssertionError("must never be called")


TOOLS = [ship, Address]
'''


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [n for n in os.environ if n.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = (folder / "run.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for line in lines if (event := json.loads(line))["event"] == kind]


def asked(*args: str) -> list[dict[str, Any]]:
    """Ask sim/clean in both stream modes, see that nothing is found, and return the cases."""
    done = toolfuzz_("run", "-m", "sim/clean", "--both-streams", "--out", "run", "--json", *args)
    assert done.exit_code == 0, done.output
    (target,) = json.loads(done.stdout)["targets"]
    cases = events(Path("run"), "case-drawn")
    assert (target["rate"], target["defects"]) == (1.0, {})
    verdicts = events(Path("run"), "verdict-reached")
    assert len(verdicts) == 2 * len(cases)
    assert all(v["status"] == "pass" and not v["findings"] for v in verdicts)
    return cases


def called(cases: list[dict[str, Any]]) -> set[str]:
    return {
        call["tool"] for case in cases for turn in case["turns"] for call in turn["expect"]["calls"]
    }


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The URL of a small FastAPI app's own description."""

    class Size(StrEnum):
        small = "small"
        large = "large"

    class Part(BaseModel):
        label: str = Field(pattern="^[A-Z]{2}-[0-9]+$")
        parts: list["Part"] = []

    class Order(BaseModel):
        item: Part
        size: Size = Size.small
        note: str | None = None
        price: float = Field(gt=0)

    app = FastAPI()

    @app.post("/shops/{shop_id}/orders")
    def place_order(shop_id: int, order: Order, dry_run: bool = False) -> None: ...

    @app.get("/health")
    def health() -> None: ...

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(
            target=lambda: asyncio.run(running.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/openapi.json"
        running.should_exit = True
        thread.join(10)


def test_all_sources_at_once(shop: str, tmp_path: Path) -> None:
    (tmp_path / "shipping.py").write_text(MODULE, encoding="utf-8")
    cases = asked(
        *("--tools", str(SAVED / "time.json"), "--tools", "data_import"),
        *("--tools", "python:shipping:TOOLS", "--openapi", shop),
        *("--mcp", shlex.join([str(BIN / "mcp-server-git")]), "--cases", "90"),
    )
    assert {case["origin"] for case in cases} == {
        *("tools:time.json", "tools:data_import.json", "tools:python:shipping:TOOLS"),
        *("tools:openapi.json", "tools:mcp:mcp-git"),
    }
    assert called(cases) >= {
        *("get_current_time", "import_data", "ship", "Address", "health_health_get"),
        *("place_order_shops__shop_id__orders_post", "git_status", "git_commit"),
    }


def test_every_tool_of_the_saved_servers_is_called() -> None:
    files = sorted(SAVED.glob("*.json"))
    tools = {tool.name for file in files for tool in load(str(file)).tools}
    args = [arg for file in files for arg in ("--tools", str(file))]
    cases = asked(*args, "--cases", str(2 * len(tools)))
    assert len(tools) > 40
    assert called(cases) - {"redeem_ticket", "join_parts"} == tools


def test_all_catalogues() -> None:
    cases = asked("--tools", "all", "--cases", "110")
    assert len(called(cases)) > 90
    assert {case["origin"] for case in cases} == {"tools:all"}


@pytest.mark.parametrize("api", ["openai-chat", "openai-responses", "anthropic-messages"])
def test_demands_and_parallel_flags_in_every_wire_format(api: str) -> None:
    names = ("choice-required", "choice-named", "parallel-off", "parallel-on")
    features = [arg for name in names for arg in ("--feature", name)]
    cases = asked("--format", api, "--cases", "40", *features)
    seen = {feature for case in cases for feature in case["features"]}
    assert seen >= set(names)


def test_respelled_cases_stand_beside_their_originals() -> None:
    cases = asked("--respell", "--cases", "12", "--feature", "ref-defs", "--feature", "strict")
    ids = {case["id"] for case in cases if case["origin"] == "generated"}
    others = [case["origin"].split(":") for case in cases if case["id"] not in ids]
    assert len(ids) == 12
    assert {kind for kind, _, _ in others} == {"respelled"}
    single = {case["id"] for case in cases if case["id"] in ids and len(case["turns"]) == 1}
    assert {original for _, _, original in others} == single
    assert len(single) > 6
    spellings = {spelling for _, spelling, _ in others}
    assert spellings >= {"neutral-names", "no-description", "inlined-ref", "strict-off"}


def test_inlined_references(shop: str) -> None:
    (kept, *_) = asked("--openapi", shop, "--cases", "4")
    order = next(t for t in kept["tools"] if "order" in t["name"])["parameters"]
    assert order["properties"]["size"]["$ref"] == "#/$defs/Size"
    done = toolfuzz_(
        *("run", "-m", "sim/clean", "--openapi", shop, "--inline-refs"),
        *("--cases", "4", "--out", "inlined"),
    )
    assert done.exit_code == 0, done.output
    inlined = events(Path("inlined"), "case-drawn")[0]
    order = next(t for t in inlined["tools"] if "order" in t["name"])["parameters"]
    assert order["properties"]["size"]["enum"] == ["small", "large"]


def test_more_cases_keep_the_earlier_ones_across_processes() -> None:
    few = asked("--cases", "6", "--seed", "5")
    code = "from toolfuzz.cli import main; main()"
    args = ["run", "-m", "sim/clean", "--cases", "14", "--seed", "5", "--out", "more"]
    env = {**os.environ, "PYTHONHASHSEED": "99"}
    subprocess.run([sys.executable, "-c", code, *args], check=True, capture_output=True, env=env)
    more = events(Path("more"), "case-drawn")
    assert {json.dumps(c) for c in few} < {json.dumps(c) for c in more}  # in order of the answers
    assert (len(few), len(more)) == (6, 14)


def test_the_plan() -> None:
    facts = json.loads(toolfuzz_("plan", "--cases", "60", "--json").stdout)
    assert set(facts) == {
        *("cases", "rows", "pairwise", "three_way", "shapes", "mean_request_tokens")
    }
    assert facts["cases"] == 60
    assert 0.5 < facts["three_way"] < facts["pairwise"] < 1
    shown = toolfuzz_("plan", "--cases", "60").stdout
    assert f"{facts['pairwise']:.1%}" in shown
    assert f"{facts['three_way']:.1%}" in shown
    chosen = ("--feature", "tuple", "--feature", "map", "--probe", "echo", "--cases", "12")
    facts = json.loads(toolfuzz_("plan", *chosen, "--json").stdout)
    assert facts["pairwise"] == 1.0
    chosen = tuple(a for n in ("map", "tuple", "const", "format") for a in ("--feature", n))
    rows = ("--probe", "echo", "--cases", "14", "--json")
    pairs = json.loads(toolfuzz_("plan", *chosen, *rows, "--strength", "2").stdout)
    triples = json.loads(toolfuzz_("plan", *chosen, *rows, "--strength", "3").stdout)
    assert triples["three_way"] == 1.0 > pairs["three_way"]


def test_the_plan_of_own_tools_names_what_is_left_out() -> None:
    good = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    bad = {"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}, "required": ["a"]}
    tools = [{"name": "good", "parameters": good}, {"name": "bad", "parameters": bad}]
    Path("mine.json").write_text(json.dumps(tools))
    shown = toolfuzz_("plan", "--tools", "mine.json", "--cases", "9").stdout
    assert "bad at /properties/a/$ref: left out: $ref '#/nowhere' points nowhere" in shown
    assert "pairwise" not in shown
    facts = json.loads(toolfuzz_("plan", "--tools", "mine.json", "--cases", "9", "--json").stdout)
    assert (facts["tools"], facts["tools_called"], len(facts["left_out"])) == (1, 1, 1)
    run = toolfuzz_("run", "-m", "sim/clean", "--tools", "mine.json", "--cases", "3")
    assert "bad at /properties/a/$ref: left out: " in run.stdout


def test_the_lists_name_everything() -> None:
    rows = json.loads(toolfuzz_("list", "schemas", "--json").stdout)
    assert len(rows) >= 12
    assert sum(row["tools"] for row in rows) >= 80
    assert {4, 7} <= {row["depth"] for row in rows}
    for kind, names in (("features", feature_names()), ("probes", probe_names())):
        shown = toolfuzz_("list", kind).stdout
        assert all(name in shown for name in names)


def nested(levels: int) -> str:
    schema = '{"type":"string"}'
    for _ in range(levels):
        schema = f'{{"type":"object","properties":{{"x":{schema}}}}}'
    return f'[{{"name":"t","parameters":{schema}}}]'


def one(**schema: Any) -> str:
    parameters = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    return json.dumps([{"name": "t", "parameters": parameters}])


BAD_FILES = {
    "unreadable": ("\x00\x01PK", "not JSON"),
    "10 MB": (" " * 10_000_001, "larger than 10 MB"),
    "500 levels": (nested(500), "nested too deeply"),
    "contradiction": (one(minimum=5, maximum=3, type="number"), "minimum 5 is above maximum 3"),
    "cycle": (one(**{"$ref": "#/properties/a"}), "refers to itself without end"),
    "broken pattern": (one(pattern="^(a"), "can't be read"),
    "no tools": ("[]", "no tools in it"),
}
BAD_SERVERS = {
    "crashes": "import sys; sys.exit('no config found')",
    "prints garbage": "while True: print('Welcome!', flush=True)",
}


def refused(*args: str) -> str:
    """Run with bad input: exit 2, one line (and a hint), nothing written."""
    before = sorted(Path().iterdir())
    done = toolfuzz_("run", "-m", "sim/clean", "--cases", "3", *args)
    assert done.exit_code == 2, done.output
    assert sorted(Path().iterdir()) == before
    message, *hint = done.stderr.strip().splitlines()
    assert message.startswith("error: ")
    assert len(hint) <= 1
    return message


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files(name: str) -> None:
    text, words = BAD_FILES[name]
    Path("bad.json").write_text(text, encoding="utf-8")
    assert words in refused("--tools", "bad.json")


@pytest.mark.parametrize("name", BAD_SERVERS)
def test_bad_servers(name: str) -> None:
    Path("server.py").write_text(BAD_SERVERS[name], encoding="utf-8")
    message = refused("--mcp", shlex.join([sys.executable, "server.py"]))
    assert message.startswith("error: MCP server python")


def test_bad_mixtures() -> None:
    assert "features" in refused("--tools", "all", "--feature", "map")
    assert "no such file" in refused("--openapi", "nowhere.json")
    assert "nosuch" in refused("--tools", "python:nosuch:NAME")


def test_filters_choose_and_every_tool_is_counted(shop: str) -> None:
    done = toolfuzz_(
        *("run", "-m", "sim/glm-4.7", "--out", "run", "--json", "--quiet", "--cases", "60"),
        *("--tools", "git_hosting", "--include", "*_release", "--include", "create_branch_*"),
        *("--openapi", shop, "--exclude", "path:/health", "--include", "path:/shops/*"),
        *("--report", "markdown", "--report", "junit"),
    )
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert [(s["place"], len(s["tools"]), s["not_chosen"]) for s in summary["sources"]] == [
        ("git_hosting", 2, 7), (shop, 1, 1),
    ]  # fmt: skip
    (target,) = summary["targets"]
    tools = target["tools"]
    assert tools.keys() == {"create_release", "create_branch_protection", *_only(summary)}
    # GLM's parsers fail on nullable parameters.
    weakest, entry = next(iter(tools.items()))
    assert weakest == "create_branch_protection" and entry["failed"] > 5
    assert entry["low"] < entry["rate"] < entry["high"] and entry["source"].endswith("hosting.json")
    assert sum(tool["judged"] for tool in tools.values()) >= target["judged"] - 12
    table = Path("run/report.md").read_text(encoding="utf-8").split("#### Your tools on")[1]
    assert "`create_branch_protection` |" in table.splitlines()[4]
    assert 'name="tool create_release"' in Path("run/junit.xml").read_text(encoding="utf-8")
    again = toolfuzz_("run", "--resume", "run", "--json", "--quiet")
    assert json.loads(again.stdout)["targets"][0]["tools"] == tools


def test_files_of_one_name_are_told_apart() -> None:
    for folder, typed in (("a", "string"), ("b", "integer")):
        Path(folder).mkdir()
        schema = {"type": "object", "properties": {"n": {"type": typed}}, "required": ["n"]}
        Path(folder, "t.json").write_text(json.dumps([{"name": "say", "parameters": schema}]))
    places = [str(Path(folder, "t.json")) for folder in ("a", "b")]
    args = ("--tools", places[0], "--tools", places[1], "--cases", "8", "--out", "run", "--json")
    done = toolfuzz_("run", "-m", "sim/clean", "--quiet", *args)
    tools = json.loads(done.stdout)["targets"][0]["tools"]
    assert list(tools) == [f"say (tools:{place})" for place in places]
    assert [tool["judged"] > 0 for tool in tools.values()] == [True, True]


def _only(summary: dict[str, Any]) -> list[str]:
    names: list[str] = summary["sources"][1]["tools"]
    return names
