"""A run's questions and exchanges as columns of numbers (see ``columns``)."""

from array import array
from dataclasses import replace
from functools import cached_property
from math import isnan, nan

from toolfuzz.analyze.columns import Cases, Names, held
from toolfuzz.analyze.scenario_columns import Scenarios
from toolfuzz.core.glance import ExchangeGlance, VerdictGlance
from toolfuzz.core.verdict import Finding, Metrics, Status, Verdict, gravest

__all__ = ["FAIL", "NONE", "PASS", "UNCALLED", "UNJUDGED", "UNKNOWN", "Exchanges", "Questions"]

PASS, FAIL, UNJUDGED, NONE = range(4)
"""Statuses of a question; NONE: it has no verdict (yet)."""

UNKNOWN = -(2**63)
"""In a column of counts: None."""
UNCALLED = 2
"""In the column of validity: None."""

_STATUSES: tuple[Status, ...] = ("pass", "fail", "unjudged")
_CODES = {status: code for code, status in enumerate(_STATUSES)}
_VALID = (False, True, None)


class Questions:
    """One row a question: what became of it, as its last verdict says.

    ``place`` is where that stands, and ``whole`` whether it says more than the columns.
    ``kinds`` are the different sets of findings, without messages, places and values.
    """

    def __init__(self, cases: Cases, names: Names) -> None:
        self.cases = cases
        self.names = names
        self.targets = Names()
        self._latest: tuple[object, int] = ((), -1)
        self._kinds: dict[tuple[Finding, ...], int] = {(): 0}
        self.kinds: list[tuple[Finding, ...]] = [()]
        self._causes: list[tuple[Finding, ...]] = [()]
        self.scenarios = Scenarios(names)
        self.case = array("I")
        self.target = array("I")
        self.repeat = array("q")
        self.stream = bytearray()
        self.status = bytearray()
        self.whole = bytearray()
        self.place = array("q")
        self.findings = array("I")
        self.reason = array("I")
        self.tools = array("I")
        self.cluster = array("I")
        self.latency = array("d")
        self.first_byte = array("d")
        self.attempts = array("q")
        self.faults = array("q")
        self.input = array("q")
        self.output = array("q")
        self.called = bytearray()
        self.valid = bytearray()
        self.checks = array("q")
        self.checks_failed = array("q")

    def __len__(self) -> int:
        return len(self.status)

    @cached_property
    def _rows(self) -> dict[int, int]:
        asked = zip(self.case, self.target, self.repeat, self.stream, strict=True)
        return {_key(c, to, n, bool(s)): row for row, (c, to, n, s) in enumerate(asked)}

    def compact(self) -> None:
        """Forget what the columns tell as well, until it is asked for."""
        self.__dict__.pop("_rows", None)
        self._latest = (), -1

    def find(self, case_id: str, target: str, repeat: int, stream: bool) -> int | None:
        """Return the row of a question; None for one that nothing spoke of."""
        case, to = self.cases.ids.known(case_id), self.targets.known(target)
        if case is None or to is None:
            return None
        return self._rows.get(_key(case, to, repeat, stream))

    def became(self, case_id: str, target: str, repeat: int, stream: bool) -> Status | None:
        """Return what became of a question; None where it has no verdict."""
        row = self.find(case_id, target, repeat, stream)
        status = NONE if row is None else self.status[row]
        return None if status == NONE else _STATUSES[status]

    def is_respelled(self, row: int) -> bool:
        """Whether the case asks the same as another one, under another spelling."""
        return bool(self.cases.respelled[self.case[row]])

    def number(self, of: VerdictGlance | ExchangeGlance) -> int:
        """Return the row of a question."""
        asked = of.case_id, of.target, of.repeat, of.stream
        # What is said of a question mostly stands together.
        if asked != self._latest[0]:
            self._latest = asked, self._number(*asked)
        return self._latest[1]

    def _number(self, case_id: str, target: str, repeat: int, stream: bool) -> int:
        case, to = self.cases.number(case_id), self.targets.number(target)
        key = _key(case, to, repeat, stream)
        row = self._rows.get(key)
        if row is None:
            self.repeat.append(repeat)
            row = self._rows[key] = len(self.status)
            self.case.append(case)
            self.target.append(to)
            self.stream.append(stream)
            self.status.append(NONE)
            self.whole.append(0)
            self.called.append(0)
            self.valid.append(0)
            self.findings.append(0)
            self.reason.append(0)
            self.tools.append(0)
            self.cluster.append(0)
            self.latency.append(nan)
            self.first_byte.append(nan)
            self.place.append(0)
            self.attempts.append(0)
            self.faults.append(0)
            self.input.append(0)
            self.output.append(0)
            self.checks.append(0)
            self.checks_failed.append(0)
        return row

    def take(self, verdict: VerdictGlance, place: int) -> None:
        """Take in a verdict, in the place of an earlier one on its question."""
        row, said = self.number(verdict), verdict.metrics
        self.whole[row] = bool(verdict.findings)
        try:
            self._count(row, said)
        except OverflowError:
            # A server may say any number of tokens.
            self._count(row, _within(said))
            self.whole[row] = True
        self.latency[row] = nan if said.latency_ms is None else said.latency_ms
        self.first_byte[row] = nan if said.first_byte_ms is None else said.first_byte_ms
        self.called[row], self.valid[row] = said.called, _VALID.index(said.schema_valid)
        self.findings[row] = self._kind(verdict.findings)
        self.reason[row] = 0 if verdict.reason is None else self.names.number(verdict.reason) + 1
        self.cluster[row] = self.names.number(verdict.cluster)
        self.tools[row] = self.cases.tool_set(verdict.tools)
        self.scenarios.take(row, verdict.scenario)
        self.place[row] = place
        self.status[row] = _CODES[verdict.status]

    def _count(self, row: int, said: Metrics) -> None:
        self.attempts[row], self.checks[row] = said.attempts, said.checks
        self.checks_failed[row] = said.checks_failed
        self.faults[row] = UNKNOWN if said.faults is None else said.faults
        self.input[row] = UNKNOWN if said.input_tokens is None else said.input_tokens
        self.output[row] = UNKNOWN if said.output_tokens is None else said.output_tokens

    def _kind(self, findings: tuple[Finding, ...]) -> int:
        found = self._kinds.get(findings)
        if found is None:
            found = self._kinds[findings] = len(self.kinds)
            self.kinds.append(findings)
            self._causes.append(gravest(findings))
        return found

    def causes(self, row: int) -> tuple[Finding, ...]:
        """Return the findings that failed a question, without messages, places and values."""
        return self._causes[self.findings[row]] if self.status[row] == FAIL else ()

    def harmless(self, row: int) -> tuple[Finding, ...]:
        """Return the other findings."""
        found, failing = self.kinds[self.findings[row]], self.causes(row)
        return tuple(f for f in found if f not in failing)

    def smallness(self, row: int) -> tuple[int, str, int, int]:
        """Return by what examples are chosen: the smallest case, asked first and plain."""
        case = self.case[row]
        return self.cases.size[case], self.cases.ids.texts[case], self.stream[row], self.repeat[row]

    def tools_of(self, row: int) -> tuple[str, ...]:
        """Return the tools that the answer tells of: those asked for, or called where that is
        what is known."""
        sets = self.cases.tool_sets
        return sets[self.tools[row]] or sets[self.cases.called[self.case[row]]]

    def why(self, row: int) -> str:
        """Return why a question is unjudged; "" where that isn't said."""
        reason = self.reason[row]
        return self.names.texts[reason - 1] if reason else ""

    def verdict(self, row: int) -> Verdict:
        """Return a verdict; its findings are without messages, places and values."""
        reason = self.reason[row]
        return Verdict(
            self.cases.ids.texts[self.case[row]],
            self.targets.texts[self.target[row]],
            self.repeat[row],
            bool(self.stream[row]),
            _STATUSES[self.status[row]],
            self.kinds[self.findings[row]],
            self.names.texts[reason - 1] if reason else None,
            self.names.texts[self.cluster[row]],
            self._metrics(row),
            self.scenarios.get(row),
            self.cases.tool_sets[self.tools[row]],
        )

    def _metrics(self, row: int) -> Metrics:
        times = self.latency[row], self.first_byte[row]
        tokens = self.faults[row], self.input[row], self.output[row]
        latency, first_byte = (None if isnan(time) else time for time in times)
        faults, asked, said = (None if count == UNKNOWN else count for count in tokens)
        return Metrics(
            latency,
            first_byte,
            self.attempts[row],
            faults,
            asked,
            said,
            bool(self.called[row]),
            _VALID[self.valid[row]],
            self.checks[row],
            self.checks_failed[row],
        )


class Exchanges:
    """One row an exchange: ``question`` is the row of what was asked."""

    def __init__(self) -> None:
        self.question = array("i")
        self._place = array("q")
        self._earlier = array("i")
        self._latest = array("i")

    def take(self, question: int, place: int) -> None:
        """Take in an exchange on the question of that row."""
        if question >= len(self._latest):
            self._latest.extend([-1] * (question + 1 - len(self._latest)))
        self._earlier.append(self._latest[question])
        self._latest[question] = len(self._place)
        self._place.append(place)
        self.question.append(question)

    def places(self, question: int) -> list[int]:
        """Return where a question's exchanges stand, in their order."""
        found = []
        row = self._latest[question] if question < len(self._latest) else -1
        while row >= 0:
            found.append(self._place[row])
            row = self._earlier[row]
        return found[::-1]


def _key(case: int, target: int, repeat: int, stream: bool) -> int:
    return ((repeat << 1 | stream) << 24 | target) << 32 | case


def _within(said: Metrics) -> Metrics:
    """Return metrics whose counts a column can hold."""
    return replace(
        said,
        attempts=held(said.attempts),
        faults=None if said.faults is None else held(said.faults),
        input_tokens=None if said.input_tokens is None else held(said.input_tokens),
        output_tokens=None if said.output_tokens is None else held(said.output_tokens),
        checks=held(said.checks),
        checks_failed=held(said.checks_failed),
    )
