"""What the bytes alone show: refusals, errors, envelopes, finish reasons and ids."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.refusals import error_text, one_line, refusal

__all__ = ["Unjudged", "blocked", "cut_off", "finishes", "ids", "oddities"]


class Unjudged(str):
    """Why a reply can't be judged, in one line. Not the model's failure."""

    __slots__ = ()


_AUTH_AND_LIMITS = frozenset({401, 402, 403, 404, 408, 413, 421, 429})
_MALFORMED_FINISHES = frozenset({"malformed_function_call", "unexpected_tool_call"})

_LIMITS = re.compile(r"rate.?limit|overloaded|too many requests|quota|capacity|unavailable", re.I)


def blocked(facts: Facts, turn: int) -> Unjudged | Finding | None:
    """Return why there is no reply to look into: a documented refusal, or nobody's fault."""
    reply = facts.reply
    status = reply.status
    if reply.transport_error is not None or status is None:
        return Unjudged(f"transport: {one_line(reply.transport_error or 'no response')}")
    if status >= 300:
        found = None if status in _AUTH_AND_LIMITS else refusal(reply.error, turn)
        return found or Unjudged(f"HTTP {status}: {one_line(error_text(reply.error))}")
    if reply.error is not None:
        return _error_inside(reply, turn)
    if (reply.finish_reason or "").lower() in _MALFORMED_FINISHES:
        return finding(
            "provider-refused-call", f"finish reason {one_line(str(reply.finish_reason))}"
        )
    if reply.finish == "refusal":
        return Unjudged("refusal")
    return None


def _error_inside(reply: Reply, turn: int) -> Unjudged | Finding:
    """Judge an error that came under a status that promised a reply."""
    text = error_text(reply.error)
    if found := refusal(reply.error, turn):
        return found
    if not reply.stream or _LIMITS.search(text[:2000]) or _code(reply.error) in _AUTH_AND_LIMITS:
        return Unjudged(f"error under HTTP {reply.status}: {one_line(text)}")
    return finding("stream-error-midway", f"an error inside the stream: {one_line(text)}")


def cut_off(facts: Facts, calls: Sequence[ToolCall], complete: bool) -> Unjudged | Finding | None:
    """Judge a reply that met its token limit: honestly, without saying so, or running away."""
    reply = facts.reply
    if reply.finish == "length":
        ends = [reply.text, *(call.arguments_raw or "" for call in calls)]
        for end in ends:
            if _runs_away(end):
                return finding("runaway-generation", f"the reply ends in {end[-20:]!r} repeated")
        return Unjudged("cut off by the token limit")
    spent = reply.usage.output_tokens if reply.usage else None
    if facts.max_tokens and spent and spent >= facts.max_tokens and not complete:
        return finding(
            "finish-length-masked",
            f"{spent} of {facts.max_tokens} tokens were used and the finish reason is "
            f"{one_line(str(reply.finish_reason))}",
        )
    return None


def _runs_away(text: str) -> bool:
    """Whether the last 400 characters are blanks or one short piece over and over."""
    tail = text[-400:]
    if len(tail) < 400:
        return len(text) - len(text.rstrip()) >= 64
    if not tail.strip():
        return True
    return any(tail[size:] == tail[:-size] for size in range(1, 33))


def oddities(reply: Reply, *, explained: bool = False) -> Iterator[Finding]:
    """Yield what the decoder found out of place, one finding a kind.

    ``explained``: the stream layer has said why arguments came for a call that nobody opened.
    """
    slugs: dict[str, str] = {}
    for problem in reply.problems:
        match problem.kind:
            case "envelope" | "call-type" | "bad-field":
                slug = "envelope-nonstandard"
            case "choice-index":
                slug = "chunk-id-varies"
            case "event-order" if explained and "never opened" in problem.detail:
                continue
            case _:
                slug = "wire-malformed"
        slugs.setdefault(slug, f"{problem.where}: {one_line(problem.detail)}")
    if reply.stream and len(reply.chunk_ids) > 1:
        slugs.setdefault("chunk-id-varies", f"{len(reply.chunk_ids)} completion ids in one stream")
    for slug, message in slugs.items():
        yield finding(slug, message)


def finishes(facts: Facts, calls: Sequence[ToolCall], complete: bool) -> Iterator[Finding]:
    """Yield what is wrong with the end of the reply: finish reason and end marker."""
    reply = facts.reply
    if reply.finish is None:
        if not reply.stream:
            yield finding("finish-null", "finish_reason is null in a finished reply")
        elif complete and calls:
            yield finding(
                "stream-no-finish", "no finish reason; the calls are whole", severity="warn"
            )
        else:
            yield finding("stream-no-finish", "the stream ends without a finish reason")
    elif not reply.ended:
        yield finding("stream-no-finish", "the end marker is missing", severity="warn")
    if reply.finish not in ("tool_calls", None) and calls:
        named = facts.turn.tool_choice.startswith("tool:")
        if not (named and reply.finish == "stop"):
            yield finding(
                "finish-stop-with-calls", f"finish reason {one_line(str(reply.finish_reason))}"
            )


_MISTRAL = re.compile(r"mistral|mixtral|ministral|codestral|devstral|magistral|pixtral", re.I)
_MISTRAL_ID = re.compile(r"[a-zA-Z0-9]{9}")
_KIMI = re.compile(r"kimi|moonshot", re.I)


def ids(reply: Reply, calls: Sequence[ToolCall]) -> Iterator[Finding]:
    """Yield what is wrong with the calls' ids: empty, shared, or of a form the next turn refuses.

    Only families whose need is public are held to a form, and only when the reply names the
    model: Mistral ids are 9 letters or digits; Kimi ids that count calls must be
    ``functions.NAME:INDEX`` (hosts that hand out ids of their own are left alone).
    """
    if not reply.stream:
        for n, call in enumerate(calls):
            if not call.id:
                yield finding("id-empty", f"the id is {call.id!r}", call=n)
                break
    counts = Counter(call.id for call in calls if call.id)
    for shared in (i for i, count in counts.items() if count > 1):
        at = next(n for n, call in enumerate(calls) if call.id == shared)
        yield finding(
            "id-duplicate", f"{counts[shared]} calls share the id {clip(shared, 80)!r}", call=at
        )
        break
    model = reply.model or ""
    for n, call in enumerate(calls):
        if call.id and not _fits(call, model):
            yield finding("id-format", f"{clip(call.id, 80)!r} from {clip(model, 80)!r}", call=n)
            break


def _fits(call: ToolCall, model: str) -> bool:
    if _MISTRAL.search(model):
        return _MISTRAL_ID.fullmatch(call.id or "") is not None
    if _KIMI.search(model) and call.id and call.id.startswith("functions"):
        return re.fullmatch(rf"functions\.{re.escape(call.name or '')}:\d+", call.id) is not None
    return True


def _code(error: Any) -> int | None:
    code = error.get("code", error.get("status")) if isinstance(error, dict) else None
    return code if isinstance(code, int) else None
