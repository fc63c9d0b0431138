"""What a set of subschemas that all apply to one value says about it, in one place."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from toolfuzz.core.case import Json
from toolfuzz.core.patterns import readable
from toolfuzz.generate.schema.document import Site
from toolfuzz.generate.schema.errors import Unsatisfiable

__all__ = ["TYPES", "Facts", "combine", "forbids"]

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")

_IMPLIED = {
    "object": (
        *("properties", "required", "minProperties", "maxProperties", "propertyNames"),
        *("additionalProperties", "patternProperties", "unevaluatedProperties"),
        *("dependentRequired", "dependentSchemas", "dependencies"),
    ),
    "array": (
        *("items", "prefixItems", "additionalItems", "unevaluatedItems"),
        *("minItems", "maxItems", "uniqueItems", "contains"),
    ),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}

_NUMBER_FORMATS = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}

# Keywords that facts don't carry in full: a drawn value is checked against the subschema itself.
_CHECKED = ("not", "oneOf", "if", "contains", "unevaluatedProperties", "unevaluatedItems")


@dataclass(slots=True)
class Facts:
    """The conjunction of the plain keywords of ``sites``; bounds are inclusive unless named so."""

    sites: tuple[Site, ...]
    types: set[str] = field(default_factory=lambda: set(TYPES))
    typed: bool = False
    literals: list[Json] | None = None
    hints: list[Json] = field(default_factory=list)
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    multiples: list[float] = field(default_factory=list)
    min_length: int = 0
    max_length: float = math.inf
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    min_items: int = 0
    max_items: float = math.inf
    unique: bool = False
    required: dict[str, None] = field(default_factory=dict)
    min_properties: int = 0
    max_properties: float = math.inf
    needs: dict[str, list[str]] = field(default_factory=dict)
    checked: list[Site] = field(default_factory=list)

    @property
    def pointer(self) -> str:
        """Where to send a person who wants to see the schema."""
        return self.sites[0].pointer if self.sites else ""


def forbids(schema: Json) -> bool:
    """Whether the schema is one of the usual spellings of *not allowed here*."""
    return schema is False or (isinstance(schema, dict) and schema.get("not") in ({}, True))


def _check_pattern(pattern: str, pointer: str) -> None:
    if not readable(pattern):
        raise Unsatisfiable(pointer, f"pattern {pattern[:80]!r} can't be read as an expression")


def combine(sites: tuple[Site, ...]) -> Facts:
    """Merge the plain keywords of all sites; raises Unsatisfiable when they exclude each other."""
    facts = Facts(sites)
    implied: set[str] = set()
    for site in sites:
        if forbids(site.schema):
            raise Unsatisfiable(site.pointer, "the schema allows no value at all")
        _add(facts, site)
        implied |= {t for t, words in _IMPLIED.items() if any(w in site.schema for w in words)}
    if not facts.typed and implied:
        facts.types &= implied | ({"integer"} if "number" in implied else set())
    _check_bounds(facts)
    return facts


def _add(facts: Facts, site: Site) -> None:
    schema = site.schema
    if "type" in schema:
        named = schema["type"]
        types = set([named] if isinstance(named, str) else named)
        facts.types &= types | {"integer"} if "number" in types else types
        facts.typed = True
        if not facts.types:
            raise Unsatisfiable(site.pointer, f"type {named!r} excludes what else applies here")
    for keyword in ("enum", "const"):
        if keyword in schema:
            allowed = schema["enum"] if keyword == "enum" else [schema["const"]]
            facts.literals = (facts.literals or []) + list(allowed)
    facts.hints += [schema["default"]] if "default" in schema else []
    facts.hints += schema["examples"] if isinstance(schema.get("examples"), list) else []
    _add_number(facts, schema)
    _add_string(facts, site)
    facts.min_items = max(facts.min_items, int(schema.get("minItems", 0)))
    facts.max_items = min(facts.max_items, schema.get("maxItems", math.inf))
    facts.unique |= schema.get("uniqueItems", False)
    facts.required |= dict.fromkeys(schema.get("required", ()))
    facts.min_properties = max(facts.min_properties, int(schema.get("minProperties", 0)))
    facts.max_properties = min(facts.max_properties, schema.get("maxProperties", math.inf))
    for keyword in ("dependentRequired", "dependencies"):
        for name, needed in schema.get(keyword, {}).items():
            if isinstance(needed, list):
                facts.needs.setdefault(name, []).extend(needed)
    if any(word in schema for word in _CHECKED):
        facts.checked.append(site)


def _add_number(facts: Facts, schema: Json) -> None:
    low, high = _NUMBER_FORMATS.get(schema.get("format", ""), (None, None))
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    # Draft 4 has flags here that belong to minimum and maximum.
    above = least if above is True else None if above is False else above
    below = most if below is True else None if below is False else below
    facts.low = _tightest(max, facts.low, low, least)
    facts.high = _tightest(min, facts.high, high, most)
    facts.above = _tightest(max, facts.above, above)
    facts.below = _tightest(min, facts.below, below)
    if "multipleOf" in schema:
        facts.multiples.append(schema["multipleOf"])


def _add_string(facts: Facts, site: Site) -> None:
    schema = site.schema
    facts.min_length = max(facts.min_length, int(schema.get("minLength", 0)))
    facts.max_length = min(facts.max_length, schema.get("maxLength", math.inf))
    if "pattern" in schema:
        _check_pattern(schema["pattern"], f"{site.pointer}/pattern")
        facts.patterns.append(schema["pattern"])
    if isinstance(schema.get("format"), str):
        facts.formats.append(schema["format"])
    for pattern in schema.get("patternProperties", {}):
        _check_pattern(pattern, f"{site.pointer}/patternProperties")


def _tightest(which: Callable[[list[float]], float], *bounds: float | None) -> float | None:
    given = [bound for bound in bounds if bound is not None and abs(bound) < math.inf]
    return which(given) if given else None


def _check_bounds(facts: Facts) -> None:
    """Drop the types whose own bounds leave no value; raise when none is left."""
    problems = {
        "string": _empty("Length", facts.min_length, facts.max_length),
        "array": _empty("Items", facts.min_items, facts.max_items),
        "object": _empty("Properties", facts.min_properties, facts.max_properties)
        or _empty("Properties", len(facts.required), facts.max_properties),
    }
    lows = [b for b in (facts.low, facts.above) if b is not None]
    highs = [b for b in (facts.high, facts.below) if b is not None]
    if lows and highs and max(lows) > min(highs):
        reason = f"minimum {max(lows)} is above maximum {min(highs)}"
        problems |= {"integer": reason, "number": reason}
    left = facts.types - {name for name, problem in problems.items() if problem}
    if not left:
        raise Unsatisfiable(facts.pointer, _first(problems[t] for t in TYPES if t in facts.types))
    facts.types = left


def _empty(noun: str, low: float, high: float) -> str:
    return f"min{noun} {low:g} is above max{noun} {high:g}" if low > high else ""


def _first(reasons: Iterable[str]) -> str:
    return next(reason for reason in reasons if reason)
