"""CTRF (Common Test Report Format, ctrf.io): the test cases of ``junit`` as JSON.

What is a test and whether it failed is decided there, once, so the two agree with each other and
with the exit code. https://github.com/ctrf-io/ctrf/blob/main/schema/ctrf.schema.json
"""

from xml.etree import ElementTree as Xml

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.formats._times import nanoseconds
from toolfuzz.report.formats.junit import suites

__all__ = ["FILE", "render"]

FILE = "ctrf-report.json"
_SPEC_VERSION = "0.0.0"
_STATUS = {"failure": "failed", "error": "other", "skipped": "skipped"}


def render(run: RunData, summary: JsonObject) -> str:
    """Return the report; a test that neither passed nor failed is ``other``, as nothing is known.

    Each target is a suite; its properties of the JUnit file stand in ``results.extra``.
    """
    root = suites(run, summary)
    found = ((suite, case) for suite in root.iter("testsuite") for case in suite.iter("testcase"))
    tests = [_test(suite, case) for suite, case in found]
    statuses = [test["status"] for test in tests]
    counts = {s: statuses.count(s) for s in ("passed", "failed", "skipped", "pending", "other")}
    start, stop = (nanoseconds(summary[when] or 0) // 1_000_000 for when in ("started", "finished"))
    results = {
        "tool": {"name": "toolfuzz", "version": summary["toolfuzz_version"]},
        "summary": {"tests": len(tests), **counts, "start": start, "stop": stop or start},
        "tests": tests,
        "extra": {suite.get("name", ""): _properties(suite) for suite in root.iter("testsuite")},
    }
    report = {"reportFormat": "CTRF", "specVersion": _SPEC_VERSION, "generatedBy": "toolfuzz"}
    return dumped({**report, "results": results}) + "\n"


def _test(suite: Xml.Element, case: Xml.Element) -> JsonObject:
    test: JsonObject = {
        "name": case.get("name", ""),
        "status": "passed",
        "duration": round(1000 * float(case.get("time", 0))),
        "suite": [suite.get("name", "")],
    }
    for element in case:
        said = (element.text or "").strip()
        if element.tag in _STATUS:
            test |= {"status": _STATUS[element.tag], "rawStatus": element.tag}
            test |= {"message": element.get("message", ""), "trace": said}
        elif said:
            test["stdout"] = said.split("\n")
    return test


def _properties(suite: Xml.Element) -> JsonObject:
    return {p.get("name", ""): p.get("value", "") for p in suite.iter("property")}
