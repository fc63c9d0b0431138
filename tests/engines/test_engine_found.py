"""What was last found of a parser is kept beside the releases, and a damaged file is none."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_mlx import make_mlx

from toolfuzz.cli import cli
from toolfuzz.engines import environment
from toolfuzz.engines.found import Found, last_found, remember

FOUND = Found("mlx-lm@0.99.0:json_tools", "2026-11-27", 2, 4, 1, (("value-changed", 3),))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    return tmp_path / "engines" / "found"


def invoke(*args: str) -> str:
    done = CliRunner().invoke(cli, args)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_run_tells_the_list_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_mlx(tmp_path, "0.99.0")
    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)
    assert "last found" not in invoke("engines", "list")
    out = str(tmp_path / "run")
    invoke("run", "-m", "engine/mlx-lm@0.99.0:json-tools", "--cases", "2", "--quiet", "--out", out)
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    [target] = summary["targets"]
    [found] = json.loads(invoke("engines", "list", "--json"))["found"]
    assert found["target"] == "mlx-lm@0.99.0:json_tools"
    assert (found["cases"], found["judged"]) == (2, target["judged"])
    assert found["passed"] == target["passed"]
    assert [slug for slug, _ in found["defects"]] == list(target["defects"])[:3]
    assert "last found" in invoke("engines", "list")


def test_the_last_one_is_kept() -> None:
    assert last_found() == []
    more = tuple((f"slug-{n}", 9 - n) for n in range(5))
    remember(Found(FOUND.target, "2026-11-26", 2, 4, 4, ()))
    remember(Found("xinference@9.9.0:qwen/qwen3_coder", "2026-11-27", 2, 0, 0, more))
    remember(FOUND)
    assert last_found() == [
        FOUND,
        Found("xinference@9.9.0:qwen/qwen3_coder", "2026-11-27", 2, 0, 0, more[:3]),
    ]
    assert FOUND.words() == "2026-11-27: 25.0% of 4 right, value-changed 3"


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"\xff", b'{"target": 1}', b"[" * 20_000, b"null"],
    ids=["empty", "cut", "array", "bytes", "keys", "deep", "null"],
)
def test_a_damaged_file_is_left_out(cache: Path, damage: bytes) -> None:
    remember(FOUND)
    (cache / "a.json").write_bytes(damage)
    assert last_found() == [FOUND]


def test_hostile_words_of_a_file_stay_words(cache: Path) -> None:
    remember(FOUND)
    [path] = cache.glob("*.json")
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "day": "\x1b[31m"}))
    assert "\x1b" not in invoke("engines", "list")
    path.write_text(json.dumps({**data, "judged": -1}))
    assert last_found() == []


def test_a_folder_that_cannot_be_written_is_no_error(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    remember(FOUND)
    assert last_found() == []
