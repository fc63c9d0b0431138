"""Schemas that apply themselves to the same value again: no validator ends on them.

``{"$defs": {"A": {"not": {"$ref": "#/$defs/A"}}}}`` is one. Recursion through a member or an item
is fine, because the value gets smaller.
"""

from collections.abc import Iterator

from toolfuzz.generate.schema.budget import check_time
from toolfuzz.generate.schema.document import Document, Site
from toolfuzz.generate.schema.errors import BrokenSchema

__all__ = ["check_ends"]

_MOST_IN_A_ROW = 40
"""Longer chains of references and unions would exhaust the interpreter's stack in jsonschema."""

_ONE_BELOW = (
    *("items", "additionalItems", "unevaluatedItems", "contains", "propertyNames"),
    *("additionalProperties", "unevaluatedProperties"),
)


def check_ends(document: Document) -> None:
    """Raise BrokenSchema where a chain of schemas for one value is endless or very long."""
    here: dict[str, list[Site]] = {}
    sites = {document.root.key: document.root}
    waiting = [document.root]
    while waiting:
        site = waiting.pop()
        check_time(site.pointer)
        here[site.key] = list(_here(document, site))
        for part in (*here[site.key], *_below(site)):
            if part.key not in sites:
                sites[part.key] = part
                waiting.append(part)
    lengths: dict[str, int] = {}
    for site in sites.values():
        _measure(site, here, lengths)


def _measure(start: Site, here: dict[str, list[Site]], lengths: dict[str, int]) -> None:
    """Fill in the longest chain that begins at each schema, deepest first."""
    stack, trail = [start], set[str]()
    while stack:
        site = stack[-1]
        open_parts = [part for part in here[site.key] if part.key not in lengths]
        if site.key in lengths or not open_parts:
            lengths.setdefault(
                site.key, 1 + max((lengths[p.key] for p in here[site.key]), default=0)
            )
            if lengths[site.key] > _MOST_IN_A_ROW:
                raise BrokenSchema(site.pointer, f"more than {_MOST_IN_A_ROW} references in a row")
            trail.discard(site.key)
            stack.pop()
        elif any(part.key in trail for part in open_parts) or site in open_parts:
            raise BrokenSchema(site.pointer, "refers to itself without end")
        else:
            trail.add(site.key)
            stack.append(open_parts[0])


def _here(document: Document, site: Site) -> Iterator[Site]:
    """Yield the schemas that apply to the same value."""
    if not isinstance(site.schema, dict):
        return
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in site.schema:
            target = document.target(site, keyword)
            if target is not None:
                yield target
    for keyword in ("allOf", "anyOf", "oneOf"):
        for n in range(len(site.schema.get(keyword, ()))):
            yield site.child(keyword, n)
    for keyword in ("not", "if", "then", "else"):
        if keyword in site.schema:
            yield site.child(keyword)
    for keyword in ("dependentSchemas", "dependencies"):
        for name, schema in site.schema.get(keyword, {}).items():
            if not isinstance(schema, list):
                yield site.child(keyword, name)


def _below(site: Site) -> Iterator[Site]:
    """Yield the schemas of members, items and names."""
    if not isinstance(site.schema, dict):
        return
    for keyword in ("properties", "patternProperties"):
        for name in site.schema.get(keyword, {}):
            yield site.child(keyword, name)
    for keyword in ("prefixItems", "items"):
        parts = site.schema.get(keyword)
        for n in range(len(parts) if isinstance(parts, list) else 0):
            yield site.child(keyword, n)
    for keyword in _ONE_BELOW:
        if isinstance(site.schema.get(keyword), (dict, bool)):
            yield site.child(keyword)
