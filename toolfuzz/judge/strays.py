"""What a parser leaves in the text beside the call that it took out: markers, values.

A marker that a sentence speaks of is left alone: in quotes or code, or with prose on both sides.
"""

import re
from collections.abc import Iterator, Sequence

from toolfuzz.core.case import Json

__all__ = ["spilled", "stray_markers"]

_MARKER = re.compile(
    r"</?(?:[\w.-]{1,40}:)?(?:tool_calls?|function_calls?|tool_use|tool_response|invoke|arg_key|"
    r"arg_value|think|thinking|thought|reasoning|answer|DSML)>"
    r"|</(?:[\w.-]{1,40}:)?(?:parameter|function)>|<(?:parameter|function)=[^<>\n]{0,200}>?"
    r"|<\|/?[A-Za-z_][\w./ -]{2,60}\|?>|</?[A-Za-z_]\w{2,60}\|>"
    r"|</?[｜‖][^<>\n]{1,60}>|</?\|\|?DSML[^<>\n]{1,60}>"
    r"|\[/?(?:TOOL_CALLS?|TOOL_REQUEST|END_TOOL_REQUEST|TOOL_RESULTS|ARGS|CALL_ID)\]"
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{1,500}`", re.DOTALL)
_QUOTES = "\"'“”‘’«»`"
_MOST = 200
_LEAST_PAIR, _LEAST_ONE = 16, 40


def stray_markers(text: str) -> Iterator[str]:
    """Yield the markers of calls, turns and reasoning that no sentence speaks of."""
    if "<" not in text and "[" not in text:
        return
    bare = _CODE.sub(" code ", text)
    found = list(_MARKER.finditer(bare))[:_MOST]
    for match in found:
        before = bare[: match.start()].rpartition("\n")[2]
        after = bare[match.end() :].partition("\n")[0]
        if not _spoken_of(before, after, alone=len(found) == 1):
            yield match[0]


def _spoken_of(before: str, after: str, *, alone: bool) -> bool:
    """Whether prose stands on both sides of a marker, or quotes do."""
    if before[-1:] in tuple(_QUOTES) or after[:1] in tuple(_QUOTES):
        return True
    led = re.search(r"[\w,:(] ?\Z", before) is not None
    goes_on = re.match(r"[ ,]{0,2}[a-z]|[.,;:!?)]", after) is not None
    if led:
        return goes_on
    # A sentence may begin with the tag that it is about.
    return alone and not before.strip() and re.match(r" [a-z]+ ", after) is not None


def spilled(text: str, calls: Sequence[Sequence[Json]]) -> bool:
    """Whether the text holds all values of a call, one behind the other.

    A single value must be long and all there is: what a call sends may also be said.
    """
    for values in calls:
        texts = [v.strip() for v in values if isinstance(v, str) and v.strip()]
        size = sum(map(len, texts))
        if len(texts) > 1 and size >= _LEAST_PAIR:
            if _one_after_other(text, texts):
                return True
        elif len(texts) == 1 and size >= _LEAST_ONE and text.strip() == texts[0]:
            return True
    return False


def _one_after_other(text: str, texts: Sequence[str]) -> bool:
    start = text.find(texts[0])
    while start >= 0:
        end = start + len(texts[0])
        for following in texts[1:]:
            gap = re.compile(r"\s*").match(text, end)
            end = gap.end() if gap else end
            if not text.startswith(following, end):
                break
            end += len(following)
        else:
            return True
        start = text.find(texts[0], start + 1)
    return False
