"""The tests of docs/parsers.md, each against the real engine that it names."""

import subprocess
import sys
from pathlib import Path

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.engines import environment, store

RUNNER = Path(__file__).parent / "parser_guide.py"


def run(engine: str, version: str, old: str, new: str) -> str:
    """Return what the page's test says of the release, changed in one place."""
    try:
        store.fetch(engine, version)
        environment.parser_python(engine)
    except UsageError as error:
        if "could not be" not in error.message:
            raise
        pytest.skip(f"NO NETWORK: {engine} {version} WAS NOT TRIED: {error.message}")
    command = [sys.executable, str(RUNNER), engine, version, old, new]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("engine", "version", "old", "new", "said"),
    [
        ("sglang", "0.5.23", "qwen25", "qwen25", []),
        (
            "mlx-lm",
            "0.32.2",
            'streams("qwen3_coder")',
            'streams("qwen3_coder", features=["integer-big"])',
            ["AssertionError: not what the model wrote", "integer-precision-loss in call 0 at /"],
        ),
    ],
    ids=["sglang", "mlx-lm"],
)
def test_the_page_tests_a_real_parser(
    engine: str, version: str, old: str, new: str, said: list[str]
) -> None:
    told = run(engine, version, old, new)
    assert bool(told) == bool(said), told
    assert all(words in told for words in said), told
