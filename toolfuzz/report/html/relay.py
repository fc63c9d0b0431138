"""A gateway's trial as a page: the matrix of its paths, the causes on each of them, both sides."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.report.html.matrix import Cell, Row, heat
from toolfuzz.report.html.templating import asset, environment, policy
from toolfuzz.report.relay.words import grave, head, mode, places, routes
from toolfuzz.report.words import percent

__all__ = ["render_trial"]


@dataclass(frozen=True, slots=True)
class _Column:
    """A path as a column of a heat map."""

    label: str
    nature: JsonObject = field(default_factory=lambda: {"label": ""})


def render_trial(summary: JsonObject) -> str:
    """Return the page; ``summary`` is that of a trial's run."""
    trial = summary["trial"]
    style, script = asset("style.css"), asset("script.js")
    columns = routes(trial["paths"])
    return environment().get_template("relay.html.j2").render(
        title=f"{trial['subject']}: {head(trial)}",
        summary=summary,
        trial=trial,
        routes=[_route(trial, name, positions) for name, positions in columns],
        models=[_Column(name) for name, _ in columns],
        rows=[_row(cause, trial, columns) for cause in grave(trial)],
        causes=[_cause(cause, trial) for cause in trial["causes"]],
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
    )  # fmt: skip


def _route(trial: JsonObject, name: str, positions: list[int]) -> JsonObject:
    here = [c for c in grave(trial) if any(c["shown"][n] for n in positions)]
    cells = [_intact(trial["paths"][n]) for n in positions]
    return {"name": name, "cells": cells, "causes": [cause["cause"] for cause in here]}


def _intact(path: JsonObject) -> Cell:
    if not path["judged"]:
        return Cell("–")
    failed = path["judged"] - path["passed"]
    detail = f"{path['passed']} of {path['judged']} askings came through intact"
    share = percent(path["passed"] / path["judged"])
    return Cell(share, str(path["judged"]), detail, heat(failed / path["judged"]), failed > 0)


def _row(cause: JsonObject, trial: JsonObject, columns: Sequence[tuple[str, list[int]]]) -> Row:
    known = "" if cause["accepted"] is None else f" (known {cause['accepted']})"
    cells = [
        _shown([cause["shown"][n] for n in positions], [trial["paths"][n] for n in positions])
        for _, positions in columns
    ]
    return Row(cause["cause"], cause["title"] + known, cells, sum(cause["shown"]))


def _shown(shown: Sequence[int], paths: Sequence[JsonObject]) -> Cell:
    """Show how often, plain and streamed; as hot as the worse of both."""
    texts = [str(n) if path["judged"] else "–" for n, path in zip(shown, paths, strict=True)]
    judged = [(n, path["judged"]) for n, path in zip(shown, paths, strict=True) if path["judged"]]
    if not judged:
        return Cell("–")
    detail = ", ".join(
        f"{mode(path)} in {n} of {path['judged']} askings"
        for n, path in zip(shown, paths, strict=True)
    )
    warmth = heat(max(n / asked for n, asked in judged))
    return Cell(" / ".join(texts), "", detail, warmth, sum(shown) > 0)


def _cause(cause: JsonObject, trial: JsonObject) -> JsonObject:
    return {
        **cause,
        "given_text": _text(cause["given"]),
        "arrived_text": _text(cause["arrived"]),
        "places": list(places(cause, trial["paths"])),
    }


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
