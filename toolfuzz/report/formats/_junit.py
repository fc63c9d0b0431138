"""The elements of JUnit XML."""

from xml.etree import ElementTree as Xml

from toolfuzz.report.words import xml_text

__all__ = ["say", "tally", "testcase"]


def testcase(suite: Xml.Element, name: str, seconds: float = 0.0) -> Xml.Element:
    """Add a test case to a suite."""
    case = Xml.SubElement(suite, "testcase", classname=suite.get("name", ""), name=xml_text(name))
    case.set("time", f"{seconds:.3f}")
    return case


def say(case: Xml.Element, element: str, message: str, kind: str) -> Xml.Element:
    """Say what became of a test case: ``failure``, ``error`` or ``skipped``, and why."""
    said = Xml.SubElement(case, element, message=xml_text(message))
    if element != "skipped":
        said.set("type", xml_text(kind))
    return said


def tally(element: Xml.Element, cases: list[Xml.Element]) -> None:
    """Count the test cases of a suite, or of all of them, in its attributes."""
    element.set("tests", str(len(cases)))
    for name, child in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(child) is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
