"""The server refuses a request that its wire format allows."""

import re
from collections.abc import Iterable, Iterator, Sequence

from toolfuzz.core.case import Tool
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import refused, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import refuse
from toolfuzz.judge.refusals import is_limit, is_too_long, schema_words
from toolfuzz.judge.wording import one_line

_REFUSED = (400, 422)
# So many other questions must be answered before a refusal without reasons is this question's.
_OTHERS = 2

_CHOICE = re.compile(
    r"tool[_ ]?choice|tool_?config|function_?calling_?config|forced (tool|function)|"
    r"allowed_?(tools|function)",
    re.I,
)
_PARALLEL = re.compile(r"parallel[_ ]?(tool|function)", re.I)
_STRICT = re.compile(r"\bstrict(_tools)?\b", re.I)
# Words that are a schema's and nobody's else.
_KEYWORD = re.compile(
    r"\b(?:anyOf|oneOf|allOf|prefixItems|patternProperties|propertyNames|additionalProperties)\b"
    r"|\$(?:ref|defs|anchor)\b"
)
# Not what was asked, but who asks, how much, about what, or beside which option of the user's.
_OTHERWISE = re.compile(
    r"api.?key|credential|credit|billing|balance|payment|expired|region|"
    r"too (long|large|many)|(max|maximum|limit)\w*.{0,30}tokens|"
    r"content.?(filter|policy|management)|flagged|safety|moderat|"
    r"\bthinking\b|\breasoning\b|response_format",
    re.I,
)


def detect(facts: Facts) -> Iterable[Finding]:
    refusal = facts.refusal
    if refusal is None or facts.findings or refusal.status not in _REFUSED:
        return ()
    if _otherwise(refusal.words):
        return ()
    named = list(_named(facts, "\n".join((*refusal.words, *refusal.params))))
    if not named:
        return ()
    return [DEFECT.finding(f"{' and '.join(named)} refused: {one_line(refusal.text)}")]


def _named(facts: Facts, text: str) -> Iterator[str]:
    """Yield what the request holds and the refusal speaks of."""
    turn, tools = facts.turn, facts.case.tools
    if (turn.tool_choice != "auto" or turn.allowed) and _CHOICE.search(text):
        among = " of allowed tools" if turn.allowed else ""
        yield f"tool choice {one_line(turn.tool_choice)}{among}"
    if turn.parallel is not None and _PARALLEL.search(text):
        yield f"parallel calls {'on' if turn.parallel else 'off'}"
    if any(tool.strict for tool in tools) and _STRICT.search(text):
        yield "strict"
    said = set(_KEYWORD.findall(text))
    if said:
        yield from sorted(said & schema_words(tools))


def _otherwise(words: Sequence[str]) -> bool:
    return is_limit(words) or is_too_long(words) or any(map(_OTHERWISE.search, words))


def refused_alone(lost: Exchange, answered: Iterable[Exchange], words: str) -> Finding | None:
    """Return the finding when this question was refused and others, asked alike, were not.

    For a refusal that names nothing: model and parameters are those of all questions, so where
    others are answered (``answered``, one of them no sooner than the refusal) it is not them.
    ``words`` is what the server said.
    """
    found = refused_beside(lost, words)
    if found is None:
        return None
    others = [e for e in answered if e.case_id != lost.case_id]
    since = any(e.last.started + e.last.total_ms / 1000 >= lost.last.started for e in others)
    if not since or len({e.case_id for e in others}) < _OTHERS:
        return None
    return found


def refused_beside(lost: Exchange, words: str) -> Finding | None:
    """Return the finding on a refusal beside which other questions were answered."""
    if lost.last.status not in _REFUSED or _otherwise([words]):
        return None
    return DEFECT.finding(f"refused, while other questions were answered: {one_line(words)}")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because a tool choice, a flag for parallel calls or ``strict`` was sent."""
    ask = reply.ask
    if ask.tool_choice not in ("auto", "none") or ask.allowed:
        return refuse(reply, "tool_choice: only 'auto' and 'none' are supported")
    if ask.parallel is not None:
        return refuse(reply, "unknown field: parameter 'parallel_tool_calls' is not a valid field")
    if any(tool.strict for tool in ask.tools):
        return refuse(reply, "unknown field: parameter 'strict' is not a valid field")
    return False


DEFECT = Defect(
    slug="request-refused",
    group="G",
    tells_of="serialization",
    harm="error",
    title="The server refuses a request that its wire format allows",
    severity="error",
    layer="wire",
    stage="laws",
    usual="a gateway or server that knows only a part of the wire format",
    help=(
        "Leave out what the refusal names (tool choice, the flag for parallel calls, strict, a "
        "schema keyword) for this server, or ask its makers to support or ignore it; the figures "
        "by feature show what the refused requests have in common."
    ),
    example=(
        'HTTP 422 {"error":{"message":"unknown field: parameter \'strict\' is not a valid field"}}'
    ),
    sources=(
        "OpenRouterTeam/openrouter-examples#71",
        "OpenCoworkAI/open-cowork#232",
        "experientiallabs/experiential#765",
        "Blaizzy/mlx-vlm#1070",
    ),
    indistinguishable=(
        "A refusal that names nothing of the request is told only by a run in which other "
        "questions were answered; by itself it is unjudged."
    ),
    by_run=True,
    detect=detect,
    examples=(
        refused(
            "Only allowed string values for 'tool_choice' are [none, auto]",
            tool_choice="tool:get_weather",
        ),
        refused("tool_choice.type: 'allowed_tools' is not supported", allowed=("get_weather",)),
        refused("parallel_tool_calls is not supported by this model", parallel=False),
        refused(
            "unknown field: parameter 'strict' is not a valid field",
            status=422,
            tools=(Tool("f", "", {"type": "object"}, strict=True),),
        ),
        refused("anyOf is not implemented", tools=(tool("f", {"anyOf": [{}, {"type": "null"}]}),)),
        refused("Only allowed string values for 'tool_choice' are [none, auto]", found=False),
        refused("parallel_tool_calls is not supported by this model", found=False),
        refused("strict mode is on: unknown parameter 'top_q'", found=False),
        refused("anyOf is not implemented", found=False),
        refused(
            "tool_choice forces tool use, which thinking does not allow",
            tool_choice="required",
            found=False,
        ),
        refused("tool_choice: rate limit exceeded", tool_choice="required", found=False),
        refused("Bad Request", found=False),
    ),
    fault=Fault(simulate, "request"),
)
