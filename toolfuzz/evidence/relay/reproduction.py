"""How somebody else sees a gateway's mistake again: by one command, or by hand."""

import json
import shlex
from collections.abc import Iterator

from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.formats import wire_format
from toolfuzz.formats.snippets import curl
from toolfuzz.runs.gateway import filled, prefix_of

__all__ = ["reproduction"]

_UPSTREAM_PORT, _PORT = 8401, 4000
_KEY = "sk-toolfuzz-trial"


def reproduction(trial: JsonObject, target: Target, asked: Exchange, case_file: str) -> JsonObject:
    """Return the gateway's start and configuration with ports filled in, and the commands.

    ``trial`` is what the journal tells of it. Everything may be hostile: it is quoted.
    """
    config_name = trial.get("config_name") or "config"
    upstream = f"http://127.0.0.1:{_upstream_port(trial)}"
    values = {
        "port": str(_PORT),
        "upstream": f"{upstream}/v1",
        "origin": upstream,
        "config": config_name,
        "folder": ".",
    }
    config = trial["config"]
    headers = {name: filled(value, values) for name, value in trial.get("headers", {}).items()}
    origin = trial["url"] or f"http://127.0.0.1:{_PORT}"
    format = wire_format(target.format)
    prefix = prefix_of(target.format, trial.get("prefix"))
    url = origin + prefix + format.path(target.model, asked.stream)
    options = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
    return {
        "start": _started(trial, values),
        "url": trial["url"],
        "config": filled(config, values) if config else None,
        "config_name": config_name,
        "serve": f"toolfuzz serve --script {shlex.quote(case_file)} --port {_upstream_port(trial)}",
        "curl": curl(
            url, format.headers(_KEY), asked.request, stream=asked.stream, options=options
        ),
        "trial": shlex.join(_trial(trial, target, case_file)),
    }


def _upstream_port(trial: JsonObject) -> int:
    return int(trial.get("upstream_port") or _UPSTREAM_PORT)


def _started(trial: JsonObject, values: dict[str, str]) -> str:
    if not trial["command"]:
        return ""
    env = (f"{name}={shlex.quote(filled(value, values))} " for name, value in _env(trial).items())
    return "".join(env) + shlex.join(filled(word, values) for word in trial["command"])


def _env(trial: JsonObject) -> dict[str, str]:
    env: dict[str, str] = trial["env"]
    return env


def _trial(trial: JsonObject, target: Target, case_file: str) -> Iterator[str]:
    yield from ("toolfuzz", "trial", "--subject", trial["subject"], "--front", target.format)
    yield from ("--model", target.model, "--case", case_file)
    yield from ("--upstream-port", str(_upstream_port(trial)))
    if trial.get("prefix") is not None:
        yield from ("--prefix", trial["prefix"])
    for name, value in trial.get("headers", {}).items():
        yield from ("--header", f"{name}: {value}")
    for name, value in target.params.items():
        yield from ("--param", f"{name}={json.dumps(value)}")
    if trial["config"]:
        name = trial.get("config_name") or "config"
        yield from ("--config-template", name)
        if "/" in name:
            yield from ("--config-name", name)
    for name, value in _env(trial).items():
        yield from ("--env", f"{name}={value}")
    if trial["url"]:
        yield from ("--url", trial["url"])
    elif trial["command"]:
        yield from ("--", *trial["command"])
