"""Write docs/case.schema.json, the JSON Schema of a case's file."""

import json
from pathlib import Path

from toolfuzz.core.codec import case_schema

PAGE = Path(__file__).parents[1] / "docs" / "case.schema.json"

if __name__ == "__main__":
    PAGE.write_text(json.dumps(case_schema(), indent=2) + "\n", encoding="utf-8")
