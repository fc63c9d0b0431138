"""Make docs/run.svg, the picture in the README, from a real run on the simulated endpoints.

python scripts/readme_picture.py
"""

import io
import re
import tempfile
from contextlib import chdir
from pathlib import Path

from rich.console import Console
from rich.text import Text

import toolfuzz
from toolfuzz.report.terminal import summary_view

ROOT = Path(__file__).parents[1]
MODELS = ["sim/claude-opus", "sim/minimax-m2.1", "sim/glm-4.7"]
TOOLS = "schemas/data_import.json"
WIDTH = 112


def main() -> None:
    """Run the demo and export what it prints."""
    # The picture names the file as the command does.
    with tempfile.TemporaryDirectory() as folder, chdir(ROOT):
        summary = toolfuzz.run(MODELS, tools=TOOLS, out=Path(folder) / "run")
    summary["folder"] = "reports/20261123-101500-sim-glm-4.7"
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    command = " ".join(f"-m {m}" for m in MODELS)
    console.print(Text(f"$ toolfuzz run {command} --tools {TOOLS}\n", "dim"))
    console.print(summary_view(summary, width=WIDTH))
    picture = console.export_svg(title="toolfuzz")
    # The export names web fonts; a picture in a README must not fetch anything.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    (ROOT / "docs" / "run.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
