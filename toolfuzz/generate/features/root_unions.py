"""``oneOf``, ``anyOf``, ``allOf`` at the root of the parameters.

OpenAI and Anthropic refuse them with an HTTP 400 (``refuses`` in ``sources/endpoints.toml``), other
servers take them.
"""

from collections.abc import Callable

from toolfuzz.generate.features.base import Draft, Feature, object_of
from toolfuzz.generate.features.unions import branches_by_const
from toolfuzz.generate.pick import Pick

_KEYWORDS = ("oneOf", "anyOf", "allOf")


def _with(keyword: str) -> Callable[[Pick, Draft], None]:
    def change(pick: Pick, draft: Draft) -> None:
        if keyword == "allOf":
            schema, values = object_of(pick, 1, 2)
            branches = [schema]
        else:
            branches, values, _ = branches_by_const(pick)
        taken = {name for branch in branches for name in branch["properties"]}
        draft.parameters = [p for p in draft.parameters if p.name not in taken]
        draft.root[keyword] = branches
        draft.root_values = values

    return change


FEATURES = tuple(
    Feature(
        f"root-{keyword.lower()}",
        f"{keyword} at the root of the parameters (some services refuse it)",
        "rare",
        change=_with(keyword),
        keyword=keyword,
        node=lambda node, place: place.depth == 0,
        excludes=("no-arg", "strict", *(f"root-{k.lower()}" for k in _KEYWORDS if k != keyword)),
    )
    for keyword in _KEYWORDS
)
