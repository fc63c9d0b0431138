"""What stands for an engine on the pages: made-up releases of several (tests/engines).

No release is fetched and none is the product: where a page names SGLang's, one of a made-up
Xinference is tried, of the same number, which reads all right in 0.5.6 and sends objects as strings
from 0.5.7 on.
"""

import shutil
import sys
from pathlib import Path

from click.testing import CliRunner
from made_engines import make_vllm
from made_lmdeploy import make_lmdeploy
from made_mlx import make_mlx
from made_transformers import make_transformers
from made_xinference import make_xinference

import toolfuzz
from toolfuzz.cli import cli
from toolfuzz.engines import environment
from toolfuzz.engines.known import fetchable

BREAKS = "{k: json.dumps(v) if isinstance(v, dict) else v for k, v in a.items()}"

# What the pages write, and what is asked.
ENGINES = [
    (r"\bsglang(@[\d.]+)?:glm45", r"xinference\1:qwen"),
    (r"\bsweep sglang", "sweep xinference"),
    (r"glm45,qwen3_coder", "qwen"),
    (r"(mlx-lm@0.32.2):qwen3_coder", r"\1:json_tools"),
    (r"(lmdeploy@0.18.0):glm47", r"\1:qwen3"),
    (r"(transformers@5.24.0):qwen3_5", r"\1:qwen2"),
    (r"vllm:glm45", "vllm:hermes"),
    (r"xinference@4.1.0", "xinference@0.5.23"),
]


def make_releases(folder: Path) -> None:
    """Put all releases where fetched ones are, and Pythons for them; vLLM's is in the folder."""
    cache = folder / "cache"
    make_lmdeploy(cache, "0.18.0")
    make_mlx(cache, "0.32.2")
    make_transformers(cache, "5.24.0")
    for version, does in (("0.5.6", "a"), ("0.5.7", BREAKS), ("0.5.23", BREAKS)):
        make_xinference(cache, version, does=does)
    for engine in fetchable().values():
        place = environment._place(engine.requirements).name
        python(cache / "engines" / place / "bin/python", "")
    site = folder / "vllm/site"
    make_vllm(site)
    python(folder / "vllm/bin/python", str(site))
    site = cache / "engines/xinference/0.5.23"
    info = site / "xinference-0.5.23.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xinference\nVersion: 0.5.23\n")
    python(folder / "sglang/bin/python", str(site))


def python(path: Path, site: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{site}" exec {sys.executable} "$@"\n')
    path.chmod(0o755)


def engine_run() -> str:
    """Make RUN anew, on an engine, and a report of it; return the id of the case that failed."""
    shutil.rmtree("RUN")
    run = toolfuzz.run(
        "engine/xinference@0.5.23:qwen", cases=2, stream="both", features=["object"], out="RUN"
    )
    done = CliRunner().invoke(cli, ["bug", "RUN", "--most", "1"])
    assert done.exit_code == 0, done.output
    return next(one.case for one in run.failures if "object-as-json-string" in one.defects)
