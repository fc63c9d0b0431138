"""Seconds from ``git clone`` to the first answer: clone, environment, install, a simulated run.

python benchmarks/first_answer.py [REPOSITORY]

The time of the install is mostly that of the network. Prints each step, then the whole.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def main(repository: str) -> None:
    """Do as README says, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "toolfuzz"
        steps = [
            ("git clone", ["git", "clone", "--quiet", repository, str(clone)]),
            ("make demo: install and answer", ["make", "--silent", "-C", str(clone), "demo"]),
            ("make demo: again", ["make", "--silent", "-C", str(clone), "demo"]),
        ]
        began = time.monotonic()
        for name, command in steps:
            at = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            print(f"{name:32}{time.monotonic() - at:7.1f} s")
            if name.endswith("answer"):
                print(f"{'clone to first answer':32}{time.monotonic() - began:7.1f} s")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(HERE))
