"""HTTP Archive 1.2: every request and response as they went over the network, for HAR viewers.

http://www.softwareishard.com/blog/har-12-spec/. What a browser's devtools and proxies show, and
what ``toolfuzz judge`` reads. An entry is one attempt, also one that got no response (status 0, and
``_error`` says why, as Chromium does).
"""

import base64
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.nature import nature_of
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.formats._times import moment
from toolfuzz.report.words import given_up
from toolfuzz.runs.reproduce import sent, service_of

__all__ = ["FILE", "render"]

FILE = "exchanges.har"
_UNKNOWN = "http://address.invalid"


def render(run: RunData, summary: JsonObject) -> Iterator[str]:
    """Give the archive entry by entry; of an engine's trial nothing went over a network.

    Request headers, and the response headers that are not on the journal's list, were never kept.
    """
    creator = {"name": "toolfuzz", "version": summary["toolfuzz_version"]}
    head = {"version": "1.2", "creator": creator, "comment": _comment(summary)}
    yield f'{{"log": {dumped(head)[:-1]}, "entries": ['
    between = "\n"
    for exchange in _over_http(run):
        for entry in _entries(run, exchange):
            yield between + dumped(entry)
            between = ",\n"
    yield "\n]}}\n"


def _comment(summary: JsonObject) -> str:
    told = [
        f"{target['target']}: {said}"
        for target in summary["targets"]
        for said in (target["nature"]["sentence"], given_up(target))
        if said
    ]
    return "; ".join(told) or "answers of real endpoints"


def _over_http(run: RunData) -> Iterator[Exchange]:
    remote = {t.name for t in run.started.targets if nature_of(t).over_http}
    for asked, exchanges in run.exchanges.items():
        if asked[1] in remote:
            yield from exchanges


def _entries(run: RunData, exchange: Exchange) -> Iterator[JsonObject]:
    target = next(t for t in run.started.targets if t.name == exchange.target)
    request = _request(run, target, exchange)
    nature = run.nature(target.name).label
    asked = f"{exchange.target} {nature}".strip()
    where = f"case {exchange.case_id}, turn {exchange.turn + 1}, repeat {exchange.repeat}"
    for attempt in exchange.attempts:
        waited = attempt.total_ms if attempt.first_byte_ms is None else attempt.first_byte_ms
        rest = max(attempt.total_ms - waited, 0.0)
        yield {
            "startedDateTime": moment(attempt.started),
            "time": waited + rest,
            "request": request,
            "response": _response(attempt),
            "cache": {},
            "timings": {"send": 0, "wait": waited, "receive": rest},
            "comment": f"{asked}: {where}",
        }


def _request(run: RunData, target: Target, exchange: Exchange) -> JsonObject:
    request = sent(target, exchange.request, stream=exchange.stream)
    try:
        service = service_of(target, run.started.settings)
        # What has to be started is served elsewhere than it was asked.
        url = _UNKNOWN + request.path if service.start else service.url(request)
    except UsageError:
        # The journal keeps no addresses; that of a preset that is gone is unknown.
        url = _UNKNOWN + request.path
    text = json.dumps(exchange.request)
    return {
        "method": "POST",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": "content-type", "value": "application/json"}],
        "queryString": [],
        "postData": {"mimeType": "application/json", "text": text},
        "headersSize": -1,
        "bodySize": len(text),
    }


def _response(attempt: Attempt) -> JsonObject:
    status = attempt.status or 0
    response: dict[str, Any] = {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": n, "value": v} for n, v in attempt.headers.items()],
        "content": _content(attempt),
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": attempt.size,
    }
    return response | ({"_error": attempt.error} if attempt.error else {})


def _content(attempt: Attempt) -> JsonObject:
    """Return the body; in base64 where characters would leave readers to guess the bytes."""
    body = attempt.body
    content = {"size": len(body), "mimeType": attempt.headers.get("content-type", "")}
    if body.isascii():
        return {**content, "text": body.decode("ascii")}
    return {**content, "text": base64.b64encode(body).decode(), "encoding": "base64"}
