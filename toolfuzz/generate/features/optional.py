"""Optional parameters that are left out, tools where all are optional, tools without any."""

from dataclasses import replace

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.generate.features.base import Draft, Feature, fields
from toolfuzz.generate.pick import Pick


def _optional(pick: Pick, draft: Draft) -> None:
    for extra in fields(pick, 1, 2):
        draft.parameters.append(replace(extra, required=False, given=pick.chance(35)))


def _all_optional(pick: Pick, draft: Draft) -> None:
    draft.parameters = [replace(p, required=False, given=pick.chance(60)) for p in draft.parameters]


def _no_arg(pick: Pick, draft: Draft) -> None:
    draft.parameters = []


def _undeclared(pick: Pick, draft: Draft) -> None:
    draft.parameters = []
    draft.declared = False


def _properties(tool: Tool) -> JsonObject:
    return tool.parameters.get("properties") or {}


def _requires_some(tool: Tool) -> bool:
    return not _properties(tool).keys().isdisjoint(tool.parameters.get("required") or ())


def _has_optional(tool: Tool) -> bool:
    return _requires_some(tool) and not _properties(tool).keys() <= set(tool.parameters["required"])


def _has_only_optional(tool: Tool) -> bool:
    return bool(_properties(tool)) and not _requires_some(tool) and not _is_composed(tool)


def _takes_nothing(tool: Tool) -> bool:
    """Whether the tool declares no parameter at all (it may still allow any)."""
    if _properties(tool):
        return False
    entries = tool.parameters.get("additionalProperties", False)
    typed = isinstance(entries, dict) and bool(entries)
    demands = any(tool.parameters.get(key) for key in ("required", "minProperties"))
    return not (_is_composed(tool) or typed or demands)


def _is_composed(tool: Tool) -> bool:
    return any(
        key in tool.parameters
        for key in ("oneOf", "anyOf", "allOf", "$ref", "patternProperties", "if")
    )


FEATURES = (
    Feature(
        "optional",
        "required and optional parameters, some of the latter left out",
        "tools",
        change=_optional,
        tool=_has_optional,
        excludes=("all-optional", "no-arg"),
    ),
    Feature(
        "all-optional",
        "every parameter is optional",
        "tools",
        change=_all_optional,
        tool=_has_only_optional,
        excludes=("no-arg", "strict"),
    ),
    Feature("no-arg", "a tool without parameters", "tools", change=_no_arg, tool=_takes_nothing),
    Feature(
        "parameters-none",
        "a tool that is offered without any schema, and so takes no arguments",
        "rare",
        change=_undeclared,
        tool=lambda tool: not tool.declared,
        excludes=("root-oneof", "root-anyof", "root-allof", "tuple-items", "strict"),
    ),
)
