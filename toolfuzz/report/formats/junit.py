"""JUnit XML: a suite per target, a test case per gate on it, one for its answers, one per tool.

It agrees with the exit code: a test case fails only where a gate failed (then those of the tools
that failed calls do, too), and errs only where nothing was decided or answered. How often each
schema feature and each defect came stands in the suite's properties. The dialect is the one that
CI servers read: https://github.com/testmoapp/junitxml
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from toolfuzz.analyze.columns import Drawn
from toolfuzz.analyze.load import Answers, RunData, causes
from toolfuzz.analyze.tools import answers_by_tool, shown
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.text import brief
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.report.formats._junit import say, tally, testcase
from toolfuzz.report.gates import Gate, gates_of
from toolfuzz.report.naming import Names, names_in
from toolfuzz.report.relay.junit import add_suites
from toolfuzz.report.words import count, given_up, in_turn, named, success, unread, xml_text

__all__ = ["FILE", "render", "suites"]

FILE = "junit.xml"
_EXAMPLES = 5


def render(run: RunData, summary: JsonObject) -> bytes:
    """Return the XML, UTF-8 with declaration."""
    root = suites(run, summary)
    _shorten(root, names_in(summary))
    tally(root, list(root.iter("testcase")))
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _shorten(root: Xml.Element, long: Names) -> None:
    names = Names({xml_text(name): xml_text(short) for name, short in long.shorter.items()})
    for element in root.iter():
        element.text = names.of(element.text)
        for name, value in element.items():
            element.set(name, names.of(value))


def suites(run: RunData, summary: JsonObject) -> Xml.Element:
    """Return what is tested, a suite a target, with what became of each test case."""
    root = Xml.Element("testsuites", name="toolfuzz")
    if "trial" in summary:
        add_suites(root, summary["trial"])
    else:
        for target in summary["targets"]:
            _suite(root, run, summary, target)
    return root


def _suite(root: Xml.Element, run: RunData, summary: JsonObject, target: JsonObject) -> None:
    suite = Xml.SubElement(root, "testsuite", name=xml_text(named(target, target["target"])))
    with suppress(OverflowError, ValueError, OSError):
        # Left out when the journal's time is none.
        suite.set("timestamp", datetime.fromtimestamp(summary["started"], UTC).isoformat()[:19])
    properties = Xml.SubElement(suite, "properties")
    for name, value in _facts(summary, target):
        Xml.SubElement(properties, "property", name=xml_text(name), value=xml_text(value))
    gates = [gate for gate in gates_of(summary) if gate.target == target["target"]]
    for gate in gates:
        _gate(suite, gate)
    _answers(suite, summary, target)
    failed = any(gate.result == "failed" for gate in gates)
    for tool, verdicts in _by_tool(run, run.of(target["target"])):
        _tool(suite, run, tool, verdicts, failed=failed)
    tally(suite, list(suite.iter("testcase")))


def _facts(summary: JsonObject, target: JsonObject) -> Iterator[tuple[str, str]]:
    yield "toolfuzz", summary["toolfuzz_version"]
    yield "model", target["model"]
    yield "kind", target["kind"]
    yield "nature", target["nature"]["sentence"] or "a real endpoint"
    yield "success", success(target)
    yield "unjudged", str(target["unjudged"])
    yield "unread", unread(summary) or "nothing"
    for slug, entry in target["defects"].items():
        yield f"defect {slug}", f"{entry['replies']} of {count(target['judged'], 'judged call')}"
    for tool, entry in target["tools"].items():
        yield f"tool {tool}", f"{success(entry)} of {count(entry['judged'], 'judged call')}"
    for feature, entry in target["features"].items():
        yield f"feature {feature}", f"{success(entry)} of {count(entry['judged'], 'judged call')}"


def _gate(suite: Xml.Element, gate: Gate) -> None:
    case = testcase(suite, gate.name)
    element = {"failed": "failure", "open": "error", "left": "skipped"}.get(gate.result)
    if element:
        say(case, element, gate.words, "gate")


def _answers(suite: Xml.Element, summary: JsonObject, target: JsonObject) -> None:
    """Whether there were answers to judge; a target that was given up was measured, so far."""
    case = testcase(suite, "answers")
    if summary["finish_reason"] not in ("done", "decided"):
        say(case, "error", f"the run ended: {summary['finish_reason']}", "unfinished")
    elif target["rate"] is None:
        reasons = ", ".join(f"{why} {times}" for why, times in target["unjudged_reasons"].items())
        nothing = f"nothing was judged: {reasons or 'no call was made'}"
        say(case, "error", given_up(target) or nothing, "unjudged")
    elif given_up(target):
        say(case, "skipped", given_up(target), "given-up")


def _by_tool(run: RunData, verdicts: Answers) -> Iterator[tuple[str, Answers]]:
    """Give the tools by name, each with the verdicts that tell of it."""
    rows: dict[str, array[int]] = defaultdict(lambda: array("q"))
    for row, verdict in zip(verdicts.rows, verdicts.light(), strict=True):
        if not verdicts.questions.tools_of(row):
            rows[_kind(run, run.drawn(verdict.case_id))].append(row)
    mine = answers_by_tool(run, verdicts)
    names = shown(mine)
    found = {name: verdicts.at(of) for name, of in rows.items()}
    found |= {names[tool]: about for tool, about in mine.items()}
    return ((tool, found[tool]) for tool in sorted(found))


def _kind(run: RunData, drawn: Drawn) -> str:
    """Return what a case is that is about none of the user's tools."""
    if drawn.is_of_drawn_tools:
        return "(generated tools)"
    case = run.cases[drawn.id]
    if case.world is not None:
        return "(scenarios)"
    return "(recorded)" if case.is_recorded else "(no call)"


def _tool(suite: Xml.Element, run: RunData, tool: str, verdicts: Answers, *, failed: bool) -> None:
    seconds = sum(v.metrics.latency_ms or 0 for v in verdicts.light()) / 1000
    case = testcase(suite, f"tool: {tool}", seconds)
    if not verdicts:
        say(case, "skipped", "nothing was asked about it; more --cases ask about all", "unasked")
        return
    wrong, judged = verdicts.wrong, verdicts.judged
    said = f"{len(wrong)} of {count(len(judged), 'judged call')} failed"
    if len(judged) < len(verdicts):
        said += f", {len(verdicts) - len(judged)} could not be judged"
    slugs = Counter(slug for v in wrong.light() for slug in sorted({f.slug for f in causes(v)}))
    if slugs:
        said += f": {', '.join(f'{slug} {times}' for slug, times in slugs.most_common())}"
    lines = xml_text("\n".join(_line(run.cases[v.case_id], v) for v in wrong[:_EXAMPLES]))
    if wrong and failed:
        say(case, "failure", said, slugs.most_common(1)[0][0] if slugs else "failed").text = lines
    else:
        Xml.SubElement(case, "system-out").text = f"{xml_text(said)}\n{lines}"


def _line(case: Case, verdict: Verdict) -> str:
    mode = "streamed" if verdict.stream else "plain"
    found = "; ".join(
        f"{f.slug} at {in_turn(f.turn)}{f.pointer or '/'}: {_wanted(case, f)}got {brief(f.actual)}"
        for f in causes(verdict)
    )
    return f"case {verdict.case_id} ({mode}, repeat {verdict.repeat}): {found}"


def _wanted(case: Case, found: Finding) -> str:
    known = found.expected is not None or (found.pointer and case.knows_arguments(found.turn))
    return f"expected {brief(found.expected)}, " if known else ""
