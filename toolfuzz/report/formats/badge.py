"""A badge as SVG: one line per target, the success rate with its interval."""

from xml.etree import ElementTree as Xml

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import shortly
from toolfuzz.report.words import given_up, named, percent, xml_text

__all__ = ["FILE", "render"]

FILE = "badge.svg"
_LINE, _GAP, _PADDING, _CHARACTER = 20, 4, 6, 6.6


def render(run: RunData, summary: JsonObject) -> str:
    """Return the SVG; a single target is labelled "tool calls", several by their names."""
    targets = summary["targets"]
    lines = [_words(target, alone=len(targets) == 1) for target in targets]
    left = max((_width(label) for label, _ in lines), default=0)
    right = max((_width(value) for _, value in lines), default=0)
    height = len(lines) * (_LINE + _GAP) - _GAP
    title = "; ".join(f"{label}: {value}" for label, value in lines)
    svg = Xml.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=f"{left + right:.0f}",
        height=str(height),
        role="img",
    )
    svg.set("aria-label", title)
    Xml.SubElement(svg, "title").text = title
    for n, ((label, value), target) in enumerate(zip(lines, targets, strict=True)):
        top = n * (_LINE + _GAP)
        _cell(svg, label, 0, top, left, "#444")
        _cell(svg, value, left, top, right, _colour(target["rate"]))
    return Xml.tostring(svg, encoding="unicode") + "\n"


def _words(target: JsonObject, *, alone: bool) -> tuple[str, str]:
    label = named(target, "tool calls" if alone else xml_text(shortly(target["target"])))
    end = ", given up" if given_up(target) else ""
    if target["rate"] is None:
        return label, f"not judged{end}"
    return label, f"{percent(target['rate'])} ({target['low']:.1%} – {target['high']:.1%}){end}"


def _cell(svg: Xml.Element, text: str, x: float, y: int, width: float, colour: str) -> None:
    Xml.SubElement(
        svg, "rect", x=f"{x:.0f}", y=str(y), width=f"{width:.0f}", height=str(_LINE), fill=colour
    )
    words = Xml.SubElement(svg, "text", x=f"{x + width / 2:.1f}", y=str(y + 14), fill="#fff")
    words.set("text-anchor", "middle")
    words.set("font-family", "Verdana,DejaVu Sans,sans-serif")
    words.set("font-size", "11")
    # The reader's font may be wider than the one this was measured for.
    words.set("textLength", f"{width - 2 * _PADDING:.0f}")
    words.set("lengthAdjust", "spacingAndGlyphs")
    words.text = text


def _width(text: str) -> float:
    return len(text) * _CHARACTER + 2 * _PADDING


def _colour(rate: float | None) -> str:
    # White text on each of these has a contrast of at least 4.5.
    if rate is None:
        return "#666"
    return "#2a7d32" if rate >= 0.99 else "#8a6100" if rate >= 0.9 else "#b3261e"
