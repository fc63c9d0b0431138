"""A broken file is read or refused; nothing else happens. The long version is in benchmarks."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from fuzz_readers import mutant, outcome


@pytest.mark.parametrize(
    "kind", ["journal", "exchanges", "case", "config", "tools", "openapi", "openapi-yaml"]
)
def test_a_broken_file_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    said = [outcome(kind, mutant(kind, n, seed=1), tmp_path) for n in range(150)]
    assert {word for word, _ in said} <= {"ok", "refused"}
    # Processor time, so a busy machine doesn't count.
    assert max(seconds for _, seconds in said) < 5
