"""A trial as JUnit XML: a suite a path, a test case for each cause of failure on it.

A cause fails where it shows, unless it is accepted: then it is skipped, with its issue.
"""

from xml.etree import ElementTree as Xml

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief
from toolfuzz.report.formats._junit import say, tally, testcase
from toolfuzz.report.relay.words import grave, mode, route
from toolfuzz.report.words import xml_text

__all__ = ["add_suites"]


def add_suites(root: Xml.Element, trial: JsonObject) -> None:
    """Add a suite for each path that was asked."""
    for position, path in enumerate(trial["paths"]):
        if not path["judged"] and not path["unjudged"]:
            continue
        name = xml_text(f"{trial['subject']}: {route(path)}, {mode(path)}")
        suite = Xml.SubElement(root, "testsuite", name=name)
        _answers(testcase(suite, "answers"), path)
        for cause in grave(trial):
            _cause(testcase(suite, cause["cause"]), cause, cause["shown"][position], path)
        tally(suite, list(suite.iter("testcase")))


def _answers(case: Xml.Element, path: JsonObject) -> None:
    if not path["judged"]:
        told = f"none of {path['unjudged']} askings could be judged"
        say(case, "error", told, "unjudged")


def _cause(case: Xml.Element, cause: JsonObject, shown: int, path: JsonObject) -> None:
    if not shown:
        return
    said = f"{cause['title']}: {shown} of {path['judged']} askings"
    if cause["accepted"] is not None:
        say(case, "skipped", f"{said}; known {cause['accepted']}", "known")
        return
    failure = say(case, "failure", said, cause["cause"])
    failure.text = xml_text(
        f"{cause['message']}\ngiven {brief(cause['given'])}, arrived {brief(cause['arrived'])}, "
        f"case {cause['case']}"
    )
