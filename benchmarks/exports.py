"""Whether the tools that the exports are for read them: each validated by the other tool itself.

    python benchmarks/exports.py --tools FOLDER

FOLDER is where the other tools are installed (five minutes, once): Python packages in one
environment each, and npm's. It needs Python 3.12 or newer for Every Eval Ever, and node.

What is read: a run on three simulated endpoints in both stream modes, with conversations. aimock is
started on the fixtures and asked the same questions; its answers are judged, and the defect of each
fixture must be found again.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

import toolfuzz

_MODELS = ("sim/glm-4.7", "sim/glm-nim", "sim/clean")
_PYTHON = {
    "inspect": ["inspect-ai"],
    "otel": ["opentelemetry-proto"],
    "har": ["haralyzer"],
    "every-eval-ever": ["every-eval-ever"],
}
_NODE = ["@copilotkit/aimock", "ctrf", "har-validator"]

_INSPECT = """
import sys
from pathlib import Path
from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries
for file in sorted(Path(sys.argv[1]).glob("*.eval")):
    log = read_eval_log(str(file))
    values = [s.scores["toolfuzz"].value for s in log.samples]
    assert len(read_eval_log_sample_summaries(str(file))) == len(values)
    judged = values.count("C") + values.count("I")
    assert abs(values.count("C") / judged - log.results.scores[0].metrics["accuracy"].value) < 1e-9
    print(log.eval.model, len(values), "samples,", values.count("I"), "incorrect")
"""
_OTEL = """
import sys
from google.protobuf.json_format import Parse
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
names, failed = set(), 0
for line in open(sys.argv[1], encoding="utf-8"):
    for logs in Parse(line, LogsData()).resource_logs:
        for record in logs.scope_logs[0].log_records:
            told = {a.key: a.value for a in record.attributes}
            names.add(record.event_name)
            failed += told["gen_ai.evaluation.score.label"].string_value == "fail"
print(*names, "failed:", failed)
"""
_HAR = """
import json, sys
from haralyzer import HarParser
print(len(HarParser(json.load(open(sys.argv[1], encoding="utf-8"))).har_data["entries"]), "entries")
"""
_NODE_HAR = """
const {har} = require('har-validator')
har(JSON.parse(require('fs').readFileSync(process.argv[1])))
  .then(read => console.log(read.log.entries.length, 'entries'))
  .catch(error => { console.log(error.errors.slice(0, 3)); process.exit(1) })
"""
_NODE_CTRF = """
const found = require('ctrf').validate(JSON.parse(require('fs').readFileSync(process.argv[1])))
console.log(found.valid, found.errors.length, 'errors')
process.exit(found.valid ? 0 : 1)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--newer-python", default="python3.12", help="for Every Eval Ever")
    given = parser.parse_args()
    tools = given.tools.resolve()
    with tempfile.TemporaryDirectory() as made:
        run = Path(made, "run")
        toolfuzz.run(_MODELS, cases=given.cases, stream="both", out=str(run))
        rows: list[tuple[str, str, Callable[[Path], str]]] = [
            ("inspect", "inspect_ai", lambda p: _by_python(tools, "inspect", _INSPECT, p)),
            ("otel", "opentelemetry-proto", lambda p: _by_python(tools, "otel", _OTEL, p)),
            ("har", "haralyzer", lambda p: _by_python(tools, "har", _HAR, p)),
            ("har", "har-validator", lambda p: _by_node(tools, _NODE_HAR, p)),
            ("ctrf", "ctrf", lambda p: _by_node(tools, _NODE_CTRF, p)),
            (
                "every-eval-ever",
                "every_eval_ever validate",
                lambda p: _by_eee(tools, given.newer_python, p),
            ),
            ("aimock", "aimock, asked", lambda p: _asked(tools, run, p)),
        ]
        failed = False
        for name, reader, read in rows:
            path = Path(made, name)
            _toolfuzz("report", str(run), "--quiet", "--report", f"{name}={path}")
            try:
                said, outcome = read(path), "read"
            except subprocess.CalledProcessError as error:
                failed, outcome = True, "REFUSED"
                said = (error.stdout + error.stderr).strip()[-2000:]
            print(f"{name:16} {reader:26} {outcome:8} {said}", flush=True)
    sys.exit(failed)


def _toolfuzz(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "toolfuzz", *arguments], check=True, capture_output=True, text=True
    )


def _by_python(tools: Path, name: str, program: str, path: Path, python: str = "") -> str:
    own = _environment(tools, name, python)
    return _said([str(own), "-c", program, str(path)])


def _by_eee(tools: Path, python: str, path: Path) -> str:
    own = _environment(tools, "every-eval-ever", python)
    files = [str(found) for found in sorted(path.rglob("*")) if found.is_file()]
    said = _said([str(own), "-m", "every_eval_ever", "validate", *files])
    return "; ".join(re.findall(r"\d+ passed.*\d", said))


def _environment(tools: Path, name: str, python: str = "") -> Path:
    folder = tools / name
    own = folder / "bin" / "python"
    if not own.exists():
        if python:
            subprocess.run([python, "-m", "venv", str(folder)], check=True)
        else:
            venv.create(folder, with_pip=True)
        install = [str(own), "-m", "pip", "install", "-q", *_PYTHON[name]]
        subprocess.run(install, check=True, capture_output=True, text=True)
    return own


def _by_node(tools: Path, program: str, path: Path) -> str:
    return _said(["node", "-e", program, str(path)], cwd=_npm(tools))


def _npm(tools: Path) -> Path:
    folder = tools / "node"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--silent", *_NODE], cwd=folder, check=True)
    return folder


def _asked(tools: Path, run: Path, path: Path) -> str:
    """Put the questions of the fixtures to aimock, and judge what it answers."""
    # It takes files of this name only; its `validate` calls arguments that are no JSON an error,
    # and sends them as they are.
    fixtures = path.with_suffix(".json")
    fixtures.write_bytes(path.read_bytes())
    wanted = json.loads(fixtures.read_text())["fixtures"]
    data = toolfuzz.load(str(run)).data
    again = 0
    with _aimock(_npm(tools), fixtures) as url:
        for fixture in wanted:
            found = _found(data, fixture, url)
            again += fixture["metadata"]["defect"] in found
            if fixture["metadata"]["defect"] not in found:
                print(f"  not seen again: {fixture['metadata']}: {sorted(found)}")
    if again < len(wanted):
        raise subprocess.CalledProcessError(1, "aimock", f"{again} of {len(wanted)}", "")
    return f"{again} of {len(wanted)} defects seen again"


def _found(data, fixture, url: str) -> set[str]:
    """Ask aimock what the fixture's case asks, and return what is wrong with its answer."""
    said, turn = fixture["match"]["userMessage"], fixture["match"]["turnIndex"]
    for question in data.exchanges:
        for exchange in data.exchanges[question]:
            case = data.cases[exchange.case_id]
            prompts = [m.content for m in case.turns[exchange.turn].messages]
            if exchange.turn == turn and said in prompts and not exchange.stream:
                response = httpx.post(f"{url}/v1/chat/completions", json=exchange.request)
                calls = case.turns[turn].expect.calls
                expect = {"calls": [{"name": c.tool, "arguments": c.arguments} for c in calls]}
                judged = toolfuzz.judge(exchange.request, response.content, expect=expect)
                return {finding.slug for finding in judged.findings}
    return set()


@contextmanager
def _aimock(folder: Path, fixtures: Path) -> Iterator[str]:
    command = ["node", "node_modules/.bin/llmock", "--port", "0", "--fixtures", str(fixtures)]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout:
            if found := re.search(r"http://[\d.]+:\d+", line):
                break
        yield found[0]
    finally:
        server.terminate()
        server.wait()


def _said(command: list[str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.strip().replace("\n", "; ")


if __name__ == "__main__":
    main()
