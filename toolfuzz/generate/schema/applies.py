"""Which subschemas apply where: to a branch of a union, to item ``n``, to the member ``name``."""

from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.patterns import search
from toolfuzz.generate.schema.document import Site

__all__ = ["Conjunction", "invites_more", "item_at", "member_at", "prefix", "unions"]


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Subschemas that apply to one value; ``decided`` are the unions whose branch is chosen."""

    sites: tuple[Site, ...]
    decided: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[frozenset[str], frozenset[str]]:
        """Identity: the same subschemas with the same choices made."""
        return frozenset(site.key for site in self.sites), self.decided


def unions(parts: Conjunction) -> Iterator[list[Conjunction]]:
    """Yield the branches of each union that is still open."""

    def branch(mark: str, *more: Site) -> Conjunction:
        return Conjunction((*parts.sites, *more), parts.decided | {mark})

    for site in parts.sites:
        if site.schema is False:
            continue
        for keyword in ("anyOf", "oneOf"):
            mark = f"{site.key} {keyword}"
            if keyword in site.schema and mark not in parts.decided:
                count = len(site.schema[keyword])
                yield [branch(mark, site.child(keyword, n)) for n in range(count)]
        mark = f"{site.key} if"
        if "if" in site.schema and mark not in parts.decided:
            then = [site.child("then")] if "then" in site.schema else []
            other = [site.child("else")] if "else" in site.schema else []
            yield [branch(mark, site.child("if"), *then), branch(mark, *other)]
        for keyword in ("dependentSchemas", "dependencies"):
            for name, schema in site.schema.get(keyword, {}).items():
                mark = f"{site.key} {keyword} {name}"
                if isinstance(schema, list) or mark in parts.decided:
                    continue
                present = _synthetic(site, {"required": [name]}, mark)
                absent = _synthetic(site, {"properties": {name: False}}, mark)
                yield [branch(mark, site.child(keyword, name), present), branch(mark, absent)]


def _synthetic(site: Site, schema: JsonObject, mark: str) -> Site:
    return Site(schema, site.pointer, site.base, key=f"~{mark} {'required' in schema}")


def prefix(site: Site) -> list[Json]:
    """Return the tuple part: prefixItems, or draft 7's items as a list."""
    items = site.schema.get("items")
    prefix: list[Json] = items if isinstance(items, list) else site.schema.get("prefixItems", [])
    return prefix


def item_at(arrays: list[Site], n: int) -> Conjunction:
    """Return what applies to item ``n``."""
    found = []
    for site in arrays:
        listed = isinstance(site.schema.get("items"), list)
        if n < len(prefix(site)):
            found.append(site.child("items" if listed else "prefixItems", n))
        elif listed:
            found += [site.child("additionalItems")] if "additionalItems" in site.schema else []
        elif "items" in site.schema:
            found.append(site.child("items"))
        elif "unevaluatedItems" in site.schema:
            found.append(site.child("unevaluatedItems"))
    return Conjunction(tuple(found))


def member_at(sites: tuple[Site, ...], name: str) -> Conjunction:
    """Return what applies to the member ``name``."""
    found, leftover = [], []
    for site in sites:
        hits = [site.child("properties", name)] if name in site.schema.get("properties", {}) else []
        for pattern in site.schema.get("patternProperties", {}):
            if search(pattern, name):
                hits.append(site.child("patternProperties", pattern))
        if not hits and "additionalProperties" in site.schema:
            hits.append(site.child("additionalProperties"))
        if "unevaluatedProperties" in site.schema:
            leftover.append(site.child("unevaluatedProperties"))
        found += hits
    return Conjunction(tuple(found or leftover))


def invites_more(sites: tuple[Site, ...], declared: bool) -> bool:
    """Whether members beyond the declared ones are invited: a map, or an object without any."""
    said = [
        site.schema[keyword]
        for site in sites
        for keyword in ("additionalProperties", "unevaluatedProperties")
        if keyword in site.schema
    ]
    return all(value is not False for value in said) and (bool(said) or not declared)
