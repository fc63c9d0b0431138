"""The trophies are what their table says: each row has its report and a case that can be asked."""

import json
import re
from pathlib import Path

from toolfuzz.core.codec import case_from_json

TROPHIES = Path(__file__).parents[2] / "reports/trophies"
MOST_BYTES = 40_000


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
