"""How many parameters: the usual few, five to nine, or forty."""

from collections.abc import Callable

from toolfuzz.core.case import Tool
from toolfuzz.generate.features.base import SCALARS, Draft, Feature, Parameter
from toolfuzz.generate.pick import Pick

_SEVERAL = 5
_MOST = 9
_MANY = 40


def _constantly(p: Parameter, turn: int) -> Callable[[Pick], object]:
    """Return a value by position: forty draws for plain values would tell nothing more.

    Positions are counted from the end of the options, where texts are whole.
    """
    return lambda pick: p.values(Pick(lambda n: n - 1 - turn % n))


def _filled(count: int) -> Callable[[Pick, Draft], None]:
    def change(pick: Pick, draft: Draft) -> None:
        start = pick.below(len(SCALARS))
        required = any(p.required for p in draft.parameters)
        for n in range(count - len(draft.parameters)):
            plain = SCALARS[(start + n) % len(SCALARS)]
            name = f"{plain.name}_{n // len(SCALARS) + 2}"
            draft.parameters.append(
                Parameter(name, plain.schema, _constantly(plain, start + n), required=required)
            )

    return change


def _width(tool: Tool) -> int:
    return len(tool.parameters.get("properties") or ())


FEATURES = (
    Feature(
        "params-5",
        "five to nine parameters",
        "tools",
        change=_filled(_SEVERAL),
        tool=lambda tool: _SEVERAL <= _width(tool) <= _MOST,
        excludes=("no-arg", "params-40"),
    ),
    Feature(
        "params-40",
        "forty parameters or more",
        "tools",
        change=_filled(_MANY),
        tool=lambda tool: _width(tool) >= _MANY,
        excludes=("no-arg",),
    ),
)
