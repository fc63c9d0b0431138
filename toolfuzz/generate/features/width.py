"""Many parameters."""

from collections.abc import Callable

from toolfuzz.core.case import Tool
from toolfuzz.generate.features.base import SCALARS, Draft, Feature, Parameter
from toolfuzz.generate.pick import Pick

_MANY = 40


def _constantly(p: Parameter, turn: int) -> Callable[[Pick], object]:
    """Return a value by position: forty draws for plain values would tell nothing more."""
    return lambda pick: p.values(Pick(lambda: turn))


def _wide(pick: Pick, draft: Draft) -> None:
    start = pick.below(len(SCALARS))
    required = any(p.required for p in draft.parameters)
    for n in range(_MANY - len(draft.parameters)):
        plain = SCALARS[(start + n) % len(SCALARS)]
        name = f"{plain.name}_{n // len(SCALARS) + 2}"
        draft.parameters.append(
            Parameter(name, plain.schema, _constantly(plain, start + n), required=required)
        )


def _is_wide(tool: Tool) -> bool:
    return len(tool.parameters.get("properties") or ()) >= _MANY


FEATURES = (
    Feature(
        "params-40",
        "forty parameters or more",
        "tools",
        change=_wide,
        tool=_is_wide,
        excludes=("no-arg",),
    ),
)
