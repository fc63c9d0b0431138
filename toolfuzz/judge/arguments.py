"""The argument string: is it exactly one JSON object, and if not, what is in the way?

The tests run from the certain to the likely; the first that explains the text is reported and
what it mended is handed on, so that the layers below judge the rest.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, Json, JsonObject, Tool
from toolfuzz.core.exchange import Reply, ToolCall
from toolfuzz.core.strictjson import (
    Document,
    Duplicates,
    JsonError,
    is_prefix,
    parse,
    parse_prefix,
)
from toolfuzz.core.verdict import Finding
from toolfuzz.judge import repair
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.excerpt import clip
from toolfuzz.judge.shapes import pointer_of
from toolfuzz.judge.strings import NATIVE_MARKUP, markup_in

__all__ = ["ReadArguments", "read"]


@dataclass(frozen=True, slots=True)
class ReadArguments:
    """What could be read: the object (mended if need be, None if hopeless) and what was wrong.

    The findings carry no call index; the caller knows it.
    """

    value: JsonObject | None
    findings: tuple[Finding, ...] = ()


_ESCAPED_NON_ASCII = re.compile(r"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
_MOST_LAYERS = 8

_TextRepair = tuple[str, Callable[[str], str | None], str]
_TEXT_REPAIRS: tuple[_TextRepair, ...] = (
    (
        "args-raw-control-char",
        repair.escape_control_characters,
        "control characters stand unescaped inside a string",
    ),
    ("args-trailing-comma", repair.strip_commas, "a comma before a closing bracket, or a comment"),
    ("args-bad-escape", repair.mend_escapes, "a backslash starts no JSON escape"),
    (
        "args-python-literal",
        repair.mend_python_words,
        "Python's True, False or None instead of JSON's words",
    ),
)


def read(
    call: ToolCall,
    tool: Tool | None,
    expected: ExpectedCall | None,
    *,
    reply: Reply,
    expected_calls: int = 1,
) -> ReadArguments:
    """Read one call's arguments; linear in their length, and never raises.

    ``expected_calls`` is how many calls the turn asked for: it tells arguments of merged
    parallel calls from arguments that were sent twice.
    """
    oracle = expected.arguments if expected is not None else None
    if call.arguments_raw is None:
        return _not_text(call, tool, oracle)
    raw = call.arguments_raw
    if not raw.strip():
        return _empty(raw, tool, oracle, reply)
    try:
        document = parse(raw)
    except JsonError as error:
        return _unloadable(raw, error, oracle, reply, expected_calls)
    return _loaded(raw, document, oracle)


def _not_text(call: ToolCall, tool: Tool | None, oracle: JsonObject | None) -> ReadArguments:
    value = call.arguments
    if value is None:
        how = "null" if call.has_arguments else "absent"
        said = finding("args-null-or-absent", f"arguments is {how}", actual=None)
        return ReadArguments(_nothing_lost(tool, oracle), (said,))
    if not isinstance(value, dict | list):
        said = finding("args-non-object", "arguments is neither text nor object", actual=value)
        return ReadArguments(None, (said,))
    kind = "an object" if isinstance(value, dict) else "an array"
    said = finding("args-is-object", f"arguments is {kind}, not a string", actual=clip(value))
    if isinstance(value, list):
        return ReadArguments(None, (said,))
    return ReadArguments(_settled(value, oracle), (said,))


def _empty(raw: str, tool: Tool | None, oracle: JsonObject | None, reply: Reply) -> ReadArguments:
    kept = _nothing_lost(tool, oracle)
    if reply.api == "anthropic-messages" and raw == "":
        # No input_json_delta at all is how this wire format spells {}.
        return ReadArguments({})
    said = finding(
        "args-empty-string",
        "arguments is an empty string; "
        + ("{} was meant" if kept is not None else "the arguments are lost"),
        severity="error" if kept is None else "warn",
        expected=clip(oracle),
        actual=raw[:20],
    )
    return ReadArguments(kept, (said,))


def _nothing_lost(tool: Tool | None, oracle: JsonObject | None) -> JsonObject | None:
    """Return {} when empty arguments are the right ones, else None."""
    if oracle is not None:
        return {} if not oracle else None
    return {} if tool is not None and not tool.parameters.get("required") else None


def _loaded(raw: str, document: Document, oracle: JsonObject | None) -> ReadArguments:
    value = document.value
    if isinstance(value, dict):
        return _object(raw, document, oracle)
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
            rest = _object(raw, inner, oracle)
            return ReadArguments(rest.value, (said, *rest.findings))
    said = finding(
        "args-non-object", "arguments is JSON but no object", actual=clip(document.value)
    )
    return ReadArguments(None, (said,))


def _object(raw: str, document: Document, oracle: JsonObject | None) -> ReadArguments:
    value: JsonObject = document.value
    findings: list[Finding] = []
    if document.issues:
        findings += _issues(document, oracle)
        value = _settled(value, oracle)
    corrupt = any(issue.kind == "lone-surrogate" for issue in document.issues)
    if not corrupt and raw.isascii() and _ESCAPED_NON_ASCII.search(raw):
        findings.append(
            finding("args-ascii-escaped", "non-ASCII text is spelled \\uXXXX", actual=clip(raw))
        )
    return ReadArguments(value, tuple(findings))


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


def _unloadable(
    raw: str, error: JsonError, oracle: JsonObject | None, reply: Reply, expected_calls: int
) -> ReadArguments:
    for attempt in (
        _fenced,
        lambda raw, oracle: _whole_and_more(raw, oracle, expected_calls),
        lambda raw, oracle: _split_literal(raw, oracle) if reply.stream else None,
        lambda raw, oracle: _cut(raw, reply),
        _mended,
        _python,
        lambda raw, oracle: _headless(raw, oracle, reply),
        _bare,
        _mended_together,
    ):
        result = attempt(raw, oracle)
        if result is not None:
            return result
    place = f"{error.reason} at character {error.pos}"
    if markup_in(raw, json.dumps(oracle or {}, ensure_ascii=False)):
        said = finding(
            "args-native-markup", "the arguments are the model's own markup", actual=clip(raw)
        )
    else:
        said = finding("args-unparsable", f"not JSON: {place}", actual=clip(raw))
    return ReadArguments(None, (said,))


def _fenced(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    inside = repair.unfence(raw)
    if inside is None:
        return None
    return _if_object(
        inside,
        oracle,
        [finding("args-code-fence", "a markdown fence around the object", actual=clip(raw))],
    )


def _whole_and_more(
    raw: str, oracle: JsonObject | None, expected_calls: int
) -> ReadArguments | None:
    start = len(raw) - len(raw.lstrip())
    if raw.startswith("{{", start):
        outer, start = "an opening bracket too many", start + 1
    else:
        outer = ""
    found = _objects(raw, start)
    if not found:
        return _after_prose(raw, oracle)
    rest = raw[found[-1].end :].strip()
    cut_off = rest.lstrip(", ").startswith("{") and is_prefix(rest.lstrip(", "))
    if len(found) > 1 or cut_off:
        return _concatenated(raw, found, oracle, expected_calls)
    what = outer or ("a closing bracket too many" if not rest.strip("}] \n") else "more text")
    said = finding("args-trailing-garbage", f"{what} around the object", actual=clip(rest or raw))
    inner = _object("", found[0], oracle)
    return ReadArguments(inner.value, (said, *inner.findings))


def _objects(raw: str, start: int) -> list[Document]:
    """Return the whole objects that follow each other from ``start`` on."""
    found: list[Document] = []
    while raw.startswith("{", start):
        try:
            found.append(parse_prefix(raw, start))
        except JsonError:
            break
        start = re.compile(r"\s*,?\s*").match(raw, found[-1].end).end()  # type: ignore[union-attr]
    return found


def _concatenated(
    raw: str, found: list[Document], oracle: JsonObject | None, expected_calls: int
) -> ReadArguments:
    values = [document.value for document in found]
    alike = all(value == values[0] for value in values[1:])
    if expected_calls > 1 and len(values) > 1 and (not alike or values[0] == {}):
        message = f"the arguments of {len(values)} calls stand in one string"
    elif alike:
        message = "the same object comes again"
    else:
        message = f"{len(values)} different objects in one string"
    said = finding("args-concatenated", message, expected=clip(oracle), actual=clip(raw))
    chosen = next((d for d in found if d.value == oracle), found[0])
    inner = _object("", chosen, oracle)
    return ReadArguments(inner.value, (said, *inner.findings))


def _after_prose(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    start = raw.find("{")
    before = raw[:start].strip() if start > 0 else ""
    if not before or before[0] in '"[' or NATIVE_MARKUP.search(before):
        return None
    found = _objects(raw, start)
    if not found:
        return None
    said = finding("args-trailing-garbage", "text before the object", actual=clip(raw))
    inner = _object("", found[0], oracle)
    return ReadArguments(inner.value, (said, *inner.findings))


def _split_literal(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    mended = repair.mend_split_literal(raw)
    value = _try(mended)
    if value is None or (oracle is not None and value.value != oracle):
        return None
    said = finding(
        "partial-literal-corruption",
        "a literal was begun as a string and then sent again",
        actual=clip(raw),
    )
    return ReadArguments(value.value, (said,))


def _cut(raw: str, reply: Reply) -> ReadArguments | None:
    if raw.lstrip()[:1] not in ("{", "[", '"') or not is_prefix(raw):
        return None
    announced = reply.finish == "length"
    said = finding(
        "args-truncated",
        "cut off by the token limit, as finish_reason says"
        if announced
        else "the text stops early",
        severity="info" if announced else "error",
        actual=clip(raw[-80:]),
    )
    return ReadArguments(None, (said,))


def _mended(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    for slug, mend, message in _TEXT_REPAIRS:
        mended = mend(raw)
        document = _try(mended)
        if document is None:
            continue
        if slug == "args-raw-control-char":
            message += f" ({', '.join(repair.control_characters(raw)[:5])})"
        if slug == "args-bad-escape" and document.value != oracle:
            verbatim = _try(repair.doubled_backslashes(raw))
            document = verbatim if verbatim and verbatim.value == oracle else document
        if slug == "args-python-literal" and document.value != oracle:
            # A bareword may look like Python's None and still be a text.
            bare = _bare(raw, oracle)
            if bare is not None and bare.value == oracle:
                return bare
        said = finding(slug, message, actual=clip(raw))
        inner = _object("", document, oracle)
        return ReadArguments(inner.value, (said, *inner.findings))
    return None


def _python(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    value = repair.python_literal(raw)
    if not isinstance(value, dict):
        return None
    said = finding("args-python-literal", "a Python literal, not JSON", actual=clip(raw))
    return ReadArguments(value, (said,))


def _headless(raw: str, oracle: JsonObject | None, reply: Reply) -> ReadArguments | None:
    document = _try("{" + raw) or _try('{"' + raw)
    if document is None:
        return None
    # With the head, part of a key may be lost: what remains is only worth judging when whole.
    whole = document.value if oracle is None or document.value.keys() == oracle.keys() else None
    slug = "stream-head-lost" if reply.stream else "args-unparsable"
    said = finding(slug, "the beginning of the object is missing", actual=clip(raw))
    return ReadArguments(whole, (said,))


def _bare(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    mended = repair.quote_barewords(raw)
    if mended is None:
        return None
    said = finding("args-unquoted-value", "a string without (both) its quotes", actual=clip(raw))
    return _if_object(mended, oracle, [said])


def _mended_together(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    """Undo several faults at once, when none of them alone explains the text."""
    said: list[Finding] = []
    text = repair.unfence(raw) or raw
    if text != raw:
        said.append(finding("args-code-fence", "a markdown fence around it", actual=clip(raw)))
    for slug, mend, message in _TEXT_REPAIRS:
        mended = mend(text)
        if mended is not None:
            text = mended
            said.append(finding(slug, message, actual=clip(raw)))
    result = _if_object(text, oracle, said)
    bare = repair.quote_barewords(text) if result is None else None
    if bare is None:
        return result
    said.append(finding("args-unquoted-value", "a string without its quotes", actual=clip(raw)))
    return _if_object(bare, oracle, said)


def _if_object(text: str, oracle: JsonObject | None, said: list[Finding]) -> ReadArguments | None:
    document = _try(text)
    if document is None:
        return None
    inner = _object("", document, oracle)
    return ReadArguments(inner.value, (*said, *inner.findings))


def _try(text: str | None) -> Document | None:
    """Load the text if it is one object."""
    if text is None:
        return None
    try:
        document = parse(text)
    except JsonError:
        return None
    return document if isinstance(document.value, dict) else None


def _settled(value: Json, oracle: Json) -> Json:
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
        if key in wanted and item == wanted[key]:
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
