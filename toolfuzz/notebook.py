"""Results as small tables of HTML, for notebooks. All that a model or server sent is escaped."""

import json
from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from toolfuzz.core.text import clip, printable

if TYPE_CHECKING:
    from toolfuzz.failures import Failures
    from toolfuzz.results import Comparison, Result, Target

__all__ = ["comparison_html", "failures_html", "result_html"]

# Notebooks set the cells of tables to the right, and on one line.
_LEFT = ' style="text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"'
_MOST = 20
_MOST_TEXT = 300
_HEADER = ("model", "right", "95% interval", "of", "not judged", "most often wrong")


def result_html(result: "Result") -> str:
    """Return what a run or check comes to, and a table with a row a target."""
    note = f"<p>every byte: <code>{_text(result['folder'])}</code></p>"
    return _side_by_side(result.conclusion, result.targets) + note


def comparison_html(comparison: "Comparison") -> str:
    """Return what targets side by side come to, and a table, best first."""
    return _side_by_side(comparison.conclusion, comparison.rows)


def _side_by_side(sentence: str, targets: Sequence["Target"]) -> str:
    table = _table(_HEADER, map(_row, targets))
    return f"<p><b>{_text(sentence)}</b></p>{table}{_simulated(targets)}"


def failures_html(failures: "Failures") -> str:
    """Return the first failures as a table: what was asked, expected and got."""
    header = ("", "model", "defect", "asked", "expected", "got")
    rows = (
        (
            str(one.number),
            _text(one.target),
            _text(", ".join(one.defects)),
            _text(one.prompt),
            _calls(one.expected),
            _calls(one.got) if one.got else _text(one.text or "no call"),
        )
        for one in islice(failures, _MOST)
    )
    more = len(failures) - _MOST
    return _table(header, rows) + (f"<p>… {more} more</p>" if more > 0 else "")


def _row(target: "Target") -> tuple[str, ...]:
    rate, low, high = target.rate, target.low, target.high
    often = [f"{slug} ({count})" for slug, count in list(target.defects.items())[:3]]
    return (
        _text(target.get("label", target.name)),
        "–" if rate is None else f"{rate:.1%}",
        "" if low is None or high is None else f"{low:.1%} – {high:.1%}",
        str(target.judged),
        str(target.unjudged),
        _text(", ".join(often)),
    )


def _simulated(targets: Sequence["Target"]) -> str:
    names = dict.fromkeys(target.name for target in targets if target.simulated)
    return f"<p>simulated, no real model: {_text(', '.join(names))}</p>" if names else ""


def _calls(calls: Sequence[dict[str, Any]] | None) -> str:
    if calls is None:
        return "not known"
    told = (f"{call['name']} {_json(call['arguments'])}" for call in calls)
    return _text("; ".join(told) or "no call")


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(text: Any) -> str:
    return escape(printable(clip(str(text), _MOST_TEXT), keep_newlines=True))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th{_LEFT}>{name}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td{_LEFT}>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
