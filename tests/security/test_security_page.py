"""docs/security.md says what the code does: its numbers, and the tests that hold them."""

import re
from pathlib import Path

import pytest

from toolfuzz.core import credentials, effort, patterns, sizes, validation
from toolfuzz.generate import schema_values
from toolfuzz.generate.schema import document
from toolfuzz.generate.tools import openapi, reading, refs, toolset, yaml_json
from toolfuzz.runs import derived
from toolfuzz.runs.options import RunOptions
from toolfuzz.simulate import server, service
from toolfuzz.sources import capture, retry
from toolfuzz.system import children, lines

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
BOUNDS = PAGE.partition("## Bounds")[2]
ROWS = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \| `test_\w+\.py` \|$", BOUNDS, re.MULTILINE))
MIB = 2**20


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a reply", f"{sizes.MAX_REPLY // MIB} MiB"),
        ("a reply", f"{capture.MAX_ERROR_BYTES // MIB} MiB is kept"),
        ("an HTTP error", f"{capture.MAX_ERROR_BYTES // MIB} MiB"),
        ("an attempt", f"{RunOptions().timeout:g} s"),
        ("retries", f"{retry.ATTEMPTS} attempts"),
        ("retries", f"{retry.MAX_PAUSE:g} s between"),
        ("retries", f"{retry.MAX_RETRY_AFTER:g} s where"),
        ("one search by a pattern", f"after {patterns.MOST_SECONDS:g} s"),
        ("a pattern", f"{patterns.MOST_PATTERN:,} characters"),
        ("the work that a reply makes", f"{effort.MOST_SECONDS:g} s of processor time"),
        ("one JSON text in a reply", f"{effort.MOST_VALUES:,}"),
        ("the calls, content blocks and items of a reply", f"{effort.MOST_PARTS:,}"),
        ("validation errors of a value", f"{validation.MOST_ERRORS}"),
        ("standard error of a program", f"{children.KEPT // 1024} KiB"),
        ("a source of tools", f"{reading.MOST_SECONDS:g} s"),
        ("a source of tools", f"{toolset.MOST_TOOLS:,} tools"),
        ("a file of tools", f"{reading.MOST_BYTES // 10**6} MB"),
        ("a file of tools", f"{reading.MOST_PARTS:,} objects"),
        ("an OpenAPI description", f"{openapi.MOST_BYTES // 10**6} MB"),
        ("an OpenAPI description", f"{reading.MOST_PARTS:,} objects"),
        ("an OpenAPI description", f"{yaml_json.MOST_VALUES:,} values"),
        ("the operations of a description", f"{refs.MOST_OF_SOURCE:,} parts"),
        ("the schema of a tool", f"{document.MOST_NODES:,} values"),
        ("the schema of a tool", f"{schema_values.MOST_SECONDS:g} s of"),
        ("a line of a journal, or of recorded exchanges", f"{lines.LONGEST // MIB} MiB"),
        ("a result that lies beside a journal", f"{derived.MOST_BYTES // 10**6} MB"),
        ("`toolfuzz serve`: a request", f"{server.MOST_BODY // MIB} MiB"),
        ("`toolfuzz serve`: a request", f"within {server.BODY_SECONDS:g} s"),
        ("`toolfuzz serve`: what comes before the body", f"{service.MOST_HEAD // 1024} KiB"),
        ("`toolfuzz serve`: schema work", f"{server.MOST_STEPS:,} steps"),
    ],
)
def test_the_numbers_are_those_of_the_code(row: str, words: str) -> None:
    assert re.search(rf"(?<![\d.,]){re.escape(words)}", ROWS[row])


def test_what_is_not_masked_is_said() -> None:
    assert f"less than {credentials.SECRET_LENGTH} characters" in PAGE


def test_the_tests_are_there() -> None:
    named = set(re.findall(r"`(test_\w+\.py)`", PAGE))
    assert len(named) > 8
    assert named <= {path.name for path in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("page", ["README.md", "docs/judging.md", "docs/running.md"])
def test_the_page_is_linked(page: str) -> None:
    link = "docs/security.md" if page == "README.md" else "security.md"
    assert re.search(rf"\]\({link}[#)]", (ROOT / page).read_text(encoding="utf-8"))
