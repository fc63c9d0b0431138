"""The templates of pages, and the policy under which nothing in them acts."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from toolfuzz.core.text import brief, day, shortly
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.dimensions import half, points
from toolfuzz.report.html.inert import marked, shown
from toolfuzz.report.words import answers, count, milliseconds, percent, success

__all__ = ["asset", "environment", "policy"]


def policy(style: str, script: str) -> str:
    """Return a content security policy under which nothing loads and nothing else runs."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def asset(name: str) -> str:
    """Return one of the files that pages are made of."""
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return the templates: what a value holds is escaped, and can neither act nor hide."""
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent,
        marked=marked,
        brief=brief,
        success=success,
        points=_points,
        day=day,
        usd=_usd,
        answers=answers,
        issue=_issue,
        query=_query,
        half=half,
        whole=_whole,
        lines=_lines,
        shortly=shortly,
    )
    environment.globals.update(
        count=count,
        milliseconds=milliseconds,
        known=defects(),
    )
    return environment


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


def _whole(share: float) -> str:
    return points(share).replace("-", "−")


def _lines(values: Sequence[str]) -> Markup:
    return Markup("\n").join(shown(value) for value in values)


def _query(filters: Mapping[str, str]) -> str:
    return urlencode({name: shown(value) for name, value in filters.items()})


def _issue(source: str) -> str:
    repository, _, number = source.partition("#")
    return f"https://github.com/{repository}/issues/{number}"


def _usd(dollars: float) -> str:
    return f"${dollars:.2f}" if dollars >= 0.1 else f"${dollars:.2g}" if dollars else "$0"
