"""A failure as a bug report that can be pasted into an issue tracker.

Those of engines on trial are written by ``engine/report.py``.
"""

import json
import os
import platform
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolfuzz import __version__
from toolfuzz.analyze.contrast import Tally, fails_less
from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.core.markdown import code, fenced, sentence
from toolfuzz.core.text import day, file_name, printable, shortly
from toolfuzz.evidence.clients import client_sentences
from toolfuzz.evidence.details import FailureDetails, Share
from toolfuzz.evidence.excerpt import MARKS, excerpt
from toolfuzz.evidence.minimize import Minimized
from toolfuzz.evidence.turns import (
    control,
    earlier_turns,
    expected,
    got,
    judged,
    offered,
    played,
    prompt,
    way,
)
from toolfuzz.formats import Request, wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.runs.reproduce import Service, http_text, sent, service_of
from toolfuzz.system.files import write_private

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = [
    "TEMPLATES",
    "fill",
    "page",
    "render",
    "similar_reports",
    "slug_of",
    "title",
    "without_homes",
    "write_report",
]

TEMPLATES = ("issue", "form")
# A stream mode is named only where the other's passes are this unlikely to be chance.
_CERTAIN = 0.01


def write_report(details: FailureDetails, folder: Path, number: int, template: str) -> Path:
    """Write ``<slug>-<n>.md``, ``.json`` (the case) and ``.http``; return the report's path."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{slug_of(details)}-{number}"
    clean = _cleaner(_service(details))
    data = case_to_json(details.case)
    data["defect"] = {
        "slug": details.failure.symptom.slug,
        "shape": details.failure.symptom.shape,
        "stream": details.exchange.stream,
        "seen_on": details.target.name,
    }
    if details.minimized and details.minimized.seen:
        data["defect"]["seen"] = asdict(details.minimized.seen)
    paths = {end: stem.with_name(f"{stem.name}.{end}") for end in ("md", "json", "http")}
    last = details.exchange.last
    text = http_text(_service(details), _request(details), last.status, last.body)
    write_private(paths["md"], render(details, template, paths["json"].name))
    write_private(paths["json"], json.dumps(data, indent=2) + "\n")
    write_private(paths["http"], clean(text))
    return paths["md"]


def slug_of(details: FailureDetails) -> str:
    """Return the beginning of the file names."""
    return file_name(details.failure.symptom.slug)


def title(details: FailureDetails) -> str:
    """Say in one sentence what happens, where."""
    symptom = details.failure.symptom
    entry = defects().get(symptom.slug)
    what = entry.title.rstrip(".") if entry else symptom.slug
    where = f", where the schema is {symptom.shape}" if symptom.shape else ""
    return printable(f"{_subject(details)}: {what[:1].lower()}{what[1:]}{where}{_mode(details)}.")


def page(template: str, context: JsonObject) -> str:
    """Return a page made of one of the templates beside this file, ``report`` being the context."""
    text = _templates().get_template(f"{template}.md.j2").render(report=context)
    return re.sub(r"\n{3,}", "\n\n", text)


def render(details: FailureDetails, template: str = "issue", case_file: str = "case.json") -> str:
    """Return the report as Markdown. ``template`` is one of TEMPLATES or a Jinja file's path."""
    context = _context(details, case_file)
    text = fill(template, context, {name: name for name in TEMPLATES})
    return _cleaner(_service(details))(text)


def fill(template: str, context: JsonObject, known: Mapping[str, str]) -> str:
    """Return a page whose ``report`` is the context.

    ``template`` is the path of a Jinja file, or a key of ``known``, whose values name templates
    beside this file. Raises UsageError for a file that can't be used.
    """
    if template in known:
        return page(known[template], context)
    try:
        text = _templates().from_string(Path(template).read_text(encoding="utf-8"))
        return re.sub(r"\n{3,}", "\n\n", text.render(report=context))
    except OSError as error:
        raise UsageError(
            f"can't read the template {template}: {error.strerror}",
            f"give a file or one of {', '.join(known)}",
        ) from None
    except Exception as error:
        # What is not UTF-8, no template, or divides by zero is its author's mistake.
        raise UsageError(f"the template {template} can't be used: {error}") from None


@cache
def _templates() -> "Environment":
    from jinja2 import PackageLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # A template may come from anybody: it sees the report and reaches nothing else.
    environment = SandboxedEnvironment(
        loader=PackageLoader("toolfuzz.evidence"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"fenced": fenced, "code": code, "safe_text": sentence}
    return environment


def _context(details: FailureDetails, case_file: str) -> dict[str, Any]:
    service, request = _service(details), _request(details)
    finding, minimized = details.finding, details.minimized
    entry = defects().get(finding.slug)
    judgements = judged(details)
    case, judgement = played(details, judgements), judgements[-1]
    turn = case.at(details.exchange.turn)
    body = wire_format(details.target.format).show(details.exchange.last.body)
    return {
        "title": title(details),
        "slug": finding.slug,
        "summary": entry.title if entry else finding.slug,
        "sources": similar_reports(details),
        "usual": entry.usual if entry else "",
        "message": finding.message,
        "target": details.target.name,
        "nature": details.nature,
        "subject": _subject(details),
        "url": service.url(request),
        "start": service.start,
        "api": details.target.format,
        "asked_model": details.target.model,
        "served_model": judgement.reply.model,
        "date": day(details.exchange.last.started),
        "version": __version__,
        "stream": details.exchange.stream,
        "unminimized": details.unminimized,
        "turn": details.exchange.turn + 1,
        "earlier": earlier_turns(details, case, judgements),
        "tools": offered(case, details.exchange.turn),
        "prompt": prompt(turn),
        "expected": expected(turn),
        "known": turn.expect.kind != "unknown",
        "loose": turn.expect.compare == "schema",
        "needs_answer": details.failure.needs_answer,
        "world": way(details.case),
        "by_deeds": finding.layer == "world",
        "where": f"$.{finding.pointer.lstrip('/').replace('/', '.')}" if finding.pointer else "$",
        "shape": finding.shape,
        "got": got(judgement),
        "status": details.exchange.last.status,
        "bytes": excerpt(body, finding),
        "marks": MARKS,
        "curl": service.curl(request, stream=details.exchange.stream),
        "python": service.python(request),
        "case_file": case_file,
        "minimal": _share(minimized) if minimized else None,
        "size": (minimized.calls, minimized.rounds) if minimized else None,
        "in_run": details.in_run,
        "control": control(minimized),
        "attribution": details.attribution,
        "clients": client_sentences(details.exchange, details.target.format, details.case),
        "environment": _environment(details),
    }


def similar_reports(details: FailureDetails) -> list[str]:
    """Return public reports of the defect, none where it is known to come from another layer."""
    entry, found = defects().get(details.finding.slug), details.attribution
    layer = found["layer"] if found else "undecided"
    if entry is None or (layer in _LAYERS and layer not in entry.usual):
        return []
    return list(entry.sources)


_LAYERS = ("model", "template", "parser", "gateway")


def _subject(details: FailureDetails) -> str:
    if details.subject:
        return details.subject
    return f"{shortly(details.target.model)} on {shortly(details.target.endpoint)}"


def _mode(details: FailureDetails) -> str:
    """Say in which stream mode alone it comes, where that is more than chance."""
    plain, streamed = (Tally(share.failed, share.asked) for share in details.in_run)
    if not plain.failed and fails_less(plain, streamed) <= _CERTAIN:
        return ", only in streamed replies"
    if not streamed.failed and fails_less(streamed, plain) <= _CERTAIN:
        return ", only in replies that are not streamed"
    return ""


def _service(details: FailureDetails) -> Service:
    return service_of(details.target, details.settings)


def _request(details: FailureDetails) -> Request:
    return sent(details.target, details.exchange.request, stream=details.exchange.stream)


def _share(minimized: Minimized) -> str:
    return Share("", minimized.reproduced, minimized.asked).words


def _environment(details: FailureDetails) -> list[tuple[str, str]]:
    params = dict(details.target.params)
    return [
        ("toolfuzz", __version__),
        ("Python", platform.python_version()),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("wire format", f"{details.target.format}, {_streamed(details.exchange.stream)}"),
        ("request parameters", json.dumps(params) if params else "the server's defaults"),
        ("run of", day(details.started)),
        *_recorded(details),
    ]


def _recorded(details: FailureDetails) -> Iterator[tuple[str, str]]:
    if tool := details.settings.get("rebuilt_from"):
        yield "recorded by", f"{tool}, as it had understood the calls: not the server's bytes"


def _streamed(stream: bool) -> str:
    return "streamed" if stream else "not streamed"


def _cleaner(service: Service) -> Callable[[str], str]:
    """Return what takes the key and the user's folders out of a text."""
    key = os.environ.get(service.key_env or "", "")

    def clean(text: str) -> str:
        return without_homes(text.replace(key, "***") if len(key) > 4 else text)

    return clean


def without_homes(text: str) -> str:
    """Return a text without the folders that are nobody's business: the user's, and this one."""
    hidden = {str(Path.home()): "~", str(Path.cwd()): "."}
    for found in sorted((path for path in hidden if len(path) > 4), key=len, reverse=True):
        text = text.replace(found, hidden[found])
    return text
