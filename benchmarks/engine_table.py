"""The table in docs/engines.md: SGLang's releases and parsers, from runs made here and now.

    python benchmarks/engine_table.py [CASES]

Fetches the releases (about 100 MB, once), asks every parser the same cases plain and streamed, and
prints Markdown. One run a release, so that few processes live at a time.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import toolfuzz
from toolfuzz.engines.spec import parse_spec

RELEASES = {
    "0.5.6": ("glm45", "qwen3_coder", "minimax_m2"),
    "0.5.7": ("glm45", "glm47", "qwen3_coder", "minimax_m2"),
    "0.5.9": ("glm45", "glm47", "qwen3_coder", "minimax_m2"),
    "0.5.12": ("glm45", "glm47", "qwen3_coder", "minimax_m2"),
    "0.5.18": ("glm45", "glm47", "qwen3_coder", "minimax_m2"),
    "0.5.23": (
        *("glm45", "glm47", "qwen3_coder", "minimax_m2", "kimi_k2", "deepseekv3", "deepseekv31"),
        *("deepseekv32", "qwen25", "llama3", "pythonic", "mistral", "gpt_oss"),
    ),
}


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    began = time.time()
    print(f"{cases} cases, seed 0, plain and streamed; {time.strftime('%Y-%m-%d')}.\n")
    print("| parser | SGLang | right | 95 % interval | of | skipped | most frequent defects |")
    print("|---|---|---|---|---|---|---|")
    for release, parsers in RELEASES.items():
        specs = [f"engine/sglang@{release}:{parser}" for parser in parsers]
        with tempfile.TemporaryDirectory() as folder:
            done = toolfuzz.run(specs, cases=cases, stream="both", out=Path(folder) / "run")
        for target in done["targets"]:
            print(_row(target, done["skipped"]), flush=True)
    print(f"\n{time.time() - began:.0f} s in all.")


def _row(target: dict[str, Any], skipped: list[dict[str, str]]) -> str:
    spec = parse_spec(target["target"])
    missed = sum(s["target"] == target["target"] for s in skipped)
    replies = Counter({slug: d["replies"] for slug, d in target["defects"].items()})
    worst = ", ".join(f"`{slug}` {n}" for slug, n in replies.most_common(3)) or "none"
    right = f"{target['rate']:.1%} | {target['low']:.1%} – {target['high']:.1%}"
    return f"| {spec.parser} | {spec.version} | {right} | {target['judged']} | {missed} | {worst} |"


if __name__ == "__main__":
    main()
