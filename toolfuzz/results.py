"""What the public functions return: the figures and tables of runs.

Each result is a dict as well: it holds what ``summary.json`` or the comparison does.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolfuzz.core.errors import UsageError
from toolfuzz.failures import Failures

if TYPE_CHECKING:
    import pandas
    import polars

    from toolfuzz.analyze.load import RunData

__all__ = ["CheckResult", "Comparison", "Result", "Target"]


class Target(dict[str, Any]):
    """A model's entry of a run's summary; all of it under its keys, the first figures by name."""

    @property
    def name(self) -> str:
        """The target as it was asked for."""
        return str(self["target"])

    @property
    def rate(self) -> float | None:
        """The share of replies that are right; None when nothing was judged."""
        return self._number("rate")

    @property
    def low(self) -> float | None:
        """The lower end of the rate's 95% interval."""
        return self._number("low")

    @property
    def high(self) -> float | None:
        """Its upper end."""
        return self._number("high")

    @property
    def passed(self) -> int:
        """Replies that are right."""
        return int(self["passed"])

    @property
    def failed(self) -> int:
        """Replies that are wrong."""
        return self.judged - self.passed

    @property
    def judged(self) -> int:
        """Replies that are right or wrong."""
        return int(self["judged"])

    @property
    def unjudged(self) -> int:
        """Questions without an answer that could be judged."""
        return int(self["unjudged"])

    @property
    def simulated(self) -> bool:
        """Whether a simulator answered."""
        return bool(self["simulated"])

    @property
    def defects(self) -> dict[str, int]:
        """The replies that show each defect, the commonest first."""
        counted = {slug: int(found["replies"]) for slug, found in self["defects"].items()}
        return dict(sorted(counted.items(), key=lambda one: -one[1]))

    @property
    def tools(self) -> dict[str, dict[str, Any]]:
        """How each of your tools did, the weakest first: ``rate``, ``low``, ``failed`` …"""
        return dict(self["tools"])

    def _number(self, name: str) -> float | None:
        value = self[name]
        return None if value is None else float(value)


class Result(dict[str, Any]):
    """What came of a run: ``summary.json``, with its targets, failures and rows by name."""

    @property
    def conclusion(self) -> str:
        """What it comes to, in a sentence."""
        return str(self["conclusion"]["sentence"])

    @property
    def folder(self) -> Path:
        """Where ``run.jsonl`` has every byte."""
        return Path(self["folder"])

    @property
    def targets(self) -> list[Target]:
        """One entry a model and mode, in the order in which they were named."""
        return [Target(entry) for entry in self["targets"]]

    @cached_property
    def data(self) -> "RunData":
        """The run as its journal tells it: cases, verdicts, exchanges."""
        from toolfuzz.runs.reading import load_run

        return load_run(self.folder, keep_exchanges=True)

    @cached_property
    def failures(self) -> Failures:
        """The replies that failed, the worst first."""
        return Failures(self.data)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give a flat row for each question: target, case, status, defects, latency …"""
        from toolfuzz.report.formats._rows import rows

        return rows(self.data)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the rows as a pandas frame; raises errors.UsageError without pandas."""
        return _pandas(list(self.rows()))

    def to_polars(self) -> "polars.DataFrame":
        """Return the rows as a polars frame; raises errors.UsageError without polars."""
        return _polars(list(self.rows()))

    def __getstate__(self) -> None:
        """Copies and other processes get the figures; the journal is read again in its folder."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'; '.join(map(_line, self.targets))}; {self.folder}>"

    def _repr_html_(self) -> str:
        from toolfuzz.notebook import result_html

        return result_html(self)


class CheckResult(Result):
    """What came of a check: both sides' summary, and the decision."""

    @property
    def outcome(self) -> str | None:
        """``PASS``, ``FAIL`` or ``INCONCLUSIVE``; None where it was interrupted."""
        found: str | None = self["check"]["outcome"]
        return found

    @property
    def reason(self) -> str:
        """The decision in a sentence."""
        return str(self["check"]["reason"])


class Comparison(dict[str, Any]):
    """Targets side by side: ``rows``, best first, ``differences``, and ``groups``."""

    @property
    def conclusion(self) -> str:
        """What it comes to, in a sentence."""
        return str(self["conclusion"]["sentence"])

    @property
    def rows(self) -> list[Target]:
        """One entry a target, best first."""
        return [Target(row) for row in self["rows"]]

    @property
    def groups(self) -> list[list[str]]:
        """Sets of labels that can't be told apart."""
        found: list[list[str]] = self["groups"]
        return found

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the rows as a pandas frame; raises errors.UsageError without pandas."""
        return _pandas([_flat(row) for row in self["rows"]])

    def to_polars(self) -> "polars.DataFrame":
        """Return the rows as a polars frame; raises errors.UsageError without polars."""
        return _polars([_flat(row) for row in self["rows"]])

    def __repr__(self) -> str:
        return f"<Comparison {'; '.join(map(_line, self.rows))}>"

    def _repr_html_(self) -> str:
        from toolfuzz.notebook import comparison_html

        return comparison_html(self)


def _line(target: Target) -> str:
    if target.rate is None:
        return f"{target.name}: nothing judged"
    return f"{target.name}: {target.rate:.1%} of {target.judged}"


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a row what is a table itself."""
    return {key: value for key, value in row.items() if not isinstance(value, dict | list)}


def _pandas(rows: list[dict[str, Any]]) -> "pandas.DataFrame":
    try:
        import pandas
    except ImportError:
        raise UsageError("pandas isn't installed", "pip install pandas") from None
    return pandas.DataFrame(rows)


def _polars(rows: list[dict[str, Any]]) -> "polars.DataFrame":
    try:
        import polars
    except ImportError:
        raise UsageError("polars isn't installed", "pip install polars") from None
    return polars.DataFrame(rows, infer_schema_length=None)
