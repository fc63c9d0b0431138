"""Puts drawn parameters together: a draft from a plan's row, a tool from a draft."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import (
    Draft,
    Feature,
    Parameter,
    Values,
    fields,
    object_schema,
    object_values,
)
from toolfuzz.generate.features.offers import CROWD
from toolfuzz.generate.features.strict import closed
from toolfuzz.generate.names import TOOLS
from toolfuzz.generate.pick import Pick

__all__ = ["assemble", "drafted", "other_tools"]

_WRAPPED = ("values", "indirect", "constraints")
_EXTRA_PERCENT = 35


def drafted(pick: Pick, group: str, features: Iterable[str]) -> Draft:
    """Draw a tool that has these features of the group, which may be drawn one by one as well."""
    known = all_features()
    name, description = pick.of(TOOLS)
    draft = Draft(name, description)
    left = iter(features)
    while pick.whole(lambda part: _add_next(part, draft, left)):
        pass
    if "no-arg" not in draft.features:
        draft.parameters += pick.whole(lambda part: _extra(part, group, draft.features))
        if group in ("tools", "request"):
            draft.parameters += fields(pick, 1, 2)
        elif not draft.parameters:
            draft.parameters += fields(pick, 1, 1)
    start = pick.below(max(1, len(draft.parameters)))
    draft.parameters = draft.parameters[start:] + draft.parameters[:start]
    for feature in draft.features:
        if change := known[feature].change:
            change(pick, draft)
    return draft


def _add_next(pick: Pick, draft: Draft, features: Iterator[str]) -> bool:
    """Add the next feature to the draft, with its parameter and the first value of that."""
    name = next(features, None)
    if name is None:
        return False
    draft.features.append(name)
    feature = all_features()[name]
    if feature.parameter:
        draft.parameters.append(_placed(pick, feature, feature.parameter(pick)).drawn(pick))
    return True


def _placed(pick: Pick, feature: Feature, parameter: Parameter) -> Parameter:
    """Now and then put the parameter inside an object, where less of it is looked at."""
    if parameter.placed or feature.group not in _WRAPPED or not pick.chance(10):
        return parameter
    return Parameter(
        "details", object_schema([parameter]), object_values([parameter]), root=parameter.root
    )


def _extra(pick: Pick, group: str, chosen: Sequence[str]) -> list[Parameter]:
    """Now and then add a feature of another group, so that groups meet as well.

    None that the chosen ones exclude: no draft knows both spellings of a tuple.

    Not one of ``indirect``: its shapes are the ones that whole parsers fail on, and their share in
    the mix is set by the plan's weights alone.
    """
    if group == "chosen" or not pick.chance(_EXTRA_PERCENT):
        return []
    excluded = frozenset().union(*map(_excluded_by, chosen))
    others = [parameter for name, parameter in _extras(group) if name not in excluded]
    return [pick.of(others)(pick).drawn(pick)]


@cache
def _extras(group: str) -> tuple[tuple[str, Callable[[Pick], Parameter]], ...]:
    return tuple(
        (f.name, f.parameter)
        for f in all_features().values()
        if f.parameter and not f.opt_in and f.group not in ("indirect", group)
    )


@cache
def _excluded_by(name: str) -> frozenset[str]:
    known = all_features()
    return frozenset(
        (*known[name].excludes, *(f.name for f in known.values() if name in f.excludes))
    )


def assemble(pick: Pick, draft: Draft) -> tuple[Tool, JsonObject, Values]:
    """Return the tool, the arguments of its first call, and what draws those of others.

    Now and then further properties are forbidden at the root, where that changes nothing else.
    """
    parameters = _told_apart(draft.parameters)
    schema: JsonObject = {"type": "object", "properties": {p.name: p.schema for p in parameters}}
    required = [p.name for p in parameters if p.required]
    if required:
        schema["required"] = required
    if pick.chance(30) and not draft.root:
        schema["additionalProperties"] = False
    for p in parameters:
        for keyword, definitions in p.root.items():
            schema[keyword] = {**schema.get(keyword, {}), **definitions}
    schema.update(draft.root)
    strict = closed(schema) if draft.strict else None
    given = [p for p in parameters if p.required or p.given]

    def values(pick: Pick) -> Json:
        return {p.name: p.values(pick) for p in given} | of_root(pick)

    def of_root(pick: Pick) -> JsonObject:
        return dict(draft.root_values(pick)) if draft.root_values else {}

    first = {p.name: p.first[0] if p.first else p.values(pick) for p in given} | of_root(pick)
    tool = Tool(draft.name, draft.description, strict or schema, strict is not None)
    if not draft.declared:  # what another feature added after that is as unknown to the model
        return replace(tool, parameters={}, declared=False), {}, lambda pick: {}
    return tool, first, values


def other_tools(pick: Pick, draft: Draft) -> list[Tool]:
    """Return what is offered beside the tool: what features ask for, or up to two more."""
    others = list(draft.others)
    if not others:
        others = pick.some(CROWD, 0, 2)
    return list({t.name: t for t in others if t.name != draft.name}.values())


def _told_apart(parameters: list[Parameter]) -> list[Parameter]:
    taken: set[str] = set()
    told: list[Parameter] = []
    for p in parameters:
        name, n = p.name, 2
        while name in taken:
            name, n = f"{p.name}_{n}", n + 1
        taken.add(name)
        told.append(p if name == p.name else replace(p, name=name))
    return told
