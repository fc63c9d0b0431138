"""Everything a check can be told: its run's options and what it is checked against."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from toolfuzz.analyze.check import CheckRule
from toolfuzz.analyze.sequential import SequentialTest
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.access import Access
from toolfuzz.runs.options import RunOptions

__all__ = ["CheckOptions", "alone", "beside", "tried_alone"]


_SPARE = 5 / 4
"""More cases than calls at the cap, since some answers can't be judged."""


def beside(
    access: Access,
    *,
    base_url: str | None = None,
    format: str | None = None,
    key_env: str | None = None,
) -> Access:
    """Return how a baseline model is reached: as the candidate, but at its own place.

    A candidate's headers may hold its credentials, so the baseline gets none of them.
    """
    return replace(
        access,
        base_url=base_url,
        format=format,
        key_env=key_env,
        headers={},
        secret_headers=(),
    )


def alone(accept: float | None, reject: float | None, *, baseline: bool) -> SequentialTest:
    """Return the rule by which a model is judged by itself; raises UsageError."""
    if baseline:
        raise UsageError(
            "--baseline and --accept are two different checks",
            "leave out one: --accept and --reject judge a model by itself",
        )
    if accept is None or reject is None:
        raise UsageError("--accept and --reject belong together", "--accept 0.99 --reject 0.95")
    try:
        return SequentialTest(accept, reject)
    except ValueError as error:
        raise UsageError(
            f"--accept {accept} --reject {reject}: {error}",
            "for example: --accept 0.99 --reject 0.95",
        ) from None


def tried_alone(test: SequentialTest) -> int:
    """Return the most cases that a model is asked which is judged by itself."""
    return round(test.cap * _SPARE)


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
