"""Which findings count, decided after judging: ``--strict``, ``--ignore``, ``--select``."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.talk import Ending
from toolfuzz.core.verdict import Finding, Status
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.judge import Judgement

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Error findings fail a case, warnings don't unless ``strict``.

    ``ignore`` leaves findings out and ``select``, when given, leaves out all others; both take
    slugs and group letters (``--select B --ignore number-as-string``).
    """

    strict: bool = False
    ignore: Sequence[str] = ()
    select: Sequence[str] = ()

    def check(self) -> None:
        """Raise UsageError for a name that is neither a slug nor a group letter."""
        groups = {d.group for d in defects().values()}
        for name in (*self.ignore, *self.select):
            if name not in defects() and name not in groups:
                raise UsageError(
                    f"no defect or group is called {name!r}",
                    did_you_mean(name, defects()) or "`toolfuzz list defects` names them all",
                )

    def settings(self) -> JsonObject:
        """Return the policy as the journal keeps it."""
        return {"strict": self.strict, "ignore": list(self.ignore), "select": list(self.select)}

    def apply(self, judgement: Judgement) -> Judgement:
        """Return the judgement with only the findings that count, and the status they give."""
        findings, status = self._applied(judgement.findings, judgement.status)
        if findings is judgement.findings and status == judgement.status:
            return judgement
        return dataclasses.replace(judgement, findings=findings, status=status)

    def of_talk(self, ending: Ending) -> Ending:
        """Return how a talk ended with only the findings that count.

        What was found in its replies was judged before; of a world, its own findings come here.
        """
        findings, status = self._applied(ending.findings, ending.status)
        scenario = ending.scenario
        if scenario is not None and scenario.status != "unjudged":
            scenario = dataclasses.replace(scenario, status=status)
        return dataclasses.replace(ending, findings=findings, status=status, scenario=scenario)

    def _applied(
        self, findings: tuple[Finding, ...], status: Status
    ) -> tuple[tuple[Finding, ...], Status]:
        if not (self.strict or self.ignore or self.select):
            return findings, status
        findings = tuple(f for f in findings if self._counts(f))
        if status != "unjudged":
            failing = {"error", "warn"} if self.strict else {"error"}
            status = "fail" if any(f.severity in failing for f in findings) else "pass"
        return findings, status

    def _counts(self, finding: Finding) -> bool:
        entry = defects().get(finding.slug)
        names = {finding.slug, entry.group if entry else finding.slug}
        if self.select and names.isdisjoint(self.select):
            return False
        return names.isdisjoint(self.ignore)
