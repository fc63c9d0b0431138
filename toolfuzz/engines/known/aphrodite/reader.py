"""Aphrodite's parsers behind its own chat serving, driven by vLLM's reader: it is a fork."""

import importlib.util
from pathlib import Path
from typing import Any

_VLLM = Path(__file__).parents[1] / "vllm" / "reader.py"


def load(root: str | None) -> Any:
    """Load the installed Aphrodite; raises ModuleNotFoundError for what is missing."""
    spec = importlib.util.spec_from_file_location("vllm_reader", _VLLM)
    assert spec is not None and spec.loader is not None
    reader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reader)
    return reader.load(root, package="aphrodite", distribution="aphrodite-engine")
