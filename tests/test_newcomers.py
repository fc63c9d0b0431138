"""A newcomer adds one thing in one place: one of each kind is dropped into a copy, and used."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import toolfuzz

ROOT = Path(toolfuzz.__file__).parents[1]

FEATURE = """
from toolfuzz.generate.features.base import Feature, Parameter

FEATURES = (
    Feature(
        "dummy-feature",
        "a parameter called dummy",
        "values",
        parameter=lambda pick: Parameter("dummy", {"type": "integer", "x-dummy": 1}, lambda p: 7),
        keyword="x-dummy",
        node=lambda node, place: True,
    ),
)
"""
PROBE = """
from toolfuzz.core.case import ExpectedCall
from toolfuzz.generate.probes.base import Probe, asked


def _ask(pick, offer):
    tool, values = offer.askable[0]
    return asked("echo", offer, (ExpectedCall(tool.name, values(pick)),))


PROBE = Probe("dummy-probe", "a dummy", 100, _ask)
"""
CONVERSATION = """
from toolfuzz.core.case import Expectation, Turn
from toolfuzz.generate.conversations.base import called, read_call, said
from toolfuzz.generate.probes.base import Probe


def _ask(pick, offer):
    asked = said("dummy: " + called(offer.call))
    first = Turn(asked, Expectation("calls", (offer.call,)), results=("dummy",))
    return first, Turn((), Expectation("no_call"))


def _read(ask):
    if not ask.prompt.startswith("dummy: "):
        return None
    return [] if ask.answered else [read_call(ask.prompt.removeprefix("dummy: "))]


PROBE = Probe("dummy-talk", "a dummy", 100, _ask, read=_read)
"""
DEFECT = """
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.faults import Fault


def detect(facts):
    if facts.reply.text == "dummy dummy":
        yield DEFECT.finding("dummy text")


def simulate(reply, roll):
    reply.text = "dummy dummy"
    return True


DEFECT = Defect(
    slug="dummy-defect",
    group="E",
    tells_of="understanding",
    title="The text beside the calls is a dummy",
    severity="error",
    layer="structure",
    stage="structure",
    usual="nobody",
    help="Say something else.",
    detect=detect,
    fault=Fault(simulate, "message"),
)
"""
FAULT = '''
from toolfuzz.simulate.faults import fault


@fault("dummy-fault", "message", legal=True)
def chat(reply, roll):
    """Says something beside the calls."""
    reply.text = "Just a second."
    return True
'''
REPORT = '''
FILE = "dummy.txt"


def render(run, summary):
    """Count what was judged."""
    return f"{sum(target['judged'] for target in summary['targets'])} judged"
'''
COMMAND = '''
import click


@click.command()
def dummy():
    """Say hello."""
    click.echo("hello")
'''
PROVIDER = """
[dummy-provider]
title = "Dummy"
base_url = "http://127.0.0.1:9/v1"
docs = "https://example.org"
[dummy-provider.models]
"dummy-model" = "clean"
"""
ENGINE = """
from toolfuzz.engines.known import Engine

ENGINE = Engine("Dummy")
"""
# It reads the Hermes text that the family writes: JSON between two tags.
READER = r"""
import json, re


class Reader:
    version = "1.0"
    parsers = ["hermes"]

    def whole(self, text, **known):
        called = re.compile(r"<tool_call>(.*?)</tool_call>", re.S)
        found = [json.loads(call) for call in called.findall(text)]
        calls = [
            {"id": f"call_{n}{known['history_calls']}", "type": "function",
             "function": {"name": c["name"], "arguments": json.dumps(c["arguments"])}}
            for n, c in enumerate(found)
        ]
        message = {"role": "assistant", "content": called.sub("", text).strip() or None}
        if calls:
            message["tool_calls"] = calls
        choice = {"index": 0, "message": message,
                  "finish_reason": "tool_calls" if calls else "stop"}
        return {"id": "x", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [choice]}


def load(root):
    return Reader()
"""
TOOL = {
    "name": "dummy_tool",
    "description": "x",
    "parameters": {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
    },
}

DIMENSION = """
from dataclasses import replace

from toolfuzz.core.case import ExpectedCall, Message
from toolfuzz.generate.dimensions.base import filled, read_filled, tool_of, words_of
from toolfuzz.generate.features.base import Parameter
from toolfuzz.worlds.family import Drawn, Family
from toolfuzz.worlds.spec import Check, Deed, World, nonce

TEXTS = ("Put the code of the drawer {drawer} into order 1. {hint}",
         "Dear all, into order 1 goes the code of the drawer {drawer}. {hint}")
HINT = "You have to look before you put."


def _tool(name, *parameters):
    return tool_of(name, name, [Parameter(p, {"type": "string"}, str) for p in parameters])


def _draw(pick, level, seed):
    (drawer,) = words_of(pick, 1)
    code = nonce(seed, "code")
    world = World(
        dimension="dummy", level=level, pair=nonce(seed), twin=False, seed=seed,
        wording=pick.below(2), task={"drawer": drawer, "hint": None},
        deeds={
            "look": Deed("find", {"kind": "drawer", "by": "drawer", "field": "name"}),
            "put": Deed("set", {"kind": "order", "by": "id", "fields": {"code": "code"}}),
        },
        records={"drawer": {"d": {"name": drawer, "code": code}}, "order": {"1": {"code": ""}}},
        goal=(Check("order", "1", "code", code, "goal-not-reached"),),
        gold=((ExpectedCall("look", {"drawer": drawer}),),
              (ExpectedCall("put", {"id": "1", "code": code}),)),
    )
    tools = (_tool("look", "drawer"), _tool("put", "id", "code"))
    twin = replace(world, twin=True, task={"drawer": drawer, "hint": HINT})
    return Drawn(world, tools), Drawn(twin, tools)


def _render(task, wording):
    return (Message("user", filled(TEXTS[wording], **task)),)


def _read(view):
    return next((task for text in TEXTS if (task := read_filled(text, view.task))), None)


def _solve(view, task):
    if not view.steps:
        return [ExpectedCall("look", {"drawer": task["drawer"]})]
    code = view.steps[0].result["code"]
    return [] if view.steps[1:] else [ExpectedCall("put", {"id": "1", "code": code})]


def _ignore(view, task):
    if task["hint"]:
        return _solve(view, task)
    return [] if view.steps else [ExpectedCall("put", {"id": "1", "code": task["drawer"]})]


FAMILY = Family("dummy", "A dummy", "look before you put", "nothing", (1, 2), 1,
                ("goal-not-reached",), 2, _draw, _render, _read, _solve, _ignore)
"""

USE = """
import dataclasses, json, os, sys
from contextlib import contextmanager
from pathlib import Path
from click.testing import CliRunner
from toolfuzz.cli import cli
from toolfuzz.core.case import ExpectedCall
from toolfuzz.engines.native import families
from toolfuzz.runs.reading import read_journal
from toolfuzz.simulate import process
from toolfuzz.simulate.thread import in_thread
from toolfuzz.sources import registry


def toolfuzz(*args):
    done = CliRunner().invoke(cli, args)
    assert done.exit_code == 0, (args, done.output, done.exception)
    return done.stdout


def run(*args):
    return json.loads(toolfuzz("run", "--json", "--quiet", *args))


def case_events(folder):
    return [event.case for event in read_journal(Path(folder)) if hasattr(event, "case")]


@contextmanager
def in_a_thread(*, latency_ms=0, seed=0, meanwhile=lambda: None):
    # Ten processes more would show no more of the newcomers.
    meanwhile()
    with in_thread(latency_ms=latency_ms, seed=seed) as server:
        yield process.Simulator(server.url, os.getpid())


used = {}
used["format, clean"] = run("-m", "sim/clean", "--format", "dummy-format", "--both-streams",
                            "--cases", "20", "--out", "clean")
used["format, broken"] = run("-m", "sim/glm-4.7", "--format", "dummy-format", "--both-streams",
                             "--cases", "20", "--out", "broken")
toolfuzz("bug", "broken", "--most", "1")
used["format, sent again"] = json.dumps([p.read_text() for p in Path("broken/bugs").glob("*.md")])
used["defect"] = run("-m", "sim/fault:dummy-defect@1.0", "--cases", "10", "--out", "defect",
                     "--report", "dummy")
process.start = in_a_thread
used["fault"] = run("-m", "sim/fault:dummy-fault@1.0", "--cases", "10", "--out", "fault")
used["replies"] = [e.exchange.last.body.decode() for e in read_journal(Path("fault"))
                   if hasattr(e, "exchange")]
used["explained"] = toolfuzz("explain", "dummy-defect")
used["report"] = Path("defect/dummy.txt").read_text()
used["feature"] = run("-m", "sim/clean", "--feature", "dummy-feature", "--cases", "10",
                      "--out", "feature")
used["probe"] = run("-m", "sim/clean", "--probe", "dummy-probe", "--cases", "10", "--out", "probe")
used["talk"] = run("-m", "sim/clean", "--probe", "dummy-talk", "--cases", "10", "--out", "talk")
used["proved"] = toolfuzz("worlds", "prove", "--dimension", "dummy", "--cases", "10", "--json")
used["dimension"] = run("-m", "sim/clean", "-m", "sim/fault:ignores-dummy", "--probe", "dummy",
                        "--cases", "5", "--out", "dimension")
used["catalogue"] = run("-m", "sim/clean", "--tools", "dummy", "--cases", "4", "--out", "tools")
offers = [{t.name for t in c.tools} for c in case_events("tools")]
used["asked tools"] = sorted(set.intersection(*offers))
used["command"] = toolfuzz("dummy")
used["engine"] = run("-m", "engine/dummy:hermes", "--engine-python", sys.executable,
                     "--feature", "string", "--cases", "10", "--out", "engine")
family = families()["dummy-family"]
calls = [ExpectedCall("f", {"a": [1, None, "x"]})]
used["family"] = family.read(family.render(calls, []), []) == calls
with in_thread() as simulator:
    known = registry.endpoints()["dummy-provider"]
    there = {**registry.endpoints(),
             "dummy-provider": dataclasses.replace(known, base_url=simulator.url)}
    registry.endpoints = lambda: there
    used["provider"] = run("-m", "dummy-model", "--cases", "4", "--out", "provider")
print(json.dumps(used))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one of each kind dropped in."""
    root = tmp_path_factory.mktemp("copy")
    package = root / "toolfuzz"
    # With its bytecode: compiling it all takes longer than using it.
    shutil.copytree(ROOT / "toolfuzz", package)
    shutil.copytree(ROOT / "schemas", root / "schemas")
    for name, text in {
        "generate/features/dummy.py": FEATURE,
        "generate/probes/dummy.py": PROBE,
        "generate/conversations/dummy.py": CONVERSATION,
        "generate/dimensions/dummy.py": DIMENSION,
        "simulate/faults/dummy.py": FAULT,
        "judge/defects/dummy_defect.py": DEFECT,
        "report/formats/dummy.py": REPORT,
        "cli/dummy.py": COMMAND,
        "engines/known/dummy/__init__.py": ENGINE,
        "engines/known/dummy/reader.py": READER,
        "../schemas/dummy.json": json.dumps([TOOL]),
    }.items():
        assert not (package / name).exists()
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(text)
    with (package / "sources/endpoints.toml").open("a") as file:
        file.write(PROVIDER)
    family = (package / "engines/native/llama3.py").read_text()
    (package / "engines/native/dummy.py").write_text(family.replace('"llama3"', '"dummy-family"'))
    # A format of its own, served at a path of its own.
    folder = package / "formats/dummy_format"
    shutil.copytree(package / "formats/openai_chat", folder)
    for path in folder.glob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            text = text.replace("/chat/completions", "/dummy/talk")
            text = text.replace('or "messages" in body', "")
            path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def used(copy: Path) -> dict[str, Any]:
    """What came of using each of them."""
    done = subprocess.run(
        [sys.executable, "-c", USE],
        check=False, cwd=copy, capture_output=True, text=True,
        env={"PATH": "", "PYTHONPATH": str(copy), "HOME": str(copy), "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def judged(summary: dict[str, Any]) -> dict[str, Any]:
    (target,) = summary["targets"]
    assert target["judged"] and not target["unjudged"]
    found: dict[str, Any] = target
    return found


def test_a_format_is_asked_and_judged(used: dict[str, Any]) -> None:
    clean = judged(used["format, clean"])
    assert (clean["format"], clean["judged"], clean["rate"]) == ("dummy-format", 40, 1.0)
    assert not clean["warnings"], "the same bytes under another name are as right"
    broken = judged(used["format, broken"])
    assert {"object-as-json-string", "array-as-json-string"} & set(broken["defects"])
    assert "/v1/dummy/talk" in used["format, sent again"]


def test_a_defect_with_its_fault_is_emitted_and_explained(used: dict[str, Any]) -> None:
    found = judged(used["defect"])
    assert found["passed"] == 0
    assert set(found["defects"]) == {"dummy-defect"}
    assert "Say something else." in used["explained"]


def test_a_fault_is_simulated(used: dict[str, Any]) -> None:
    assert judged(used["fault"])["rate"] == 1.0, "it is a legal one"
    assert all("Just a second." in body for body in used["replies"])


def test_a_report_is_written(used: dict[str, Any]) -> None:
    assert used["report"] == "10 judged"


@pytest.mark.parametrize(("kind", "name"), [("feature", "features"), ("probe", "probes")])
def test_a_feature_and_a_probe_are_asked(used: dict[str, Any], kind: str, name: str) -> None:
    found = judged(used[kind])
    assert found["rate"] == 1.0
    assert f"dummy-{kind}" in found[name]


def test_a_conversation_is_held(used: dict[str, Any]) -> None:
    found = judged(used["talk"])
    assert found["rate"] == 1.0 and "dummy-talk" in found["probes"]
    assert found["calls"] == 20


def test_a_dimension_is_proved_and_asked(used: dict[str, Any]) -> None:
    (proved,) = json.loads(used["proved"])
    assert proved["holds"] and proved["worlds"] == 20 and proved["thrown_away"] == 0
    clean, ignoring = (t["dimensions"]["dummy"] for t in used["dimension"]["targets"])
    assert (clean["success"]["rate"], clean["twin"]["rate"]) == (1.0, 1.0)
    assert (ignoring["success"]["rate"], ignoring["twin"]["rate"]) == (0.0, 1.0)


def test_a_catalogue_is_asked(used: dict[str, Any]) -> None:
    assert judged(used["catalogue"])["rate"] == 1.0
    assert used["asked tools"] == ["dummy_tool"]


def test_a_provider_is_asked_by_an_alias(used: dict[str, Any]) -> None:
    found = judged(used["provider"])
    assert (found["endpoint"], found["model"], found["rate"]) == ("dummy-provider", "clean", 1.0)


def test_a_command_is_called(used: dict[str, Any]) -> None:
    assert used["command"] == "hello\n"


def test_a_family_is_written_and_read(used: dict[str, Any]) -> None:
    assert used["family"] is True


def test_an_engine_is_put_on_trial(used: dict[str, Any]) -> None:
    found = judged(used["engine"])
    assert (found["model"], found["rate"]) == ("engine/dummy:hermes", 1.0)
