"""The user's own tools in every report: which fails, and that their names are inert."""

import csv
import io
import json
from xml.etree import ElementTree as Xml

import pytest
from report_run import HOSTILE, a_run, summary_of

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import RunData
from toolfuzz.report.comparison import comparison_view
from toolfuzz.report.comparison_files import render as render_comparison
from toolfuzz.report.console import plain
from toolfuzz.report.formats import report_format
from toolfuzz.report.terminal import summary_view
from toolfuzz.report.tools import rest_of_tools, sources


def rendered(name: str, run: RunData) -> str:
    made = report_format(name).render(run, summary_of(run))
    return made.decode() if isinstance(made, bytes) else "".join(made)


def test_every_report_says_which_tool_fails() -> None:
    run = a_run("x", own_tools=True)
    (target,) = summary_of(run)["targets"]
    assert list(target["tools"]) == ["tool_1 x", "tool_0 x", "tool_2 x", "tool_3 x", "x"]
    assert rest_of_tools(target) == (
        "2 of 5 tools without a failure, 1 not judged, "
        "1 not asked about (more --cases ask about all)"
    )
    own = target | {"probes": {"prompts": {}}}
    assert rest_of_tools(own).endswith(", 1 not asked about")
    assert list(sources(summary_of(run))) == ["5 tools of x, 1 left out, 2 not chosen"]
    terminal = plain(lambda width: summary_view(summary_of(run), width=width))
    (line,) = [line for line in terminal.splitlines() if line.startswith("tool_1 x ")]
    assert line.split()[2:] == ["1", "(0.0%)", "0.0", "–", "79.3", "string-as-container", "(1)"]
    assert "loaded 5 tools of x, 1 left out, 2 not chosen" in terminal
    assert "gone x at /x: left out: x" in terminal
    assert "| `tool_1 x` | (0.0%) | 0.0% – 79.3% | 1 of 1 call |" in rendered("markdown", run)
    page = rendered("html", run)
    assert '<h2 id="tools-title">Your tools</h2>' in page and 'data-tool="tool_1 x"' in page
    assert "Loaded: 5 tools of x, 1 left out, 2 not chosen." in page
    assert "<summary>2 tools without any failure</summary>" in page
    assert "<summary>2 tools of which nothing was judged</summary>" in page
    cases = {
        case.get("name"): case.findtext("system-out")
        for case in Xml.fromstring(rendered("junit", run)).iter("testcase")
    }
    assert "1 of 1 judged call failed: string-as-container 1" in (cases["tool: tool_1 x"] or "")
    assert cases["tool: x"] is None
    assert '<skipped message="nothing was asked about it' in rendered("junit", run)
    table = list(csv.DictReader(io.StringIO(rendered("csv", run))))
    assert [row["tools"] for row in table] == [f"tool_{n} x" for n in range(4)]
    compared = compare([("run", run)])
    assert "tool_1 x" in plain(lambda width: comparison_view(compared, width=width))
    assert "### Tools" in render_comparison(compared, "md")


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_tools_and_sources_are_inert(text: str) -> None:
    run = a_run(text, own_tools=True)
    json.dumps(summary_of(run))
    view = plain(lambda width: summary_view(summary_of(run), width=width))
    assert not set("\x00\x07\x1b\u202e\ud800") & set(view)
    page = rendered("html", run)
    assert "<script>alert" not in page and "<img src=x>" not in page
    Xml.fromstring(rendered("junit", run))
    for row in csv.reader(io.StringIO(rendered("csv", run))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    for line in rendered("markdown", run).splitlines():
        outside = "".join(line.split("`")[::2]) if line.count("`") % 2 == 0 else ""
        assert "<script>" not in outside and "![i]" not in outside
