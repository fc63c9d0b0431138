"""Broken files of every kind that toolfuzz reads, made from valid ones, and who reads them."""

import copy
import io
import json
import random
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import toolfuzz.formats
from toolfuzz.config import load_config
from toolfuzz.core.codec import case_to_json
from toolfuzz.evidence.corpus import case_with_defect, read_corpus
from toolfuzz.evidence.failures import failures
from toolfuzz.evidence.kept import read_attribution, read_study
from toolfuzz.generate import draw_cases
from toolfuzz.generate.tools import load, load_openapi
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.archives import json_files
from toolfuzz.recordings.head import STDIN
from toolfuzz.report.formats import github, markdown
from toolfuzz.runs.offline import judge_file
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.stored import access_of_run, stored_options
from toolfuzz.runs.summary import summary_of
from toolfuzz.runs.trust import powers
from toolfuzz.view.pages import failure_page, list_page, run_page
from toolfuzz.view.reader import Reader
from toolfuzz.view.rows import Rows
from toolfuzz.view.shelf import Shelf

__all__ = ["KINDS", "mutant", "pages_of"]

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT / "tests/data/recordings"

ODD: list[Any] = [
    None, True, False, 0, -1, 5, 10**30, 1e308, 0.5, "", "x", "\ud800", "\x00", "../../x",
    "a" * 5000, "€" * 9, "=", "\x1b[31m",
    [], {}, [[]], {"": None}, {"$ref": "#/nowhere"}, {"$ref": "#"}, {"$ref": 5}, {"type": "string"},
    {"type": []}, {"pattern": "("}, {"pattern": "^((a)+)+$"}, {"enum": []}, {"minLength": 10**9},
    {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, [1, "a", None], "2026-01-01", "NaN",
]  # fmt: skip
_INSERTED = (b"\x00", b"\xff", b'"', b"[", b"{", b"\n", b"NaN", b"\\ud800")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, a valid one as a value, how that is written, and its reader."""

    name: str
    valid: Callable[[random.Random], Any]
    spell: Callable[[Any], str | bytes]
    read: Callable[[Path], object]

    def spelled(self, value: Any) -> bytes:
        """Return the bytes of a file that holds the value."""
        spelled = self.spell(value)
        return spelled if isinstance(spelled, bytes) else spelled.encode("utf-8", "surrogatepass")


def mutant(kind: str, number: int, seed: int = 0) -> bytes:
    """Return the n-th broken file of that kind; the same for the same seed."""
    rng = random.Random(f"{seed}/{kind}/{number}")
    made = KINDS[kind]
    value = copy.deepcopy(made.valid(rng))
    if isinstance(value, dict | list) and value and rng.random() < 0.6:
        for _ in range(rng.choice((1, 1, 2, 4))):
            value = _changed(value, rng)
        try:
            return made.spelled(value)
        except Exception:  # what can't be written can't be read either
            return b"\xff"
    data = bytearray(made.spelled(value))
    for _ in range(rng.choice((1, 1, 2, 8))):
        _cut(data, rng)
    return bytes(data)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    stack = [value]
    while stack:
        node = stack.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                stack.append(node[key])


def _changed(value: Any, rng: random.Random) -> Any:
    places = list(_places(value))
    if not places:
        return value
    holder, key = rng.choice(places)
    match rng.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice(["", "$ref", "type", "\ud800", "properties", "x"])] = holder[key]
        case 2:
            holder[key] = copy.deepcopy(rng.choice(places)[0])
        case _:
            holder[key] = copy.deepcopy(rng.choice(ODD))
    return value


def _cut(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    size = rng.choice((1, 1, 4, 40))
    match rng.randrange(6):
        case 0:
            del data[at : at + size]
        case 1:
            data[at:at] = data[at : at + size] * rng.choice((1, 2, 50))
        case 2:
            data[at : at + 1] = bytes([rng.randrange(256)])
        case 3:
            data[at:at] = rng.choice(_INSERTED)
        case 4:
            data[at:at] = rng.choice((b"[", b'{"a":', b"{a=")) * rng.choice((300, 5000))
        case _:
            del data[at:]


def _tools(rng: random.Random) -> Any:
    return json.loads((ROOT / "schemas/data_import.json").read_text(encoding="utf-8"))


def _openapi(rng: random.Random) -> Any:
    schema = {"type": "object", "properties": {"when": {"type": "string", "format": "date"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    operation = {"operationId": "put", "parameters": [parameter], "requestBody": body}
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a/{id}": {"put": operation}},
        "components": {"schemas": {"S": schema}},
    }


@cache
def _recorded() -> list[Any]:
    """The replies that the wire formats show, and a line of the public verifiers' results."""
    layout = re.compile(
        r"POST (\S+)\n.*?\n(\{.*?\n\})\n\n### .*?\(status (\d+).*?\)\n\n(.*)\n", re.S
    )
    lines = []
    for file in sorted(Path(toolfuzz.formats.__file__).parent.glob("*/examples/*.http")):
        text = file.read_text(encoding="utf-8")
        found = layout.search(text)
        assert found, file
        request, reply = json.loads(found[2]), found[4]
        key = "body_base64" if ", base64)" in text else "sse" if reply[:1] != "{" else "body"
        lines.append(
            {
                "id": file.stem,
                "format": file.parents[1].name.replace("_", "-"),
                "request": request,
                "response": {"status": int(found[3]), key: reply},
                "expect": {"calls": [{"name": "get_weather", "arguments": {"city": "Rome"}}]},
            }
        )
    tool = {"name": "f", "parameters": {"type": "object", "properties": {"a": {}}}}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    choice = {"index": 0, "message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}
    request = {"model": "m", "messages": [], "tools": [{"function": tool}]}
    verifier = {"data_index": 1, "request": request, "response": {"choices": [choice]}}
    return [*lines, verifier, verifier]


@cache
def _journal() -> list[Any]:
    lines = (ROOT / "reports/sample-run/run.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in [*lines[:12], lines[-1]]]
    binary = next(line for line in _recorded() if "body_base64" in line["response"])
    (recorded, *_) = (event for event in events if event["event"] == "exchange-recorded")
    attempt = copy.deepcopy(recorded["attempts"][0])
    del attempt["body"]
    attempt |= {"body_base64": binary["response"]["body_base64"], "chunks": [[1.0, 10**6]]}
    return [*events[:-1], {**recorded, "attempts": [attempt]}, events[-1]]


@cache
def _case() -> Any:
    return case_to_json(next(iter(draw_cases(1))))


def _entry(rng: random.Random) -> Any:
    return {
        "format_version": 1,
        "note": {"happened": "x", "expected": "y", "dimension": "z"},
        "slug": "object-as-json-string",
        "stream": False,
        "sources": ["https://example.org/1"],
        "profile": None,
        "seen": {"failed": 3, "asked": 16},
        "case": _case(),
    }


def _any_case(rng: random.Random) -> Any:
    bare = {**_case(), "defect": {"slug": "object-as-json-string", "stream": True}}
    return rng.choice((_entry(rng), bare, _case()))


def _study(rng: random.Random) -> Any:
    figures = {"rate": 1.0, "reproduced": 16, "asked": 16, "low": 0.8, "high": 1.0, "calls": 40}
    return {
        "format_version": 1,
        "target": "m",
        "stream": False,
        "slug": "object-as-json-string",
        "shape": "object",
        **figures,
        "rounds": 2,
        "complete": True,
        "reason": "",
        "case": _case(),
        "original": _case(),
        "neighbour": rng.choice((None, _case())),
    }


def _attribution(rng: random.Random) -> Any:
    trial = {"kind": "format", "what": "the same", "failed": 1, "asked": 2, "words": "1 of 2"}
    cause = {"features": ["x"], "also": [], "proven": True, "cleared": []}
    return {
        "format_version": 1,
        "layer": "parser",
        "reasons": ["so"],
        "causes": ["thus"],
        "cause": cause,
        "associated": ["x"],
        "trials": [trial],
        "calls": 9,
        "ended": "",
    }


def _decision(rng: random.Random) -> Any:
    return {
        "format_version": 1,
        "toolfuzz_version": "1",
        "folder": "f",
        "candidate": "m",
        "outcome": "PASS",
        "reason": "PASS: so",
        "baseline": "n",
        "doubts": ["old"],
        "unreachable": None,
        "margin": 0.05,
        "suspects": ["success rate"],
        "spent": {"first": 9, "again": 0},
        "pairs": {"both": 9},
    }


def _lines(values: list[Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def _yaml(value: Any) -> str:
    import yaml

    return str(yaml.safe_dump(value))


def _settings(head: str) -> Callable[[Any], str]:
    text = f'[{head}run]\ncases = 5\nprobes = ["echo"]\n[{head}judge]\nstrict = true\n'
    return lambda _: text + 'ignore = ["F"]\n'


def _read_config(path: Path) -> None:
    # Each in a folder of its own: a configuration is read once a process.
    folder = Path(tempfile.mkdtemp(dir=path.parent))
    path.rename(folder / path.name)
    load_config(folder)


def _read_journal(path: Path) -> None:
    """As `report`, `bug`, `view`, `run --resume` and `check --baseline` do."""
    run = load_run(path, keep_exchanges=True)
    summary_of(path, run)
    failures(run)
    stored_options(run.started.settings)
    access_of_run(run)
    list(powers(run.started.settings))
    list(pages_of(path.parent))


def pages_of(folder: Path) -> Iterator[str]:
    """Make the pages that `view` has of a run."""
    shelf = Shelf(folder)
    (found,) = shelf.runs().values()
    yield list_page("", "runs", [(found, Rows(shelf).make(found))])
    read = Reader(shelf).get(found.name)
    yield run_page("", read, ())
    if read.failing:
        yield failure_page("", read, read.failing.verdict(1))


def _read_stdin(path: Path) -> None:
    kept = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(path.read_bytes()))
    try:
        list(judge_file(STDIN, Policy()))
    finally:
        sys.stdin = kept


def _read_decision(path: Path) -> None:
    """As `report` does of a check's folder."""
    (path.parent / "run.jsonl").write_text(_lines(_journal()), encoding="utf-8")
    run = load_run(path.parent)
    summary = summary_of(path.parent, run)
    markdown.render(run, summary)
    github.announce(run, summary)


def _draw(path: Path) -> None:
    read = load if path.name == "tools.json" else load_openapi
    list(draw_cases(2, tools=[read(str(path))]))


def _judge(path: Path) -> None:
    list(judge_file(path, Policy()))


@cache
def _kept(name: str) -> Any:
    """What a real tool wrote, of tests/data/recordings."""
    text = (RECORDINGS / name).read_text(encoding="utf-8")
    return list(map(json.loads, text.splitlines())) if name.endswith("l") else json.loads(text)


@cache
def _samples() -> list[Any]:
    with (RECORDINGS / "inspect.eval").open("rb") as file:
        return list(json_files(file, "samples/", ""))


def _archive(samples: Any) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sample in enumerate(samples):
            archive.writestr(f"samples/{number}_epoch_1.json", json.dumps(sample))
    return kept.getvalue()


def _judge_results(path: Path) -> None:
    list(judge_file(path, Policy()))
    list(judge_file(path, Policy(), requests=RECORDINGS / "batch-requests.jsonl"))


def _judge_answered(path: Path) -> None:
    """As the requests of a batch."""
    list(judge_file(RECORDINGS / "batch.jsonl", Policy(), requests=path))


def _some_recorded(rng: random.Random) -> Any:
    return rng.sample(_recorded(), 2)


def _short_journal(rng: random.Random) -> Any:
    """The beginning, a case with its answer, and the line with a binary body."""
    return [*_journal()[:4], *_journal()[-2:]]


def _whole_journal(rng: random.Random) -> Any:
    return _journal()


KINDS: dict[str, Kind] = {
    "journal": Kind("run.jsonl", _whole_journal, _lines, _read_journal),
    "judged journal": Kind("run.jsonl", _short_journal, _lines, _judge),
    "exchanges": Kind("exchanges.jsonl", _some_recorded, _lines, _judge),
    "standard input": Kind("stdin", _some_recorded, _lines, _read_stdin),
    "har": Kind("x.har", lambda rng: _kept("mitmproxy.har"), json.dumps, _judge),
    "litellm": Kind("x.json", lambda rng: rng.sample(_kept("litellm.json"), 2), json.dumps, _judge),
    "langfuse": Kind("x.json", lambda rng: _kept("langfuse.json"), json.dumps, _judge),
    "inspect archive": Kind("x.eval", lambda rng: _samples(), _archive, _judge),
    "batch": Kind("x.jsonl", lambda rng: _kept("batch.jsonl"), _lines, _judge_results),
    "batch requests": Kind(
        "x.jsonl", lambda rng: _kept("batch-requests.jsonl"), _lines, _judge_answered
    ),
    "tools": Kind("tools.json", _tools, json.dumps, _draw),
    "openapi": Kind("api.json", _openapi, json.dumps, _draw),
    "openapi in yaml": Kind("api.yaml", _openapi, _yaml, _draw),
    "corpus": Kind("case.json", _entry, json.dumps, lambda path: read_corpus(path.parent)),
    "case": Kind("case.json", _any_case, json.dumps, case_with_defect),
    "study": Kind("minimized.json", _study, json.dumps, read_study),
    "attribution": Kind("attribution.json", _attribution, json.dumps, read_attribution),
    "decision": Kind("check.json", _decision, json.dumps, _read_decision),
    "toolfuzz.toml": Kind("toolfuzz.toml", lambda rng: {}, _settings(""), _read_config),
    "pyproject.toml": Kind(
        "pyproject.toml", lambda rng: {}, _settings("tool.toolfuzz."), _read_config
    ),
}
