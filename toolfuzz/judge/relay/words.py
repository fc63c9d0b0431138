"""A gateway's mistake in plain words, as the title of a report."""

import math

from toolfuzz.core.case import Json
from toolfuzz.core.text import brief
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects

__all__ = ["in_reply", "told"]

_EXACT = 2**53
"""Up to here every integer is a number of IEEE 754 (RFC 8259, section 6)."""

_CHOICES = {
    "auto": "a free choice",
    "none": "a ban on calls",
    "required": "a demand for a call",
    "tool": "a demand for one tool",
}
_ENDS = {
    "content_filter": "a filtered reply",
    "length": "a reply that was cut off",
    "stop": "a reply without calls",
    "tool_calls": "a reply with calls",
}

_OF_REPLIES = frozenset(
    {
        "relay-arguments-changed",
        "relay-call-added",
        "relay-call-lost",
        "relay-call-renamed",
        "relay-calls-reordered",
        "relay-finish-changed",
        "relay-status-changed",
        "relay-stream-torn",
        "relay-text-changed",
        "relay-usage-lost",
    }
)


def in_reply(finding: Finding) -> bool:
    """Whether it happened on the way back; what is wrong with the gateway's own wire did, too."""
    return finding.layer != "relay" or finding.slug in _OF_REPLIES


def told(finding: Finding) -> str:
    """Say in a few words, without a full stop, what the gateway does."""
    kind, given, arrived = finding.shape, finding.expected, finding.actual
    match finding.slug:
        case "relay-arguments-changed":
            return _value(kind, given, arrived, "arguments")
        case "relay-history-changed":
            return _history(kind, given, arrived)
        case "relay-result-changed":
            return "results of tools are lost" if kind == "lost" else _result(kind)
        case "relay-schema-dropped" if kind == "nullable":
            return "null is no longer allowed by tools' schemas"
        case "relay-schema-dropped" if kind == "beside $ref":
            return "what stands beside a $ref is dropped from tools' schemas"
        case "relay-schema-dropped" if kind == "$ref":
            return "what a $ref refers to is dropped from tools' schemas"
        case "relay-schema-dropped":
            return f"{_keyword(kind)} dropped from tools' schemas"
        case "relay-schema-added":
            return f"{_keyword(kind)} added to tools' schemas"
        case "relay-schema-changed":
            return f"{_keyword(kind)} changed in tools' schemas"
        case "relay-ref-dangling":
            return "references in tools' schemas lead nowhere upstream"
        case "relay-tool-dropped":
            return "tools are not passed on" if kind == "all" else "a tool is not passed on"
        case "relay-tool-choice":
            return f"{_choice(given)} arrives as {_choice(arrived)} (tool_choice)"
        case "relay-parallel-changed":
            return f"parallel calls are {kind} upstream"
        case "relay-finish-changed" if kind == "lost":
            return "the reason for a reply's end is lost"
        case "relay-finish-changed":
            return f"{_ended(given)} ends like {_ended(arrived)} (finish reason)"
        case "relay-status-changed":
            return f"status {given} arrives as {arrived}"
        case "relay-not-forwarded":
            return f"a request is not passed on, the client gets {brief(arrived)}"
        case "relay-refused-upstream":
            return f"a request is rewritten into one that upstream refuses ({kind})"
        case "relay-message-changed" if kind == "system to user":
            return "system messages arrive as the user's"
        case "relay-message-changed":
            return f"{kind} messages arrive changed"
        case slug:
            entry = defects().get(slug)
            title = entry.title.rstrip(".") if entry else slug
            plain = title[:1].lower() + title[1:]
            return f"{plain} ({kind})" if kind and finding.layer == "relay" else plain


def _choice(choice: Json) -> str:
    """Tell a choice of tools, as ``Ask.tool_choice`` has it, or with those that may be called."""
    if isinstance(choice, list):
        return "a choice among allowed tools"
    return _CHOICES.get(str(choice).partition(":")[0], brief(choice))


def _ended(reason: Json) -> str:
    return _ENDS.get(str(reason), f"a reply with {brief(reason)}")


def _keyword(kind: str) -> str:
    match kind:
        case "a property":
            return "properties are"
        case "enum":  # schemas are compared with a const spelled as an enum of one value
            return "'enum' or 'const' is"
    return f"{kind!r} is"


def _value(kind: str, given: Json, arrived: Json, where: str) -> str:
    """Say what became of a value in a call's arguments."""
    if _rounded(given, arrived):
        return f"integers above 2^53 are rounded in {where}"
    before, _, after = kind.partition(" to ")
    if after:
        return f"{_one(before)} in {where} arrives as {_one(after)}"
    word, _, fate = kind.partition(" ")
    if fate:
        return f"{_one(word)} in {where} is {fate}"
    return f"{_one(kind)} in {where} arrives as another"


def _history(kind: str, given: Json, arrived: Json) -> str:
    match kind:
        case "lost" | "added":
            return f"earlier calls are {kind}"
        case "equal calls merged":
            return "earlier calls that are equal are merged"
        case "name":
            return "earlier calls arrive under other names"
    return _value(kind, given, arrived, "arguments of earlier calls")


def _result(kind: str) -> str:
    match kind:
        case "name":
            return "results of tools arrive under other names"
        case "parts as JSON":
            return "results of tools in parts arrive as the JSON of their parts"
        case "quoted":
            return "results of tools are quoted as JSON once more"
        case "unquoted":
            return "results of tools lose their quotes"
        case "text":
            return "results of tools arrive changed"
    return f"results of tools arrive changed ({kind})"


def _rounded(given: Json, arrived: Json) -> bool:
    if type(given) is not int or type(arrived) not in (int, float) or abs(given) <= _EXACT:
        return False
    # The last digits are lost, by whichever printing of a double.
    return math.isclose(given, arrived, rel_tol=1e-14)


def _one(kind: str) -> str:
    return kind if kind == "null" else f"{'an' if kind[:1] in 'aeio' else 'a'} {kind}"
