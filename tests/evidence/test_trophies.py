"""The trophies are what their table says: each row has its report and a case that can be asked."""

import ast
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from engine_trophies import BEGIN, END, MOST_BYTES, TROPHIES, cause, records, table_text

from toolfuzz.core.codec import case_from_json
from toolfuzz.core.markdown import sentence
from toolfuzz.engines.spec import parse_spec
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.judge.harm import harm_of

KEPT = list(records())


def test_each_trophy_stands_in_the_table_with_a_report_and_a_case() -> None:
    table = (TROPHIES / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\((gateways/[^)]+\.md)\)", table)
    kept = {path.relative_to(TROPHIES).as_posix() for path in TROPHIES.glob("gateways/*/*.md")}
    assert sorted(linked) == sorted(kept)
    for name in linked:
        report = TROPHIES / name
        text = report.read_text(encoding="utf-8")
        assert len(text.encode()) < MOST_BYTES, name
        assert "/tmp/" not in text, name
        case = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
        assert case_from_json(case).turns
        assert case["defect"]["slug"] in text


def test_the_table_of_engines_is_made_of_the_records() -> None:
    readme = (TROPHIES / "README.md").read_text(encoding="utf-8")
    assert readme.partition(f"{BEGIN}\n")[2].partition(END)[0] == table_text(), (
        "python benchmarks/trophies.py table"
    )


def test_no_cause_stands_there_twice() -> None:
    found = Counter(
        cause(record["trial"]["engine"], record["defect"]["slug"], record["trial"])
        for _, record in KEPT
    )
    assert [one for one, times in found.items() if times > 1] == []


@pytest.mark.parametrize(("path", "record"), KEPT, ids=[path.stem for path, _ in KEPT])
def test_an_engines_trophy_is_whole(path: Path, record: dict[str, Any]) -> None:
    known, trial, defect = case_with_defect(path), record["trial"], record["defect"]
    assert known.case.turns
    spec = parse_spec(defect["seen_on"])
    assert spec.engine.name == trial["engine"]
    # Where an engine is installed, its version needn't be named.
    assert spec.version in (trial["version"], None)
    assert path.parent.name == f"{trial['engine']}-{trial['version']}"
    assert trial["harm"] == harm_of(defect["slug"])
    assert trial["expected"] != trial["got"]
    assert defect["seen"]["failed"] == defect["seen"]["asked"] > 1
    report = path.with_suffix(".md").read_text(encoding="utf-8")
    assert report.startswith(f"# {sentence(trial['title'])}\n")
    script = path.with_suffix(".py").read_text(encoding="utf-8")
    for text in (report, script, path.read_text(encoding="utf-8")):
        assert len(text.encode()) < MOST_BYTES
        assert "/tmp/" not in text
    assert not {"toolfuzz", "subprocess"} & _imported(script)
    assert json.loads(json.dumps(_last_expected(script))) == trial["expected"]


def _imported(script: str) -> set[str]:
    return {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
        )
    }


def _last_expected(script: str) -> Any:
    """Return what the case that fails expects, as the script has it."""
    values = [
        node.value
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "expected"
    ]
    return ast.literal_eval(values[-1])
