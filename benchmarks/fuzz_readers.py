"""Broken files for everything that reads one: only the documented errors, in bounded time.

    python benchmarks/fuzz_readers.py --mutants 100000 --seed 0

Each mutant is a valid sample (journal, exchanges, tools, OpenAPI in JSON and YAML, case, config)
with a few bytes or a few JSON values changed. A reader may accept it or raise ToolfuzzError, and
nothing else. Prints each other exception once, the slowest mutant and the most memory.
"""

import argparse
import collections
import copy
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from toolfuzz.config import load_config
from toolfuzz.core.codec import case_from_json, case_to_json
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.generate import draw_cases
from toolfuzz.generate.tools import load, load_openapi
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.journal import read_journal
from toolfuzz.runs.offline import judge_lines

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 20

ODD: list[Any] = [
    None, True, False, 0, -1, 5, 10**30, 1e308, 0.5, "", "x", "\ud800", "\x00", "../../x",
    "a" * 5000,
    [], {}, [[]], {"": None}, {"$ref": "#/nowhere"}, {"$ref": "#"}, {"$ref": 5}, {"type": "string"},
    {"type": []}, {"pattern": "("}, {"pattern": "^((a)+)+$"}, {"enum": []}, {"minLength": 10**9},
    {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, [1, "a", None], "2026-01-01", "NaN",
]  # fmt: skip


def _tools() -> Any:
    return json.loads((ROOT / "schemas/data_import.json").read_text(encoding="utf-8"))


def _openapi() -> Any:
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


def _exchange() -> Any:
    function = {"name": "f", "parameters": {"type": "object", "properties": {"a": {}}}}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    choice = {"index": 0, "message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}
    return {
        "id": "1",
        "request": {"model": "m", "messages": [], "tools": [{"function": function}]},
        "response": {"status": 200, "body": {"choices": [choice]}},
        "expect": {"calls": [{"name": "f", "arguments": {"a": 1}}]},
    }


def _journal() -> list[Any]:
    lines = (ROOT / "reports/sample-run/run.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in [*lines[:12], lines[-1]]]


def _lines(values: list[Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def _yaml(value: Any) -> str:
    import yaml

    return str(yaml.safe_dump(value))


def _config(data: Any) -> str:
    del data
    return '[run]\ncases = 5\nprobes = ["echo"]\n[judge]\nstrict = true\nignore = ["F"]\n'


def _read_config(path: Path) -> None:
    # Each in a folder of its own: a configuration is read once a process.
    folder = Path(tempfile.mkdtemp(dir=path.parent))
    path.rename(folder / "toolfuzz.toml")
    load_config(folder)


def _read_case(path: Path) -> None:
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return
    if isinstance(data, dict):
        case_from_json(data)


def _draw_tools(path: Path) -> None:
    list(draw_cases(2, tools=[load(str(path))]))


def _draw_openapi(path: Path) -> None:
    list(draw_cases(2, tools=[load_openapi(str(path))]))


_INSERTED = (b"\x00", b"\xff", b'"', b"[", b"{", b"\n", b"NaN", b"\\ud800")
Sample = tuple[str, Callable[[], Any], Callable[[Any], str], Callable[[Path], Any]]
SAMPLES: dict[str, Sample] = {
    "journal": ("run.jsonl", _journal, _lines, lambda path: list(read_journal(path))),
    "exchanges": (
        "exchanges.jsonl",
        lambda: [_exchange(), _exchange()],
        _lines,
        lambda path: list(judge_lines(path, Policy())),
    ),
    "tools": ("tools.json", _tools, json.dumps, _draw_tools),
    "openapi": ("api.json", _openapi, json.dumps, _draw_openapi),
    "openapi-yaml": ("api.yaml", _openapi, _yaml, _draw_openapi),
    "case": ("case.json", lambda: case_to_json(next(iter(draw_cases(1)))), json.dumps, _read_case),
    "config": ("config.toml", dict, _config, _read_config),
}


def mutant(kind: str, number: int, seed: int = 0) -> bytes:
    """Return the n-th broken file of that kind; the same for the same seed."""
    rng = random.Random(f"{seed}/{kind}/{number}")
    _, sample, spell, _ = SAMPLES[kind]
    value = copy.deepcopy(sample())
    if isinstance(value, dict | list) and value and rng.random() < 0.6:
        for _ in range(rng.choice((1, 1, 2, 4))):
            value = _changed(value, rng)
        try:
            return spell(value).encode("utf-8", "surrogatepass")
        except Exception:
            return b"\xff"
    data = bytearray(spell(value).encode())
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
    match rng.randrange(5):
        case 0:
            del data[at : at + size]
        case 1:
            data[at:at] = data[at : at + size] * rng.choice((1, 2, 50))
        case 2:
            data[at : at + 1] = bytes([rng.randrange(256)])
        case 3:
            data[at:at] = rng.choice(
                (b"\x00", b"\xff", b'"', b"[", b"{", b"\n", b"NaN", b"\\ud800")
            )
        case _:
            del data[at:]


def outcome(kind: str, data: bytes, folder: Path) -> tuple[str, float]:
    """Read a file: ``ok``, ``refused`` or what else was raised, and processor seconds."""
    name, *_, read = SAMPLES[kind]
    path = folder / name
    path.write_bytes(data)
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        read(path)
        said = "ok"
    except ToolfuzzError:
        said = "refused"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}: {error}"[
            :200
        ]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return said, time.process_time() - began


class TooSlowError(Exception):
    """A mutant took longer than SECONDS."""


def _too_slow(*_: Any) -> None:
    raise TooSlowError(f"more than {SECONDS} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=7000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=list(SAMPLES), action="append")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, _too_slow)
    kinds = options.kind or list(SAMPLES)
    counts: dict[str, collections.Counter[str]] = {k: collections.Counter() for k in kinds}
    slowest = (0.0, "", 0)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.mutants // len(kinds)):
            for kind in kinds:
                said, took = outcome(kind, mutant(kind, number, options.seed), Path(folder))
                if said not in counts[kind] and said not in ("ok", "refused"):
                    print(f"{kind} mutant {number}: {said}")
                counts[kind][said] += 1
                slowest = max(slowest, (took, kind, number))
    bad = 0
    for kind, seen in counts.items():
        others = seen.total() - seen["ok"] - seen["refused"]
        bad += others
        print(f"{kind:14} {seen['ok']:7} read {seen['refused']:7} refused {others:5} anything else")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"slowest {slowest[0]:.2f} s ({slowest[1]} mutant {slowest[2]}); most memory {peak:.0f} MB"
    )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
