"""Everything a check can be told: its run's options and what it is checked against."""

from pydantic import BaseModel, ConfigDict

from toolfuzz.analyze.check import CheckRule
from toolfuzz.core.case import JsonObject
from toolfuzz.runs.access import Access
from toolfuzz.runs.options import RunOptions

__all__ = ["CheckOptions"]


class CheckOptions(BaseModel):
    """Everything that ``toolfuzz check --baseline`` can be told.

    ``run.models`` holds the candidate alone and ``run.cases`` the most cases that are asked.
    ``given`` names the settings that somebody set; a stored baseline's stand in for the others.
    ``baseline`` is a run's folder (or journal) or a model; ``baseline_model`` picks a target of
    that run and ``baseline_access`` says how a model is reached. ``trust``: a stored baseline is
    asked where its folder says (see ``runs.trust``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: RunOptions
    baseline: str
    baseline_model: str | None = None
    baseline_access: Access = Access()
    rule: CheckRule = CheckRule()
    given: frozenset[str] = frozenset()
    force: bool = False
    resume: bool = False
    trust: bool = False

    def settings(self) -> JsonObject:
        """Return what the journal keeps: the run's settings and what it is checked against."""
        check = self.model_dump(
            mode="json",
            exclude={
                "run": True,
                "given": True,
                "resume": True,
                "trust": True,
                "baseline_access": {"headers"},
            },
        )
        rule = {n: getattr(self.rule, n) for n in ("margin", "allow_new_defects")}
        return {**self.run.settings(), "check": {**check, **rule}}
