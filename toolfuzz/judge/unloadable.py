"""Argument text that is no JSON: which fault explains it, and what it says without it.

The tests run from the certain to the likely; a bad escape comes before a Python literal, because
Python reads bad escapes without complaint.
"""

import json
import re
from collections.abc import Callable

from toolfuzz.core.case import JsonObject
from toolfuzz.core.json import Document, JsonError, is_prefix, parse, parse_prefix
from toolfuzz.core.jsonvalue import equal
from toolfuzz.core.reply import Reply
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge import repair
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.loaded import ReadArguments, read_object
from toolfuzz.judge.spelled import NATIVE_MARKUP, markup_in

__all__ = ["explain_text"]

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


def explain_text(
    raw: str, error: JsonError, oracle: JsonObject | None, reply: Reply, expected_calls: int
) -> ReadArguments:
    """Name the fault of a text that ``parse`` refused with ``error``; linear in the text."""
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
    inner = read_object("", found[0], oracle)
    return ReadArguments(inner.value, (said, *inner.findings), inner.odd)


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
    alike = all(equal(value, values[0]) for value in values[1:])
    if expected_calls > 1 and len(values) > 1 and (not alike or values[0] == {}):
        message = f"the arguments of {len(values)} calls stand in one string"
    elif alike:
        message = "the same object comes again"
    else:
        message = f"{len(values)} different objects in one string"
    said = finding("args-concatenated", message, expected=clip(oracle), actual=clip(raw))
    chosen = next((d for d in found if equal(d.value, oracle)), found[0])
    inner = read_object("", chosen, oracle)
    return ReadArguments(inner.value, (said, *inner.findings), inner.odd)


def _after_prose(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    start = raw.find("{")
    before = raw[:start].strip() if start > 0 else ""
    if not before or before[0] in '"[' or NATIVE_MARKUP.search(before):
        return None
    found = _objects(raw, start)
    if not found:
        return None
    said = finding("args-trailing-garbage", "text before the object", actual=clip(raw))
    inner = read_object("", found[0], oracle)
    return ReadArguments(inner.value, (said, *inner.findings), inner.odd)


def _split_literal(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    mended = repair.mend_split_literal(raw)
    value = _try(mended)
    if value is None or (oracle is not None and not equal(value.value, oracle)):
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
        if slug == "args-bad-escape" and not equal(document.value, oracle):
            verbatim = _try(repair.doubled_backslashes(raw))
            document = verbatim if verbatim and equal(verbatim.value, oracle) else document
        if slug == "args-python-literal" and not equal(document.value, oracle):
            # A bareword may look like Python's None and still be a text.
            bare = _bare(raw, oracle)
            if bare is not None and equal(bare.value, oracle):
                return bare
        said = finding(slug, message, actual=clip(raw))
        inner = read_object("", document, oracle)
        return ReadArguments(inner.value, (said, *inner.findings), inner.odd)
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
    inner = read_object("", document, oracle)
    return ReadArguments(inner.value, (*said, *inner.findings), inner.odd)


def _try(text: str | None) -> Document | None:
    """Load the text if it is one object."""
    if text is None:
        return None
    try:
        document = parse(text)
    except JsonError:
        return None
    return document if isinstance(document.value, dict) else None
