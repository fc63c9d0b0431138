"""OpenTelemetry: each verdict as an event ``gen_ai.evaluation.result``, in OTLP's JSON.

The event is that of the GenAI semantic conventions
(https://github.com/open-telemetry/semantic-conventions-genai, status: development); the file is
what the Collector's ``otlpjsonfile`` receiver reads: a ``LogsData`` message a line
(https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/). What has no name there is
``toolfuzz.*``.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from toolfuzz.analyze.load import RunData, causes, last_of_each_turn, question
from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.text import printable
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import wire_format
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.formats._samples import explained
from toolfuzz.report.formats._times import nanoseconds

__all__ = ["FILE", "render"]

FILE = "evaluations.otlp.jsonl"
_EVENT = "gen_ai.evaluation.result"
_NAME = "toolfuzz.tool_call"
_INFO = 9
_OF_A_LINE = 100


def render(run: RunData, summary: JsonObject) -> Iterator[str]:
    """Give the lines; an answer that could not be judged has no score, and says why as an error."""
    targets = {target.name: target for target in run.started.targets}
    version = summary["toolfuzz_version"]
    resource = {"attributes": _attributes({"service.name": "toolfuzz", "service.version": version})}
    scope = {"name": "toolfuzz", "version": version}
    left, some = iter(run.verdicts), None
    while some is None or len(some) == _OF_A_LINE:
        some = list(islice(left, _OF_A_LINE))
        records = [_record(run, targets[v.target], v) for v in some]
        logs = {"resource": resource, "scopeLogs": [{"scope": scope, "logRecords": records}]}
        yield dumped({"resourceLogs": [logs]}) + "\n"


def _record(run: RunData, target: Target, verdict: Verdict) -> JsonObject:
    asked = last_of_each_turn(run.exchanges.get(question(verdict), []))
    last = asked[-1].last if asked else None
    ended = last.started + last.total_ms / 1000 if last else run.started.started
    attributes = {
        **_judged(verdict),
        "gen_ai.response.id": _response_id(target, asked[-1]) if asked else None,
        "gen_ai.request.model": printable(target.model),
        "toolfuzz.target": printable(target.name),
        "toolfuzz.nature": run.nature(target.name).label or "real",
        "toolfuzz.case_id": verdict.case_id,
        "toolfuzz.repeat": verdict.repeat,
        "toolfuzz.stream": verdict.stream,
        "toolfuzz.given_up": target.name in run.given_up,
        "toolfuzz.defects": sorted({f.slug for f in causes(verdict)}),
    }
    at = str(nanoseconds(ended))
    return {
        "timeUnixNano": at,
        "observedTimeUnixNano": at,
        "severityNumber": _INFO,
        "eventName": _EVENT,
        "attributes": _attributes(attributes),
    }


def _judged(verdict: Verdict) -> JsonObject:
    told: JsonObject = {"gen_ai.evaluation.name": _NAME}
    if verdict.status == "unjudged":
        return told | {"error.type": printable(verdict.reason or "unjudged")}
    score = {"gen_ai.evaluation.score.value": float(verdict.status == "pass")}
    told |= score | {"gen_ai.evaluation.score.label": verdict.status}
    return told | {"gen_ai.evaluation.explanation": printable(explained(verdict)) or None}


def _response_id(target: Target, exchange: Exchange) -> str | None:
    """Return the id that the server gave its reply, by which its own telemetry names it, too."""
    if exchange.stream:
        ids = wire_format(target.format).read(exchange.last, stream=True).chunk_ids
        return printable(ids[0]) if ids else None
    try:
        body = json.loads(exchange.last.body)
    except (ValueError, RecursionError):
        return None
    found = body.get("id", body.get("responseId")) if isinstance(body, dict) else None
    return printable(found) if isinstance(found, str) else None


def _attributes(named: dict[str, Any]) -> list[JsonObject]:
    return [{"key": k, "value": _value(v)} for k, v in named.items() if v is not None]


def _value(value: Any) -> JsonObject:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [_value(held) for held in value]}}
        case _:
            return {"stringValue": str(value)}
