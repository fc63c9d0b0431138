"""An install without extras: a virtual environment with what toolfuzz depends on, and no more."""

import json
import os
import re
import subprocess
import tomllib
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest

from toolfuzz.simulate.process import start

ROOT = Path(__file__).parents[1]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MOST_MB = 36
"""Of a disk with blocks of 4 KiB. pip compiles what it installs, which takes 25 MB more
(``benchmarks/weight.py``); 60 MB in all are promised."""
BLOCK = 4096


def distributions(requirements: list[str]) -> set[str]:
    """The names of these requirements and of all that they need themselves."""
    found: set[str] = set()
    left = list(requirements)
    while left:
        requirement, _, marker = left.pop().partition(";")
        name = re.split(r"[^\w.-]", requirement.strip())[0]
        needed = "extra" not in marker and "python_version <" not in marker
        if needed and "platform" not in marker and name not in found:
            found.add(name)
            left += distribution(name).requires or []
    return found


def files(name: str) -> Iterator[Path]:
    """What a distribution has put into site-packages."""
    there = distribution(name)
    for file in there.files or ():
        if ".." not in file.parts:
            yield Path(str(there.locate_file(file)))


def on_disk(paths: Iterable[Path]) -> int:
    """The bytes of the blocks of these files and of their folders, without what is compiled."""
    kept = [path for path in paths if "__pycache__" not in path.parts and path.is_file()]
    blocks = sum(-(-path.stat().st_size // BLOCK) for path in kept)
    return BLOCK * (blocks + len({path.parent for path in kept}))


CORE = distributions(DECLARED["dependencies"])


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter of an environment that holds links to the core's packages."""
    if os.name == "nt":
        pytest.skip("symbolic links need a right of their own on Windows")
    folder = tmp_path_factory.mktemp("core")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    site = next(folder.glob("[Ll]ib/**/site-packages"))
    for name in CORE:
        there = distribution(name)
        base = Path(str(there.locate_file("")))
        for top in {file.parts[0] for file in there.files or () if ".." not in file.parts}:
            if top != "__pycache__" and not (site / top).exists():
                (site / top).symlink_to(base / top)
    return str(next(folder.glob("[Bb]*/python*")))


def toolfuzz(python: str, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "toolfuzz", *command],
        check=False, cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip


def test_the_core_is_small() -> None:
    sizes = {name: on_disk(files(name)) for name in CORE}
    sizes["toolfuzz"] = on_disk((ROOT / "toolfuzz").rglob("*"))
    megabytes = sum(sizes.values()) / 1e6
    largest = sorted(sizes.items(), key=lambda one: -one[1])[:5]
    assert 25 < megabytes <= MOST_MB, largest


def test_all_that_is_an_extra_is_missing(python: str) -> None:
    names = (
        "openai",
        "anthropic",
        "scipy",
        "numpy",
        "starlette",
        "uvicorn",
        "httptools",
        "hypothesis",
        "genai_prices",
        "mcp",
        "yaml",
        "boto3",
        "tokenizers",
        "pyarrow",
        "ray",
    )
    code = f"from importlib.util import find_spec; print([n for n in {names} if find_spec(n)])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_strategies_name_their_extra(python: str) -> None:
    done = subprocess.run(
        [python, "-c", "from toolfuzz import strategies"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "toolfuzz.strategies needs Hypothesis: pip install 'toolfuzz[str" in done.stderr


def test_every_command_needs_the_core_alone(python: str) -> None:
    """What one of them needs of the server extra it asks for first (below)."""
    code = (
        "import pkgutil\nfrom importlib import import_module\nimport toolfuzz.commands as all\n"
        "missing = {}\n"
        "for module in pkgutil.iter_modules(all.__path__, f'{all.__name__}.'):\n"
        "    try: import_module(module.name)\n"
        "    except ModuleNotFoundError as error: missing[module.name] = error.name\n"
        "    else: missing[module.name] = ''\n"
        "import json; print(json.dumps(missing))"
    )
    done = subprocess.run(
        [python, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    missing = json.loads(done.stdout)
    assert len(missing) >= 30
    needing = {name.rpartition(".")[2]: lacks for name, lacks in missing.items() if lacks}
    assert needing.keys() <= {"observe", "serve", "trial"}
    assert set(needing.values()) <= {"httptools", "starlette", "uvicorn"}


@pytest.mark.parametrize(
    "command",
    [
        ("run", "-m", "sim/clean"),
        ("serve",),
        ("view", "."),
        ("observe", "--upstream", "http://127.0.0.1:9"),
        ("trial", "--subject", "x", "--url", "http://127.0.0.1:9"),
    ],
    ids=lambda command: command[0],
)
def test_what_needs_the_server_extra_says_so(
    python: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = toolfuzz(python, *command, cwd=tmp_path)
    assert done.returncode == 2
    assert "needs starlette and uvicorn and httptools, not in this install" in done.stderr
    assert "pip install 'toolfuzz[server]'" in done.stderr
    assert not any(tmp_path.iterdir()), "nothing is begun"


def test_a_run_and_its_evidence_need_no_extra(python: str, tmp_path: Path) -> None:
    """What users of the SDKs get is not compared, which is said first; all else is there."""
    with start() as simulator:
        run = toolfuzz(
            python, "run", "-m", "fault:object-as-json-string", "--base-url", simulator.base_url,
            "--cases", "6", "--report", "html", "--report", "junit", "--out", "r", "--json",
            cwd=tmp_path,
        )  # fmt: skip
        again = ("r", "--trust", "--most", "1", "--askings", "24")
        minimal = toolfuzz(python, "minimize", *again, cwd=tmp_path)
    assert (run.returncode, minimal.returncode) == (0, 0), run.stderr + minimal.stderr
    told = (
        "what users of openai get from a reply is not compared; for that: pip install 'openai>=1.92"
    )
    assert run.stderr.count(told) == 1
    summary = json.loads(run.stdout)
    assert summary["clients_missing"] == ["openai>=1.92"] and summary["clients"] == {}
    assert summary["targets"][0]["judged"] == 6
    assert (tmp_path / "r/report.html").is_file() and (tmp_path / "r/junit.xml").is_file()
    assert "kept in" in minimal.stdout
