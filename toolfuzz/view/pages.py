"""The pages: the list of runs, one run, one failure. Those of a report are the report's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader

from toolfuzz import __version__
from toolfuzz.analyze.load import RunData, question
from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Target
from toolfuzz.core.text import day, pretty, shell_command
from toolfuzz.core.verdict import Verdict
from toolfuzz.evidence.listing import Failing
from toolfuzz.evidence.relay.sides import sides_in
from toolfuzz.evidence.showing import asked
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.html.evidence import evidence
from toolfuzz.report.html.failed import Failed
from toolfuzz.report.html.models import Model
from toolfuzz.report.html.page import example_of
from toolfuzz.report.html.templating import environment
from toolfuzz.report.naming import names_in
from toolfuzz.view import trend
from toolfuzz.view.answer import answer
from toolfuzz.view.reader import Read
from toolfuzz.view.rows import Row, paid
from toolfuzz.view.shelf import Found

__all__ = ["PAGE", "Place", "failure_page", "list_page", "run_page", "trouble_page"]

PAGE = 50
"""Runs, and failures, of a page."""


@dataclass(frozen=True, slots=True)
class Place:
    """One reply's address: what was asked of whom, and how."""

    case: str
    target: str
    stream: bool
    repeat: int

    @classmethod
    def of(cls, verdict: Verdict) -> "Place":
        """Return that of a verdict."""
        return cls(verdict.case_id, verdict.target, verdict.stream, verdict.repeat)

    @property
    def query(self) -> dict[str, str]:
        """The values of its address."""
        return {
            "case": self.case,
            "target": self.target,
            "stream": str(int(self.stream)),
            "repeat": str(self.repeat),
        }


def list_page(
    root: str,
    folder: str,
    runs: Sequence[tuple[Found, Row | None]],
    *,
    target: str = "",
    number: int = 1,
) -> str:
    """Return the list of runs, the latest first; of a row that is None the journal isn't read yet.

    ``target`` leaves those that asked it.
    """
    known = [(found.name, row) for found, row in runs if row is not None]
    wanted = [
        (found, row)
        for found, row in runs
        if not target or (row is not None and target in [one.target for one in row.targets])
    ]
    latest = sorted(wanted, key=_when, reverse=True)
    charts, ends = trend.trends((n, r) for n, r in known if not r.trouble)
    return _render(
        "list.html.j2",
        root,
        folder=folder,
        runs=latest[PAGE * (number - 1) : PAGE * number],
        all_of_them=len(runs),
        wanted=len(wanted),
        unread=len(runs) - len(known),
        targets=sorted({one.target for _, row in known for one in row.targets}),
        target=target,
        **_told_apart({(one.label, one.several) for _, row in known for one in row.targets}),
        answer=answer(r for _, r in known if not r.trouble),
        charts=[c for c in charts if not target or c.target == target],
        ends=ends,
        trend=trend,
        number=number,
        last=max(ceil(len(latest) / PAGE), 1),
        page_address=lambda n: f"{root}/?{_query({'model': target, 'page': str(n)})}",
    )


def _told_apart(natures: set[tuple[str, str]]) -> dict[str, Any]:
    """Say once what all models are where none is real; ``mixed``: it stands at each of them."""
    mixed = len(natures) > 1
    return {"mixed": mixed, "reality": "" if mixed else "".join(said for _, said in natures)}


def _when(one: tuple[Found, Row | None]) -> tuple[float, str]:
    found, row = one
    return (row.started if row and row.started else found.written), found.name


def run_page(
    root: str, read: Read, others: Iterable[str], *, number: int = 1, defect: str = ""
) -> str:
    """Return a run: its figures, its causes, and a page of its failures (of one defect)."""
    failing = read.failing
    if defect:
        failing = Failing(read.run, [c for c in failing.causes if c.slug == defect])
    name, first = read.found.name, PAGE * (number - 1)
    entries = list(failing.some(first, first + PAGE))
    natures = [read.run.nature(entry["target"]) for entry in read.summary["targets"]]
    names = names_in(read.summary)
    summary = names.of(read.summary)
    return _render(
        "run.html.j2",
        root,
        name=name,
        read=read,
        summary=summary,
        example=example_of(summary["conclusion"]["cause"], ()),
        targets=names.of([_column(read.run, entry) for entry in read.summary["targets"]]),
        **_told_apart({(n.label, n.several) for n in natures}),
        causes=read.failing.causes[:PAGE],
        more_causes=len(read.failing.causes[PAGE:]),
        entries=[(entry, _place(entry)) for entry in entries],
        failed=len(failing),
        defect=defect,
        number=number,
        last=max(ceil(len(failing) / PAGE), 1),
        page_address=lambda n: (
            f"{root}/run/{_path(name)}?{_query({'defect': defect, 'page': str(n)})}#failures"
        ),
        others=[other for other in others if other != name],
    )


def _column(run: RunData, entry: JsonObject) -> JsonObject:
    nature = run.nature(entry["target"])
    return {
        **entry,
        "label": nature.label,
        "sentence": nature.sentence,
        "cost": paid(entry["model"], nature, entry["tokens"]),
    }


def _place(entry: JsonObject) -> Place:
    return Place(entry["case"], entry["target"], entry["stream"], entry["repeat"])


def failure_page(root: str, read: Read, verdict: Verdict) -> str:
    """Return one reply with all there is to know of it."""
    run = read.run
    target = next(t for t in run.started.targets if t.name == verdict.target)
    number = read.failing.number(verdict)
    around = {
        word: Place.of(read.failing.verdict(n))
        for word, n in (("previous", number - 1), ("next", number + 1))
        if number and 0 < n <= len(read.failing)
    }
    is_trial = "trial" in run.started.settings
    sides = sides_in(read.found.journal).get(question(verdict), ()) if is_trial else ()
    return _render(
        "reply.html.j2",
        root,
        name=read.found.name,
        command=shell_command("toolfuzz", "show", read.found.journal.parent, verdict.case_id[:6]),
        failed=Failed(_model(run, target), verdict, "reply"),
        number=number,
        all_of_them=len(read.failing),
        around=around,
        place=Place.of(verdict),
        asked=asked(run, verdict, sides),
        mixed=False,
        turns=evidence(run, target, verdict),
        verdict=verdict,
        meant=[
            defects()[slug]
            for slug in dict.fromkeys(f.slug for f in verdict.findings)
            if slug in defects()
        ],
    )


def _model(run: RunData, target: Target) -> Model:
    return Model(target.name, run, "", target, run.nature(target.name), {}, (), None)


def trouble_page(root: str, message: str, hint: str | None) -> str:
    """Return what is wrong, and what to do."""
    return _render("trouble.html.j2", root, message=message, hint=hint)


def _render(template: str, root: str, **values: Any) -> str:
    return _environment().get_template(template).render(root=root, version=__version__, **values)


@cache
def _environment() -> Environment:
    """Return our templates in the reports' own manner: nothing in a value acts or hides."""
    loaders = [PackageLoader("toolfuzz.view"), PackageLoader("toolfuzz.report.html")]
    made = environment().overlay(loader=ChoiceLoader(loaders))
    made.filters = {**made.filters, "path": _path, "query": _query, "when": _day, "pretty": pretty}
    return made


def _path(name: str) -> str:
    return quote(name.encode("utf-8", "surrogateescape"))


def _query(values: Mapping[str, str]) -> str:
    # What can't be seen is no part of an address's text: it is percent-encoded.
    return urlencode({k: v.encode("utf-8", "surrogatepass") for k, v in values.items()})


def _day(seconds: float) -> str:
    return day(seconds).removesuffix(" UTC")
