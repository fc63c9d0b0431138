"""JUnit XML: a suite per target, a test case per schema feature.

A feature fails when any judged call with it failed; it errs when none failed but some could not
be judged. Calls without any feature count as ``(none)``. The dialect is the one that CI servers
read: https://github.com/testmoapp/junitxml
"""

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief
from toolfuzz.core.verdict import Verdict
from toolfuzz.report.words import given_up, in_turn, named, success, unread, xml_text

__all__ = ["FILE", "render"]

FILE = "junit.xml"
_EXAMPLES = 5


def render(run: RunData, summary: JsonObject) -> bytes:
    """Return the XML, UTF-8 with declaration."""
    root = Xml.Element("testsuites", name="toolfuzz")
    for target in summary["targets"]:
        _suite(root, run, summary, target)
    _count(root, list(root.iter("testcase")))
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _suite(root: Xml.Element, run: RunData, summary: JsonObject, target: JsonObject) -> None:
    name = xml_text(named(target, target["target"]))
    suite = Xml.SubElement(root, "testsuite", name=name)
    with suppress(OverflowError, ValueError, OSError):
        # Left out when the journal's time is none.
        suite.set("timestamp", datetime.fromtimestamp(summary["started"], UTC).isoformat()[:19])
    properties = Xml.SubElement(suite, "properties")
    facts = {
        "toolfuzz": summary["toolfuzz_version"],
        "model": target["model"],
        "kind": target["kind"],
        "nature": target["nature"]["sentence"] or "a real endpoint",
        "success": success(target),
        "unjudged": target["unjudged"],
        "unread": unread(summary) or "nothing",
    }
    for key, value in facts.items():
        Xml.SubElement(properties, "property", name=key, value=xml_text(str(value)))
    if given_up(target):
        case = Xml.SubElement(suite, "testcase", classname=name, name="(given up)", time="0.000")
        Xml.SubElement(case, "error", message=xml_text(given_up(target)), type="given-up")
    by_feature: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in run.of(target["target"]):
        for feature in run.cases[verdict.case_id].features or ("(none)",):
            by_feature[feature].append(verdict)
    for feature, verdicts in sorted(by_feature.items()):
        _case(suite, name, feature, verdicts, target)
    _count(suite, list(suite.iter("testcase")))


def _case(
    suite: Xml.Element, name: str, feature: str, verdicts: list[Verdict], target: JsonObject
) -> None:
    seconds = sum(v.metrics.latency_ms or 0 for v in verdicts) / 1000
    case = Xml.SubElement(suite, "testcase", classname=name, name=xml_text(feature))
    case.set("time", f"{seconds:.3f}")
    failed = [v for v in verdicts if v.status == "fail"]
    unjudged = [v for v in verdicts if v.status == "unjudged"]
    if failed:
        measured = success(target["features"].get(feature, target))
        slugs = Counter(slug for v in failed for slug in {f.slug for f in causes(v)})
        commonest = ", ".join(f"{slug} {count}" for slug, count in slugs.most_common())
        judged = len(verdicts) - len(unjudged)
        message = f"{len(failed)} of {judged} judged calls failed: {commonest}; success {measured}"
        kind_of = slugs.most_common(1)[0][0] if slugs else "failed"
        result = Xml.SubElement(case, "failure", message=xml_text(message), type=xml_text(kind_of))
        result.text = xml_text("\n".join(_line(v) for v in failed[:_EXAMPLES]))
    elif unjudged:
        reasons = Counter(v.reason or "unknown" for v in unjudged)
        commonest = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        message = f"{len(unjudged)} of {len(verdicts)} calls could not be judged: {commonest}"
        Xml.SubElement(case, "error", message=xml_text(message), type="unjudged")


def _line(verdict: Verdict) -> str:
    mode = "streamed" if verdict.stream else "plain"
    found = "; ".join(
        f"{f.slug} at {in_turn(f.turn)}{f.pointer or '/'}: expected {brief(f.expected)}, "
        f"got {brief(f.actual)}"
        for f in causes(verdict)
    )
    return f"case {verdict.case_id} ({mode}, repeat {verdict.repeat}): {found}"


def _count(element: Xml.Element, cases: list[Xml.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", str(sum(case.find("error") is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
