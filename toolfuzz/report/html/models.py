"""The columns of a page: every target of every run, with its figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.price import price_of
from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import Nature
from toolfuzz.report.naming import Names

__all__ = ["Model", "models"]


@dataclass(frozen=True, slots=True)
class Model:
    """A target in a run. ``label`` is what the page calls it, ``figures`` its summary.

    ``groups`` are the letters of the groups of models that can't be told apart.
    ``cost`` is what the run's questions cost in US dollars, None when unknown.
    """

    label: str
    run: RunData
    run_name: str
    target: Target
    nature: Nature
    figures: JsonObject
    groups: tuple[str, ...]
    cost: float | None

    @property
    def cost_per_success(self) -> float | None:
        """US dollars for one right answer, None when unknown."""
        passed = self.figures["passed"]
        return self.cost / passed if passed and self.cost is not None else None


def models(
    runs: Sequence[tuple[str, RunData, JsonObject]], comparison: JsonObject, names: Names
) -> list[Model]:
    """Return the models in the comparison's order, the best first.

    ``runs`` are (name, run, summary), under the names that the comparison was made with; ``names``
    are those that a page makes shorter.
    """
    found = {
        (name, target.name): (run, target, figures)
        for name, run, summary in runs
        for target, figures in zip(run.started.targets, summary["targets"], strict=True)
    }
    made = []
    for row in comparison["rows"]:
        run, target, figures = found[row["run"], row["target"]]
        made.append(
            Model(
                names.of(row["label"]),
                run,
                row["run"],
                target,
                run.nature(target.name),
                names.of(figures),
                tuple(row["groups"]),
                _cost(target, run.nature(target.name), figures["tokens"]),
            )
        )
    return made


def _cost(target: Target, nature: Nature, tokens: JsonObject) -> float | None:
    if tokens["input"] is None or tokens["output"] is None:
        return None
    return price_of(target.model, nature)(tokens["input"], tokens["output"])
