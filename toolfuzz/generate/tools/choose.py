"""Which of the loaded tools are used: filters by name, and by an OpenAPI operation's tag or path.

They are globs, as in schemathesis's ``--include-name``, ``--include-tag`` and ``--include-path``
(https://schemathesis.readthedocs.io/en/stable/reference/cli/), written in one option.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.tools.toolset import ToolSet

__all__ = ["chosen"]

_NAMED = 5


def chosen(
    sets: Sequence[ToolSet], include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> list[ToolSet]:
    """Return the sets with the tools that any ``include`` and no ``exclude`` means.

    A filter is a glob of names, ``tag:GLOB`` or ``path:GLOB``; without ``include`` every tool is
    meant. Raises UsageError for a filter that means no tool, and where none is left.
    """
    for option, filters in (("include", include), ("exclude", exclude)):
        for one in filters:
            if not any(_meant(found, name, one) for found in sets for name in _names(found)):
                raise _nothing(f"--{option} {one}", one, sets)
    if not (include or exclude):
        return list(sets)

    def keep(found: ToolSet, name: str) -> bool:
        wanted = not include or any(_meant(found, name, one) for one in include)
        return wanted and not any(_meant(found, name, one) for one in exclude)

    kept = [
        replace(
            found,
            tools=tuple(tool for tool in found.tools if keep(found, tool.name)),
            skipped=tuple(skip for skip in found.skipped if keep(found, skip.tool)),
            not_chosen=tuple(name for name in _names(found) if not keep(found, name)),
        )
        for found in sets
    ]
    if not any(found.tools for found in kept):
        why = next((f"{s.tool}: {s.reason}" for one in kept for s in one.skipped), None)
        raise UsageError("--include and --exclude leave no tool that can be asked for", why)
    return kept


def _names(found: ToolSet) -> list[str]:
    """Return the names of a source's tools, those that were left out among them."""
    return list(dict.fromkeys([*(t.name for t in found.tools), *(s.tool for s in found.skipped)]))


def _meant(found: ToolSet, name: str, one: str) -> bool:
    kind, glob = _parts(one)
    return any(fnmatchcase(value, glob) for value in _values(found, name, kind))


def _parts(one: str) -> tuple[str, str]:
    kind, colon, glob = one.partition(":")
    return (kind, glob) if colon and kind in ("tag", "path") else ("name", one)


def _values(found: ToolSet, name: str, kind: str) -> Iterable[str]:
    labels = found.labels.get(name)
    match kind:
        case "name":
            return (name,)
        case "tag":
            return labels.tags if labels else ()
        case _:
            return (labels.path,) if labels else ()


def _nothing(option: str, one: str, sets: Sequence[ToolSet]) -> UsageError:
    kind, glob = _parts(one)
    known = [v for s in sets for name in _names(s) for v in _values(s, name, kind)]
    known = list(dict.fromkeys(known))
    bare = glob.strip("*") or glob
    near = [v for v in known if bare.casefold() in v.casefold()][:_NAMED]
    if near:
        hint: str | None = f"did you mean {', '.join(near)}?"
    else:
        hint = did_you_mean(glob, known)
    if not known:
        hint = f"tools have a {kind} only where they come from --openapi"
    elif hint is None:
        more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
        hint = f"there are {', '.join(known[:_NAMED])}{more}"
    return UsageError(f"{option}: no tool has such a {kind}", hint)
