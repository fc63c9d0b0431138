"""What users write, as they write it: checked by mypy --strict with the package, and run."""

import asyncio
import copy
import json
import os
import pickle
import re
import signal
import sys
import threading
import time
import types
from pathlib import Path
from typing import Any, Literal, assert_type

import needs
import pytest
from pydantic import BaseModel, Field

import toolfuzz
from toolfuzz import CheckResult, Comparison, Failure, Judgement, Result, Server
from toolfuzz.failures import Failures
from toolfuzz.results import Target


class Config(BaseModel):
    env: Literal["prod", "test"]
    retries: int = 3


class SaveReport(BaseModel):
    """Save a report."""

    title: str
    config: Config | None = None


class Undocumented(BaseModel):
    n: int = Field(description="how many")


def send_mail(to: str, lines: list[str], urgent: bool = False) -> None:
    """Send a mail."""


async def look_up(city: str) -> str:
    """Look up the weather."""
    return city


RAW = {"name": "ping", "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}
FAULT = "sim/fault:object-as-json-string@0.9"


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("runs") / "run"
    return toolfuzz.run([FAULT], tools=[SaveReport, send_mail], cases=30, out=folder)


def test_a_result_has_names_and_is_a_dict(failed: Result) -> None:
    assert_type(failed, Result)
    assert_type(failed.targets, list[Target])
    assert_type(failed.targets[0].rate, float | None)
    (target,) = failed.targets
    assert (target.name, target.simulated) == (FAULT, True)
    assert target.rate == failed["targets"][0]["rate"] == target["rate"]
    assert target.passed + target.failed == 30
    assert list(target.defects) == ["object-as-json-string"]
    assert target.tools.keys() == {"SaveReport", "send_mail"}
    assert sum(tool["failed"] for tool in target.tools.values()) >= target.failed
    assert target.low is not None and target.high is not None
    assert failed.folder == Path(failed["folder"])
    assert json.loads(json.dumps(failed))["targets"][0]["target"] == FAULT
    assert len(repr(failed)) < 300 and "%" in repr(failed)


def test_failures_say_all_that_a_report_needs(failed: Result) -> None:
    assert_type(failed.failures, Failures)
    assert len(failed.failures) == failed.targets[0].failed > 0
    one = failed.failures[0]
    assert_type(one, Failure)
    assert one.number == 1 and failed.failures[-1].number == len(failed.failures)
    assert one.defects == ["object-as-json-string"]
    assert "SaveReport" in one.prompt
    assert {tool["name"] for tool in one.tools} <= {"SaveReport", "send_mail"}
    assert one.expected is not None
    (right,), (came,) = one.expected, one.got
    assert isinstance(right["arguments"]["config"], dict)
    assert json.loads(came["arguments"]["config"]) == right["arguments"]["config"]
    assert one.findings[0].pointer == "/config"
    assert one.request["messages"][-1]["content"] == one.prompt
    assert json.loads(one.bytes)["choices"][0]["message"]["tool_calls"]
    assert one.curl.startswith("curl ") and "chat/completions" in one.curl
    again = toolfuzz.judge(one.request, one.bytes, expect={"calls": one.expected})
    assert [found.slug for found in again.findings] == one.defects
    assert [failure.number for failure in failed.failures[:2]] == [1, 2]
    with pytest.raises(IndexError):
        failed.failures[len(failed.failures)]


def test_load_compare_and_frames(failed: Result, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    loaded = toolfuzz.load(failed.folder)
    assert_type(loaded, Result)
    assert loaded.targets[0].rate == failed.targets[0].rate
    assert len(loaded.data.verdicts) == len(loaded.data.exchanges) == 30
    frame = loaded.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == 30
    assert (frame.status == "fail").sum() == failed.targets[0].failed
    clean = toolfuzz.run("sim/clean", tools=[SaveReport, send_mail], cases=30, out=tmp_path / "c")
    compared = toolfuzz.compare(failed, clean.folder)
    assert_type(compared, Comparison)
    assert [row.name for row in compared.rows] == ["sim/clean", FAULT]
    assert list(compared.to_pandas().target) == ["sim/clean", FAULT]
    assert compared["rows"][0]["rate"] == 1.0
    assert repr(compared).startswith("<Comparison sim/clean: 100.0% of 30; ")
    assert compared._repr_html_().count("<tr>") == 3 and "sim/clean" in compared.conclusion


def test_a_result_goes_to_other_processes(failed: Result) -> None:
    assert failed.failures[0].bytes  # the journal is open now
    for again in (pickle.loads(pickle.dumps(failed)), copy.deepcopy(failed)):
        assert type(again) is Result and again == failed
        assert again.failures[0].bytes == failed.failures[0].bytes


def test_of_no_run_nothing_is_compared() -> None:
    with pytest.raises(toolfuzz.UsageError, match="no run to compare"):
        toolfuzz.compare()


def test_polars(failed: Result) -> None:
    polars = pytest.importorskip("polars")
    frame = failed.to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame.height == 30


def test_a_frame_without_its_library_says_so(
    failed: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(toolfuzz.UsageError, match="polars isn't installed") as error:
        failed.to_polars()
    assert error.value.hint == "pip install polars"


def test_html_is_inert(failed: Result) -> None:
    shown = failed._repr_html_()
    assert shown.count("<tr>") == 2 and "object-as-json-string (" in shown
    assert "simulated, no real model" in shown
    assert FAULT in failed.conclusion and f"<b>{failed.conclusion[:20]}" in shown
    listed = failed.failures._repr_html_()
    assert "&quot;config&quot;" in listed and ">1</td>" in listed and "\\x0a" not in listed
    evil = '<script>alert("1")</script>\x1b[31m'
    told = Result({**failed, "folder": evil, "targets": [{**failed["targets"][0], "target": evil}]})
    assert "<script>" not in told._repr_html_() and "\x1b" not in told._repr_html_()
    assert "&lt;script&gt;" in told._repr_html_()


def test_tools_of_all_kinds_stay_in_the_run(tmp_path: Path) -> None:
    tools = (SaveReport, Undocumented, send_mail, look_up, RAW, "mail")
    result = toolfuzz.run("sim/clean", tools=tools, cases=12, out=tmp_path / "run")
    names = {tool.name for case in result.data.cases.values() for tool in case.tools}
    assert {"SaveReport", "Undocumented", "send_mail", "look_up", "ping"} <= names
    said = {
        tool.name: tool.description for case in result.data.cases.values() for tool in case.tools
    }
    assert said["SaveReport"] == "Save a report."
    assert said["Undocumented"] == ""  # pydantic's own manual is none of it
    sources = {source["source"]: source["place"] for source in result["sources"]}
    assert sources["tools:code"] == "your code"
    assert result["settings"]["tools"][1].startswith("json:")  # so --resume needs no Python


@pytest.mark.parametrize(
    ("tools", "told"),
    [
        ([3], "int is no tool"),
        ([{"type": "web_search"}], "no usable tool"),
        ([{"name": {1}}], "no JSON"),
        ([lambda *args: 1], "tools: "),
    ],
)
def test_what_is_no_tool_is_said(tools: Any, told: str) -> None:
    with pytest.raises(toolfuzz.UsageError, match=told):
        toolfuzz.run("sim/clean", tools=tools)


async def test_run_and_check_work_inside_a_running_loop(tmp_path: Path) -> None:
    result = toolfuzz.run("sim/clean", cases=6, out=tmp_path / "run")
    assert result.targets[0].passed == 6
    checked = toolfuzz.check("sim/clean", "sim/clean", cases=20, margin=0.3, out=tmp_path / "c")
    assert_type(checked, CheckResult)
    assert (checked.outcome, checked["check"]["outcome"]) == ("PASS", "PASS")
    assert checked.reason.startswith("PASS")
    assert checked.conclusion in checked._repr_html_()
    loaded = toolfuzz.load(tmp_path / "c")
    assert isinstance(loaded, CheckResult)
    assert (loaded.outcome, loaded.conclusion) == ("PASS", checked.conclusion)
    with pytest.raises(toolfuzz.UsageError, match="unknown option: case"):
        toolfuzz.run("sim/clean", case=3)  # type: ignore[call-arg]
    again = await toolfuzz.arun("sim/clean", cases=6, out=tmp_path / "again")
    assert again.targets[0].passed == 6


def interrupt_when(journal: Path) -> None:
    """Send what Ctrl-C and a notebook's stop button do, once something was answered."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if journal.exists() and b"verdict" in journal.read_bytes():
            break
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)


@needs.signals
@pytest.mark.parametrize("notebook", [True, False])
def test_interrupted_in_a_running_loop_it_keeps_what_was_answered(
    tmp_path: Path, notebook: bool
) -> None:
    """In notebooks a SIGINT raises at once; ``asyncio.run`` makes a cancellation of it."""

    async def cell() -> None:
        if notebook:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        toolfuzz.run("sim/clean", cases=3000, latency_ms=50, out=tmp_path / "run")

    before = signal.getsignal(signal.SIGINT)
    threading.Thread(target=interrupt_when, args=[tmp_path / "run" / "run.jsonl"]).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(cell())
    finally:
        signal.signal(signal.SIGINT, before)
    kept = toolfuzz.load(tmp_path / "run")
    assert 0 < kept.targets[0].passed < 3000
    assert not [t for t in threading.enumerate() if t.name.startswith("toolfuzz")]


REQUEST: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "user", "content": "Save 1."}],
    "tools": [{"type": "function", "function": RAW}],
}
EXPECT = {"calls": [{"name": "ping", "arguments": {"n": 1}}]}


def test_bodies_of_any_format_are_judged_as_they_are() -> None:
    with toolfuzz.serve("fault:number-as-string") as server:
        assert_type(server, Server)
        import httpx

        said = [{"role": "user", "content": 'ping {"n": 1}'}]
        chat = {**REQUEST, "messages": said}
        claude = {"model": "m", "max_tokens": 99, "messages": said}
        claude["tools"] = [{"name": "ping", "input_schema": RAW["parameters"]}]
        gemini: dict[str, Any] = {
            "contents": [{"role": "user", "parts": [{"text": said[0]["content"]}]}]
        }
        gemini["tools"] = [{"functionDeclarations": [RAW]}]
        asked = [
            (f"{server.url}/chat/completions", chat),
            (f"{server.url}/chat/completions", {**chat, "stream": True}),
            (f"{server.url}/messages", claude),
            (f"{server.url}/messages", {**claude, "stream": True}),
            (f"{server.origin}/v1beta/models/m:generateContent", gemini),
            (f"{server.origin}/v1beta/models/m:streamGenerateContent?alt=sse", gemini),
        ]
        for url, body in asked:
            sent = json.dumps(body).encode()
            came = httpx.post(url, content=sent, timeout=10).content
            for request, response in ((body, came), (sent, came.decode())):
                judged = toolfuzz.judge(request, response, expect=EXPECT)
                assert_type(judged, Judgement)
                assert [found.slug for found in judged.findings] == ["number-as-string"], url
        assert len(server.requests) == len(asked)


@pytest.mark.parametrize("request_", [b"{", "[]", b"\xff"])
def test_a_request_that_is_none_is_said(request_: bytes | str) -> None:
    with pytest.raises(toolfuzz.UsageError, match="the request is no JSON"):
        toolfuzz.judge(request_, "{}")


@pytest.mark.parametrize("given", [None, 3, [], object()])
def test_what_is_no_body_at_all_is_said(given: Any) -> None:
    with pytest.raises(toolfuzz.UsageError, match=f"a request is no {type(given).__name__}"):
        toolfuzz.judge(given, "{}")
    with pytest.raises(toolfuzz.UsageError, match=f"a reply is no {type(given).__name__}"):
        toolfuzz.judge({"model": "m", "messages": []}, given)


def test_only_what_there_is_can_be_imported() -> None:
    assert all(getattr(toolfuzz, name) for name in toolfuzz.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'judge_reply'"):
        _ = toolfuzz.judge_reply  # type: ignore[attr-defined]


def test_the_function_stays_one_whatever_is_imported() -> None:
    """``toolfuzz.judge`` is a package, too."""
    import toolfuzz.judge.catalogue
    from toolfuzz.judge import checks

    assert toolfuzz.judge.__name__ == "judge" and callable(toolfuzz.judge)
    assert checks.__name__ == "toolfuzz.judge.checks"


def test_the_pages_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = Path(toolfuzz.__file__).parents[1] / "docs" / "python.md"
    first, second = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.S)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    exec(first, vars(module))
    assert module.result.targets[0].passed > 20
    exec(second, vars(module))
    assert module.judgement.status == "fail"
