"""A parser's defect in one plain sentence: what was written, what came of it, where."""

import difflib
import re
from collections.abc import Iterator

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.core.json import JsonError, loads
from toolfuzz.core.jsonvalue import a_kind, kind_of, resolve_ref, tokens_of
from toolfuzz.core.text import brief, printable
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects

__all__ = ["parser_title", "schema_words"]

_SHORT = 32
_UNIONS = ("anyOf", "oneOf")


def parser_title(
    parser: str,
    case: Case,
    finding: Finding,
    modes: tuple[bool, bool],
    *,
    expected: JsonObject | None = None,
    came: Json = None,
) -> str:
    """Return ``glm45: the boolean true in an enum of several types arrives as the string "True"``.

    ``case`` is the smallest one; ``modes`` say whether its plain reply is wrong, and its streamed.
    ``expected`` and ``came`` are ``{"content": …, "calls": …}``; what came may be the last line of
    an exception.
    """
    asked, became = _changed(finding) or (_named(finding.slug), "")
    if became == _AS_NULL and isinstance(came, dict) and not _is_there(finding, came["calls"]):
        became = "is lost"
    where = schema_words(case, finding) or ("" if became else _with(case, finding))
    if isinstance(came, str) and (kind := _EXCEPTION.match(came)):
        asked = f"raises {kind[0]}"
    if expected and isinstance(came, dict) and came["calls"] == expected["calls"] and not became:
        asked, where = _prose(expected["content"], str(came["content"])), ""
    inside = where.startswith(("behind", "in ", "for a "))
    words = " ".join(filter(None, (asked, where, became) if inside else (asked, became, where)))
    return printable(f"{parser}: {words.replace(' , ', ', ')}{_MODES.get(modes, '')}")


_AS_NULL = "arrives as null"
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?=: |$)")


def _is_there(finding: Finding, calls: Json) -> bool:
    """Whether a call that came has the value that is meant, if only as null."""
    at = finding.call or 0
    if not isinstance(calls, list) or at >= len(calls):
        return False
    _, node = calls[at]
    for token in tokens_of(finding.pointer):
        if isinstance(node, list) and token.isdecimal() and int(token) < len(node):
            node = node[int(token)]
        elif isinstance(node, dict) and token in node:
            node = node[token]
        else:
            return False
    return True


def _prose(right: str, got: str) -> str:
    """Say what became of the text beside the calls."""
    matcher = difflib.SequenceMatcher(None, right, got, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    if not got:
        return "prose beside the calls is lost"
    if len(changes) == 1:
        kind, a, b, c, d = changes[0]
        piece = brief(right[a:b] if kind == "delete" else got[c:d])
        if kind == "delete" and b == len(right):
            return f"prose is cut off before {brief(right[a:].lstrip()[:1])}"
        if kind != "replace" and len(piece) <= _SHORT:
            return f"prose {'loses' if kind == 'delete' else 'gains'} {piece}"
    return "prose arrives changed"


def _with(case: Case, finding: Finding) -> str:
    """Say of which calls the defect tells, where a few words do."""
    calls = case.at(finding.turn).expect.calls
    if len(calls) > 1:
        return f", for {'equal' if all(c == calls[0] for c in calls) else 'several'} calls"
    if calls and len(calls[0].tool) > 1:
        return f", with the tool {brief(calls[0].tool)}"
    if not calls or not calls[0].arguments:
        return ", for a call without arguments" if calls else ""
    text = brief(calls[0].arguments)
    return f"with {text}" if len(text) <= 2 * _SHORT else ""


_MODES = {(False, True): ", only in a stream", (True, False): ", only in a whole text"}


def _named(slug: str) -> str:
    entry = defects().get(slug)
    if entry is None:
        return slug
    title = entry.title.rstrip(".")
    # A name in capitals (JSON, NaN) stays as it is.
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _changed(finding: Finding) -> tuple[str, str] | None:
    """Say what was written, and as what it arrives; None where no single value is meant."""
    if finding.layer not in ("values", "schema") or not finding.pointer:
        return None
    asked, got = finding.expected, finding.actual
    if asked is None and got is None:
        return None
    if isinstance(got, str) and isinstance(asked, dict | list) and _is_json(got):
        return a_kind(asked), "arrives as a string of its JSON"
    if kind_of(asked) == kind_of(got) and max(len(brief(asked)), len(brief(got))) <= _SHORT:
        return f"the {kind_of(asked)} {brief(asked)}", f"arrives as {brief(got)}"
    return _shown(asked), f"arrives as {_shown(got)}"


def _is_json(text: str) -> bool:
    try:
        loads(text)
    except JsonError:
        return False
    return True


def _shown(value: Json) -> str:
    if value is None:
        return "null"
    text = brief(value)
    return f"the {kind_of(value)} {text}" if len(text) <= _SHORT else a_kind(value)


def schema_words(case: Case, finding: Finding) -> str:
    """Say what is special about the schema of the parameter that is meant; mostly nothing is."""
    place = _parameter(case, finding)
    if place is None:
        return ""
    schema, root, value = place
    return next(_special(schema, root, value), "")


def _parameter(case: Case, finding: Finding) -> tuple[Json, JsonObject, Json] | None:
    """Return the schema of the parameter that is meant, its root, and the value for it.

    Where the finding doesn't say which, it is the only one that there is.
    """
    calls = case.at(finding.turn).expect.calls
    at = finding.call if finding.call is not None and finding.call < len(calls) else 0
    if not calls or (finding.call is None and len(calls) > 1):
        return None
    call = calls[at]
    names = tokens_of(finding.pointer)[:1] or list(call.arguments)
    tools = [tool for tool in case.tools_at(finding.turn) if tool.name == call.tool]
    if len(names) != 1 or not tools or names[0] not in call.arguments:
        return None
    root = tools[0].parameters
    properties = root.get("properties")
    schema = properties.get(names[0]) if isinstance(properties, dict) else None
    return schema, root, call.arguments[names[0]]


def _special(schema: Json, root: JsonObject, value: Json) -> Iterator[str]:
    if schema is None:
        yield "for a parameter that properties doesn't name"
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield "behind $ref"
    if "allOf" in schema:
        yield "behind allOf"
    if "const" in schema:
        yield "where const stands"
    if isinstance(members := schema.get("enum"), list):
        several = len({kind_of(member) for member in members}) > 1
        yield "in an enum of several types" if several else "in an enum"
    for keyword in _UNIONS:
        if isinstance(branches := schema.get(keyword), list):
            yield f"{_beside({k for b in branches for k in _kinds(b, root)}, value)} ({keyword})"
    if isinstance(kinds := schema.get("type"), list):
        yield _beside(set(map(str, kinds)), value)
    elif "type" not in schema:
        yield "where the schema names no type"


def _kinds(schema: Json, root: JsonObject) -> Iterator[str]:
    if isinstance(schema, dict) and "$ref" in schema:
        schema = resolve_ref(root, schema["$ref"])
    if isinstance(schema, dict):
        kind = schema.get("type")
        yield from map(str, kind if isinstance(kind, list) else [kind] if kind else [])


def _beside(kinds: set[str], value: Json) -> str:
    others = sorted(kinds - {kind_of(value), "number" if kind_of(value) == "integer" else ""})
    return f"where the schema also allows {' and '.join(others)}" if others else "in a union"
