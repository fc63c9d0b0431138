"""Arguments that load: the object, and what JSON merely tolerates in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.json import Document, Duplicates, JsonError, parse
from toolfuzz.core.jsonvalue import equal, pointer_of
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding

__all__ = ["ReadArguments", "read_document", "read_object", "settled"]

_ESCAPED_NON_ASCII = re.compile(r"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
_MOST_LAYERS = 8


@dataclass(frozen=True, slots=True)
class ReadArguments:
    """What could be read: the object (mended if need be, None if hopeless) and what was wrong.

    The findings carry no call index; the caller knows it.
    """

    value: JsonObject | None
    findings: tuple[Finding, ...] = ()
    odd: frozenset[str] = frozenset()


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
            said = finding(
                "args-double-encoded",
                f"the object is encoded as JSON {layers} times",
                actual=clip(raw),
            )
            rest = read_object(raw, inner, oracle)
            return ReadArguments(rest.value, (said, *rest.findings), rest.odd)
    said = finding(
        "args-non-object", "arguments is JSON but no object", actual=clip(document.value)
    )
    return ReadArguments(None, (said,))


def read_object(raw: str, document: Document, oracle: JsonObject | None) -> ReadArguments:
    """Read a loaded object: name what strict JSON forbids in it, and settle keys that come twice.

    ``raw`` is its text, or empty when the text is no evidence of how it was spelled.
    """
    value: JsonObject = document.value
    findings: list[Finding] = []
    if document.issues:
        findings += _issues(document, oracle)
        value = settled(value, oracle)
    corrupt = any(issue.kind == "lone-surrogate" for issue in document.issues)
    if not corrupt and raw.isascii() and _ESCAPED_NON_ASCII.search(raw):
        findings.append(
            finding("args-ascii-escaped", "non-ASCII text is spelled \\uXXXX", actual=clip(raw))
        )
    return ReadArguments(value, tuple(findings), frozenset(i.kind for i in document.issues))


def _issues(document: Document, oracle: JsonObject | None) -> Iterator[Finding]:
    details: dict[str, list[str]] = {}
    for issue in document.issues:
        details.setdefault(issue.kind, []).append(issue.detail)
    for kind, slug, message in (
        ("nonfinite", "args-nonfinite", "a number that JSON doesn't have"),
        ("duplicate-key", "args-duplicate-keys", "a key comes twice"),
        ("lone-surrogate", "args-unicode-corrupt", "half of a surrogate pair"),
    ):
        found = details.get(kind)
        if not found or (kind == "lone-surrogate" and _has_surrogate(oracle)):
            continue
        names = ", ".join(clip(name, 40) for name in found[:3])
        yield finding(
            slug,
            f"{message}: {names}" + (f" (and {len(found) - 3} more)" if len(found) > 3 else ""),
            pointer=_first_place(document.value, kind),
            actual=clip(found[0]),
        )


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
