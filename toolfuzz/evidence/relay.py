"""Reports of a gateway's mistakes: both sides of one exchange, and how to see it again."""

import json
import shlex
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolfuzz import __version__
from toolfuzz.analyze.load import RunData, question
from toolfuzz.analyze.relay import Cause
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import UpstreamAnswered
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.markdown import code, fenced, sentence
from toolfuzz.core.text import file_name
from toolfuzz.core.verdict import Finding
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.journal import read_journal
from toolfuzz.system.files import write_private

__all__ = ["read_known", "write_reports"]

_MOST = 8000


@dataclass(frozen=True, slots=True)
class _Sides:
    """The four messages of a turn; upstream's are None where the request never came there."""

    client: Exchange
    upstream: UpstreamAnswered | None


def read_known(path: Path) -> dict[str, str]:
    """Read accepted causes: ``[[accepted]]`` with ``cause`` and, if there is one, ``url``."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
        return {str(entry["cause"]): str(entry.get("url", "")) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}: not a list of accepted causes: {error}",
            '[[accepted]] with cause = "relay-call-lost" and url = "https://…"',
        ) from None


def write_reports(folder: Path, run: RunData, causes: Sequence[Cause]) -> dict[str, Path]:
    """Write a report and a case file for each cause that fails; return the reports' paths."""
    upstream = _upstream(folder)
    written: dict[str, Path] = {}
    for cause in causes:
        if cause.severity != "error":
            continue
        verdict, finding = cause.example
        kept = run.exchanges.get(question(verdict), [])
        client = next((e for e in kept if e.turn == finding.turn), None)
        if client is None:
            continue
        sides = _Sides(client, upstream.get((*question(verdict), finding.turn)))
        stem = folder / "reports" / file_name(cause.name)
        stem.parent.mkdir(exist_ok=True)
        path = stem.with_name(f"{stem.name}.md")
        case = run.cases[verdict.case_id]
        write_json(stem.with_name(f"{stem.name}.json"), case_to_json(case))
        told = run.started.settings["trial"]
        write_private(path, _report(cause, finding, sides, told, f"{stem.name}.json"))
        written[cause.name] = path
    return written


def _upstream(folder: Path) -> dict[tuple[Any, ...], UpstreamAnswered]:
    """Return what upstream was asked last, by the client's question and turn."""
    found: dict[tuple[Any, ...], UpstreamAnswered] = {}
    client: Exchange | None = None
    for event in read_journal(folder):
        match event:
            case UpstreamAnswered(exchange=exchange) if client is not None:
                # Upstream may be asked plainly for what the client has asked as a stream.
                found[(*question(client), exchange.turn)] = event
            case _ if event.event == "exchange-recorded":
                client = event.exchange
    return found


def _report(
    cause: Cause, finding: Finding, sides: _Sides, told: dict[str, Any], case_file: str
) -> str:
    entry = defects().get(cause.slug)
    what = entry.title if entry else cause.slug
    front = sides.client.target
    mode = "streamed" if sides.client.stream else "not streamed"
    route = f"{front} → {sides.upstream.format if sides.upstream else 'nothing'}"
    parts = [
        f"# {sentence(told['subject'])}: {what[:1].lower()}{what[1:]} ({sentence(route)}, {mode})",
        f"Found with toolfuzz {__version__} between a client and a scripted upstream that keeps to "
        "the wire format. Both sides were recorded; what follows is what each of them saw.",
        f"- where: {code(finding.message)}",
        f"- given: {code(_short(finding.expected))}",
        f"- arrived: {code(_short(finding.actual))}",
        f"- seen in: {sentence(_doors(cause))}",
    ]
    if entry:
        parts.append(f"- what to do: {entry.help}")
    parts += ["## 1. What the client sent", _json(sides.client.request)]
    if sides.upstream is None:
        parts += ["## 2. What came upstream", "Nothing: the gateway asked nobody."]
    else:
        other = sides.upstream.exchange
        parts += ["## 2. What came upstream", _json(other.request)]
        parts += ["## 3. What upstream answered", _body(other.last, sides.upstream.format)]
    parts += ["## 4. What the client got", _body(sides.client.last, _format(front))]
    parts += ["## The gateway", *_gateway(told)]
    parts += ["## To see it again", _again(told, case_file, sides)]
    return "\n\n".join(parts) + "\n"


def _format(front: str) -> str:
    return front.partition(" ")[0]


def _doors(cause: Cause) -> str:
    return "; ".join(
        f"{target} {'streamed' if stream else 'plain'}: {shown} of {cause.asked[target, stream]}"
        for (target, stream), shown in cause.doors.items()
    )


def _gateway(told: dict[str, Any]) -> list[str]:
    parts = [fenced(shlex.join(told["command"]), "sh")] if told["command"] else []
    if told["config"]:
        parts += ["With this configuration:", fenced(told["config"])]
    return parts or [f"It ran at {code(str(told['url']))}."]


def _again(told: dict[str, Any], case_file: str, sides: _Sides) -> str:
    serve = f"toolfuzz serve --script {shlex.quote(case_file)} --port 8401"
    body = shlex.quote(json.dumps(sides.client.request))
    path = wire_format(_format(sides.client.target)).path(
        str(sides.client.request.get("model", "")), sides.client.stream
    )
    ask = f"curl -sN http://127.0.0.1:PORT/v1{path} -H 'content-type: application/json' -d {body}"
    return fenced(f"{serve}   # the upstream; start the gateway before it\n{ask}", "sh")


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return fenced(
        text if len(text) <= _MOST else f"{text[:_MOST]}\n… {len(text):,} characters", "json"
    )


def _body(attempt: Attempt, format: str) -> str:
    text = wire_format(format).show(attempt.body)
    shown = text if len(text) <= _MOST else f"{text[:_MOST]}\n… {len(text):,} characters"
    broke = f", {attempt.error}" if attempt.error else ""
    return f"HTTP status {attempt.status}{broke}\n\n{fenced(shown)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"
