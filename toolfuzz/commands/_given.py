"""What a command was given: its options over toolfuzz.toml over the defaults."""

import json
from typing import Any

from toolfuzz.config import load_config
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.options import RunOptions
from toolfuzz.system.texts import read_small

__all__ = [
    "LIMITS",
    "limits_from",
    "parse_headers",
    "parse_params",
    "read_system",
    "run_options_from",
]

LIMITS = ("max_calls", "max_time", "max_tokens", "max_cost", "price")
"""The names of ``budget_options``."""


def limits_from(given: dict[str, Any]) -> Limits:
    """Read a command's ``budget_options`` over toolfuzz.toml; raises UsageError."""
    limits = run_options_from({name: given[name] for name in LIMITS}).limits
    limits.check()
    return limits


def run_options_from(given: dict[str, Any]) -> RunOptions:
    """Build RunOptions: a command's flags over toolfuzz.toml over the defaults.

    A command's flags that are none of them are left out.
    """
    given = {k: v for k, v in given.items() if v not in (None, ())}
    if "headers" in given:
        given["headers"] = parse_headers(given["headers"])
    if "tools_headers" in given:
        given["tools_headers"] = parse_headers(given["tools_headers"], "--tools-header")
    if "params" in given:
        given["params"] = parse_params(given["params"])
    configured = load_config().given("run", "judge")
    if "system" in configured:
        configured["system"] = read_system(configured["system"])
    given = {**configured, **given}
    return RunOptions.read({k: v for k, v in given.items() if k in RunOptions.model_fields})


def read_system(path: str) -> str:
    """Return the text of a file as it stands; raises UsageError."""
    text = read_small(path, "--system", too_large="no model reads so much")
    if not text.strip():
        raise UsageError(f"--system {path}: there is nothing in it", "leave it out")
    return text


def parse_params(pairs: tuple[str, ...]) -> dict[str, Any]:
    """Read KEY=VALUE pairs; a VALUE that is JSON is JSON, anything else is text."""
    params: dict[str, Any] = {}
    for pair in pairs:
        key, found, text = pair.partition("=")
        if not found or not key:
            raise UsageError(
                f"--param {pair!r} is not KEY=VALUE", "for example: --param temperature=0"
            )
        try:
            params[key] = json.loads(text)
        except ValueError:
            params[key] = text
    return params


def parse_headers(lines: tuple[str, ...], option: str = "--header") -> dict[str, str]:
    """Read ``NAME: VALUE`` lines."""
    headers = {}
    for line in lines:
        name, found, value = line.partition(":")
        if not found or not name.strip():
            raise UsageError(
                f"{option} needs NAME: VALUE", f"for example: {option} 'X-Project: evaluation'"
            )
        headers[name.strip()] = value.strip()
    return headers
