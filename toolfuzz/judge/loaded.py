"""Arguments that load: the object, and what JSON merely tolerates in it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.json import Document, Duplicates, IssueKind, JsonError, parse
from toolfuzz.core.jsonvalue import equal, pointer_of
from toolfuzz.core.text import clip
from toolfuzz.judge.texts import Escaped, Layered, NotObject, Odd, ReadArguments, TextFact

__all__ = ["behind", "read_document", "read_object", "settled"]

_ESCAPED_NON_ASCII = re.compile(r"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
_MOST_LAYERS = 8
_ISSUES: tuple[IssueKind, ...] = ("nonfinite", "duplicate-key", "lone-surrogate")


def read_document(raw: str, document: Document, oracle: JsonObject | None) -> ReadArguments:
    """Read what a loaded text holds: an object, one encoded several times, or something else.

    ``oracle`` is the right object, None when unknown.
    """
    value = document.value
    if isinstance(value, dict):
        return read_object(raw, document, oracle)
    layers = 1
    while isinstance(value, str) and layers < _MOST_LAYERS:
        try:
            inner = parse(value)
        except JsonError:
            break
        value, layers = inner.value, layers + 1
        if isinstance(value, dict):
            return behind(Layered(clip(raw), layers=layers), read_object(raw, inner, oracle))
    return ReadArguments(None, (NotObject(clip(document.value)),))


def behind(fact: TextFact, rest: ReadArguments) -> ReadArguments:
    """Return what was read once ``fact`` was out of the way."""
    return replace(rest, facts=(fact, *rest.facts))


def read_object(raw: str, document: Document, oracle: JsonObject | None) -> ReadArguments:
    """Read a loaded object: name what strict JSON forbids in it, and settle keys that come twice.

    ``raw`` is its text, or empty when the text is no evidence of how it was spelled.
    """
    value: JsonObject = document.value
    facts: list[TextFact] = []
    if document.issues:
        facts += _odd(document, oracle)
        value = settled(value, oracle)
    corrupt = any(issue.kind == "lone-surrogate" for issue in document.issues)
    # Looked for first: a pattern that looks behind takes a hundred times as long to say no.
    if not corrupt and "\\u" in raw and raw.isascii() and _ESCAPED_NON_ASCII.search(raw):
        facts.append(Escaped(clip(raw)))
    return ReadArguments(value, tuple(facts), frozenset(i.kind for i in document.issues))


def _odd(document: Document, oracle: JsonObject | None) -> Iterator[Odd]:
    details: dict[IssueKind, list[str]] = {}
    for issue in document.issues:
        details.setdefault(issue.kind, []).append(issue.detail)
    for kind in _ISSUES:
        found = details.get(kind)
        if found and not (kind == "lone-surrogate" and _has_surrogate(oracle)):
            place = _first_place(document.value, kind)
            yield Odd(clip(found[0]), pointer=place, kind=kind, details=found)


def settled(value: Json, oracle: Json) -> Json:
    """Make plain objects of those with a key twice, keeping the pair that was asked for."""
    try:
        return _plain(value, oracle)
    except RecursionError:
        return value


def _plain(value: Json, oracle: Json) -> Json:
    if isinstance(value, list):
        known = oracle if isinstance(oracle, list) and len(oracle) == len(value) else value
        return [_plain(item, right) for item, right in zip(value, known, strict=True)]
    if not isinstance(value, dict):
        return value
    wanted = oracle if isinstance(oracle, dict) else {}
    plain = {key: _plain(item, wanted.get(key)) for key, item in value.items()}
    for key, item in value.pairs if isinstance(value, Duplicates) else ():
        if key in wanted and equal(item, wanted[key]):
            plain[key] = item
    return plain


def _has_surrogate(value: Json) -> bool:
    return any(
        isinstance(text, str)
        and not text.isascii()
        and any("\ud800" <= c <= "\udfff" for c in text)
        for _, text in _leaves(value)
    )


def _first_place(value: Json, kind: str) -> str:
    """Return the pointer of the first value that has the issue."""
    for path, item in _leaves(value):
        match kind, item:
            case "duplicate-key", Duplicates():
                return pointer_of(path)
            case "nonfinite", float() if item != item or item in (float("inf"), float("-inf")):
                return pointer_of(path)
            case "lone-surrogate", str() if any("\ud800" <= c <= "\udfff" for c in item):
                return pointer_of(path)
    return ""


def _leaves(value: Json) -> Iterator[tuple[list[str | int], Json]]:
    """Walk over every value with its path, containers included, in document order."""
    stack: list[tuple[list[str | int], Json]] = [([], value)]
    while stack:
        path, node = stack.pop()
        yield path, node
        if isinstance(node, dict):
            stack += [([*path, key], item) for key, item in reversed(node.items())]
        elif isinstance(node, list):
            stack += [([*path, n], item) for n, item in reversed(list(enumerate(node)))]
