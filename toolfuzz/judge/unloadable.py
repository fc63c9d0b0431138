"""Argument text that is no JSON: what has to be undone for it to load, and what it says then.

The attempts run from the certain to the likely; a bad escape comes before a Python literal, because
Python reads bad escapes without complaint.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from toolfuzz.core.case import JsonObject
from toolfuzz.core.json import Document, JsonError, parse, parse_prefix, skip_space
from toolfuzz.core.json_prefix import is_prefix
from toolfuzz.core.jsonvalue import canonical, equal
from toolfuzz.core.reply import Reply
from toolfuzz.core.text import clip
from toolfuzz.judge import repair
from toolfuzz.judge.loaded import behind, read_object
from toolfuzz.judge.residue import residue
from toolfuzz.judge.spelled import CLOSING_TAGS, NATIVE_MARKUP, markup_in
from toolfuzz.judge.texts import (
    Fenced,
    Headless,
    Mended,
    ReadArguments,
    Repeated,
    SplitLiteral,
    StopsEarly,
    Surrounded,
    TextFact,
    Unread,
)

__all__ = ["read_broken"]

_MOST_OBJECTS = 1000
_MOST_MENDED = 2**20
"""Characters of a text that is mended; of a longer one, of which each attempt makes a copy or two,
is only said whether it stops too early."""
_CLOSED = re.compile(rf"(?:{CLOSING_TAGS})>?(?:\\[nrt]|\s)*\Z")

_OPENED = re.compile(r"\s*(?P<tag><[A-Za-z_][\w.-]{0,60}(?:\s[^<>]{0,200})?>)")
_ELEMENT_END = re.compile(r"</[A-Za-z_][\w.-]{0,60}>\Z")
_LONGEST_TAG = 70

_Attempt = Callable[[str, JsonObject | None], ReadArguments | None]
_Mend = Literal["control-characters", "commas", "escapes", "python"]
_MENDS: tuple[tuple[_Mend, Callable[[str], str | None]], ...] = (
    ("control-characters", repair.escape_control_characters),
    ("commas", repair.strip_commas),
    ("escapes", repair.mend_escapes),
    ("python", repair.mend_python_words),
)


def read_broken(
    raw: str, error: JsonError, oracle: JsonObject | None, reply: Reply, expected_calls: int
) -> ReadArguments:
    """Read a text that ``parse`` refused with ``error``; linear in the text."""
    mended = len(raw) <= _MOST_MENDED
    attempts = _attempts(reply, expected_calls) if mended else [partial(_cut, reply=reply)]
    for attempt in attempts:
        result = attempt(raw, oracle)
        if result is not None:
            return result
    markup = None
    if mended:
        markup = markup_in(raw, json.dumps(oracle or {}, ensure_ascii=False)) or _element(raw)
    reason = f"{error.reason} at character {error.pos}"
    return ReadArguments(None, (Unread(clip(raw), reason=reason, markup=markup),))


def _attempts(reply: Reply, expected_calls: int) -> Sequence[_Attempt]:
    return (
        _fenced,
        partial(_whole_and_more, expected_calls=expected_calls),
        *([_split_literal] if reply.stream else []),
        _marked,
        partial(_cut, reply=reply),
        _mended,
        _python,
        partial(_headless, reply=reply),
        _bare,
        _mended_together,
    )


def _element(raw: str) -> str | None:
    """Return the tag of the element that the text is, as in ``<city>Paris</city>``."""
    opened, text = _OPENED.match(raw), raw.rstrip()
    closed = opened is not None and (
        text.endswith("/>") or _ELEMENT_END.search(text[-_LONGEST_TAG:])
    )
    return opened["tag"] if opened is not None and closed else None


def _fenced(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    inside = repair.unfence(raw)
    return None if inside is None else _if_object(inside, oracle, [Fenced(clip(raw))])


def _whole_and_more(
    raw: str, oracle: JsonObject | None, *, expected_calls: int
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
    marked = residue(rest)
    around = Surrounded(clip(rest or raw), what=f"{what} around the object", markup=marked)
    return behind(around, read_object("", found[0], oracle))


def _objects(raw: str, start: int) -> list[Document]:
    """Return the whole objects that follow each other from ``start`` on, a thousand at most."""
    found: list[Document] = []
    while raw.startswith("{", start) and len(found) < _MOST_OBJECTS:
        try:
            found.append(parse_prefix(raw, start))
        except JsonError:
            break
        start = re.compile(r"\s*[,;]?\s*").match(raw, found[-1].end).end()  # type: ignore[union-attr]
    return found


def _concatenated(
    raw: str, found: list[Document], oracle: JsonObject | None, expected_calls: int
) -> ReadArguments:
    spelled = [canonical(document.value) for document in found]
    alike = len(set(spelled)) == 1
    calls = expected_calls > 1 and len(found) > 1 and (not alike or found[0].value == {})
    fact = Repeated(clip(raw), clip(oracle), count=len(found), alike=alike, calls=calls)
    right = canonical(oracle)
    chosen = found[spelled.index(right)] if right in spelled else found[0]
    return behind(fact, read_object("", chosen, oracle))


def _after_prose(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    start = raw.find("{")
    before = raw[:start].strip() if start > 0 else ""
    if not before or before[0] in '"[' or NATIVE_MARKUP.search(before):
        return None
    found = _objects(raw, start)
    if not found:
        return None
    around = Surrounded(clip(raw), what="text before the object")
    return behind(around, read_object("", found[0], oracle))


def _marked(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    """Read text that stops because markup closed it: it ends with a tag that JSON can't close.

    Where the right text is unknown it must be two tags: one may be where a legal text was cut.
    """
    end = _CLOSED.search(raw)
    if end is None or not is_prefix(raw):
        return None
    if oracle is None and _CLOSED.search(raw[: end.start()]) is None:
        return None
    markup = markup_in(raw, json.dumps(oracle or {}, ensure_ascii=False))
    if markup is None:
        return None
    return ReadArguments(None, (Unread(clip(raw), reason="it ends in markup", markup=end[0]),))


def _split_literal(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    mended = repair.mend_split_literal(raw)
    value = _try(mended)
    if value is None or (oracle is not None and not equal(value.value, oracle)):
        return None
    return ReadArguments(value.value, (SplitLiteral(clip(raw)),))


def _cut(raw: str, oracle: JsonObject | None, *, reply: Reply) -> ReadArguments | None:
    begin = skip_space(raw, 0)
    if raw[begin : begin + 1] not in ("{", "[", '"') or not is_prefix(raw):
        return None
    announced = reply.finish == "length"
    return ReadArguments(None, (StopsEarly(clip(raw[-80:]), announced=announced),))


def _mended(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    for how, mend in _MENDS:
        mended = mend(raw)
        document = _try(mended)
        if document is None:
            continue
        if how == "escapes" and not equal(document.value, oracle):
            verbatim = _try(repair.doubled_backslashes(raw))
            document = verbatim if verbatim and equal(verbatim.value, oracle) else document
        if how == "python" and not equal(document.value, oracle):
            # A bareword may look like Python's None and still be a text.
            bare = _bare(raw, oracle)
            if bare is not None and equal(bare.value, oracle):
                return bare
        return behind(Mended(clip(raw), how=how, raw=raw), read_object("", document, oracle))
    return None


def _python(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    value = repair.python_literal(raw)
    if not isinstance(value, dict):
        return None
    return ReadArguments(value, (Mended(clip(raw), how="python", raw=raw),))


def _headless(raw: str, oracle: JsonObject | None, *, reply: Reply) -> ReadArguments | None:
    document = _try("{" + raw) or _try('{"' + raw)
    if document is None:
        return None
    # With the head, part of a key may be lost: what remains is only worth judging when whole.
    whole = document.value if oracle is None or document.value.keys() == oracle.keys() else None
    return ReadArguments(whole, (Headless(clip(raw), stream=reply.stream),))


def _bare(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    mended = repair.quote_barewords(raw)
    if mended is None:
        return None
    return _if_object(mended, oracle, [Mended(clip(raw), how="quotes", raw=raw)])


def _mended_together(raw: str, oracle: JsonObject | None) -> ReadArguments | None:
    """Undo several faults at once, when none of them alone is in the way."""
    facts: list[TextFact] = []
    text = repair.unfence(raw) or raw
    if text != raw:
        facts.append(Fenced(clip(raw)))
    for how, mend in _MENDS:
        mended = mend(text)
        if mended is not None:
            text = mended
            facts.append(Mended(clip(raw), how=how, raw=raw))
    result = _if_object(text, oracle, facts)
    bare = repair.quote_barewords(text) if result is None else None
    if bare is None:
        return result
    facts.append(Mended(clip(raw), how="quotes", raw=raw))
    return _if_object(bare, oracle, facts)


def _if_object(
    text: str, oracle: JsonObject | None, facts: Sequence[TextFact]
) -> ReadArguments | None:
    document = _try(text)
    if document is None:
        return None
    rest = read_object("", document, oracle)
    return replace(rest, facts=(*facts, *rest.facts))


def _try(text: str | None) -> Document | None:
    """Load the text if it is one object."""
    if text is None:
        return None
    try:
        document = parse(text)
    except JsonError:
        return None
    return document if isinstance(document.value, dict) else None
