"""Argument strings that are no JSON object (group A of the catalogue).

Where a plain reply carries the arguments as JSON, what can't be loaded can't be in it.
"""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from toolfuzz.formats.plan import ABSENT, ReplyPlan
from toolfuzz.simulate.faults.registry import Roll, fault

AS_TEXT = "text, pieces stream"
"""Where arguments travel as text."""

NOTHING = object()
"""What a rewriter returns when it has nothing to change."""

Rewriter = Callable[[str, Random], Any]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*|true|false|null')


def rewrites(slug: str, needs: str = AS_TEXT) -> Callable[[Rewriter], Rewriter]:
    """Register ``(argument string, rng) -> what stands on the wire, or NOTHING`` as a fault."""

    def register(rewriter: Rewriter) -> Rewriter:
        def apply(reply: ReplyPlan, roll: Roll) -> bool:
            found = [
                (call, raw)
                for call in reply.calls
                if _is_object(call.raw) and (raw := rewriter(call.raw, roll.rng)) is not NOTHING
            ]
            for call, raw in found if roll.trigger.everywhere else found[-1:]:
                call.raw = raw
            return bool(found)

        apply.__doc__ = rewriter.__doc__
        fault(slug, "raw", needs)(apply)
        return rewriter

    return register


@rewrites("args-is-object", "text")
def args_is_object(raw: str, rng: Random) -> Any:
    """The object itself stands where its JSON text belongs."""
    return _loads(raw)


@rewrites("args-double-encoded")
def args_double_encoded(raw: str, rng: Random) -> Any:
    """The argument string is encoded a second time."""
    return json.dumps(raw, ensure_ascii=False)


@fault("args-non-object", "raw")
def args_non_object(reply: ReplyPlan, roll: Roll) -> bool:
    """JSON, but no object."""
    others = ["[1,2,3]", "42", "true"]
    if roll.format.traits.arguments == "text":
        others.append("null")
    for call in reply.calls[-1:]:
        call.raw = roll.rng.choice(others)
    return bool(reply.calls)


@rewrites("args-empty-string", "text")
def args_empty_string(raw: str, rng: Random) -> Any:
    """Nothing at all. (Where arguments are objects, a stream sends ``{}`` so.)"""
    return ""


@rewrites("args-null-or-absent", "text, object no-omits plain")
def args_null_or_absent(raw: str, rng: Random) -> Any:
    """null, or no key at all."""
    return rng.choice([None, ABSENT])


@rewrites("args-truncated", "text plain")
def args_truncated(raw: str, rng: Random) -> Any:
    """The text stops too early. (In a stream the same loss is ``stream-tail-lost``.)"""
    return raw[: rng.randrange(1, len(raw))]


@rewrites("args-concatenated")
def args_concatenated(raw: str, rng: Random) -> Any:
    """The object twice in a row."""
    return raw + raw


@rewrites("args-trailing-garbage")
def args_trailing_garbage(raw: str, rng: Random) -> Any:
    """More text after the object."""
    return raw + rng.choice([" done.", "}", "\n</tool_call>"])


@rewrites("args-code-fence")
def args_code_fence(raw: str, rng: Random) -> Any:
    """The object in a markdown fence."""
    return rng.choice([f"```json\n{raw}\n```", f"```\n{raw}\n```"])


@rewrites("args-python-literal")
def args_python_literal(raw: str, rng: Random) -> Any:
    """The object as Python prints it."""
    text = repr(_loads(raw))
    return NOTHING if text == "{}" else text


@rewrites("args-unquoted-value")
def args_unquoted_value(raw: str, rng: Random) -> Any:
    """A string value without its quotes."""
    words = [
        t
        for t in _tokens(raw)
        if re.fullmatch(r'"[A-Za-z_][\w./-]*"', t[0])
        and raw[t.start() - 1] == ":"
        and t[0] not in ('"true"', '"false"', '"null"', '"NaN"', '"Infinity"')
    ]
    if not words:
        return NOTHING
    word = rng.choice(words)
    return raw[: word.start()] + word[0][1:-1] + raw[word.end() :]


@rewrites("args-trailing-comma")
def args_trailing_comma(raw: str, rng: Random) -> Any:
    """A comma before the closing brace."""
    return NOTHING if raw == "{}" else f"{raw[:-1]},{raw[-1]}"


@rewrites("args-raw-control-char")
def args_raw_control_char(raw: str, rng: Random) -> Any:
    """Line breaks and tabs inside strings are not escaped."""
    names = {"\\n": "\n", "\\t": "\t", "\\r": "\r"}
    return _changed(raw, re.sub(r"\\.", lambda m: names.get(m[0], m[0]), raw))


@rewrites("args-bad-escape")
def args_bad_escape(raw: str, rng: Random) -> Any:
    """Backslashes that belong to the text are written once, or apostrophes get one."""
    once = re.sub(r'\\\\(?![\\"/bfnrtu])', lambda _: "\\", raw)
    broken = [text for text in (once, raw.replace("'", "\\'")) if not _is_json(text)]
    return rng.choice(broken) if broken else NOTHING


@rewrites("args-nonfinite", "")
def args_nonfinite(raw: str, rng: Random) -> Any:
    """NaN or Infinity where a number was."""
    numbers = [t for t in _tokens(raw) if t[0][0] in "-0123456789"]
    if not numbers:
        return NOTHING
    number = rng.choice(numbers)
    return raw[: number.start()] + rng.choice(["NaN", "Infinity"]) + raw[number.end() :]


@rewrites("args-duplicate-keys", "")
def args_duplicate_keys(raw: str, rng: Random) -> Any:
    """The first pair comes again at the end."""
    pairs = list(_loads(raw).items())
    if not pairs:
        return NOTHING
    pair = json.dumps(dict(pairs[:1]), ensure_ascii=False, separators=(",", ":"))
    return f"{raw[:-1]},{pair[1:]}"


@rewrites("args-ascii-escaped")
def args_ascii_escaped(raw: str, rng: Random) -> Any:
    """Non-ASCII text is spelled with escapes."""
    return _changed(raw, json.dumps(_loads(raw), separators=(",", ":")))


@rewrites("number-lexical-drift", "")
def number_lexical_drift(raw: str, rng: Random) -> Any:
    """A number is spelled otherwise."""
    numbers = [t for t in _tokens(raw) if re.fullmatch(r"-?\d+\.\d+", t[0])]
    if not numbers:
        return NOTHING
    number = rng.choice(numbers)
    return f"{raw[: number.start()]}{number[0]}0{raw[number.end() :]}"


@rewrites("partial-literal-corruption", "pieces stream")
def partial_literal_corruption(raw: str, rng: Random) -> Any:
    """A literal is first taken for a string, then sent again."""
    words = [t for t in _tokens(raw) if t[0] in ("true", "false", "null")]
    if not words:
        return NOTHING
    word = rng.choice(words)
    return f'{raw[: word.start()]}"{word[0][:3]}{raw[word.start() :]}'


@fault("parallel-merged", "raw", AS_TEXT)
def parallel_merged(reply: ReplyPlan, roll: Roll) -> bool:
    """Several calls of one tool become one with all argument objects in a row."""
    if len(reply.calls) < 2 or len({c.name for c in reply.calls}) > 1:
        return False
    reply.calls[0].raw = "".join(str(c.raw) for c in reply.calls)
    del reply.calls[1:]
    return True


@fault("runaway-generation", "message", AS_TEXT)
def runaway_generation(reply: ReplyPlan, roll: Roll) -> bool:
    """Blanks without end, until max_tokens."""
    if not reply.calls or not isinstance(reply.calls[-1].raw, str):
        return False
    reply.calls[-1].raw = reply.calls[-1].raw[:-1] + " " * 4000
    reply.finish = "length"
    reply.output_tokens = reply.ask.max_tokens or 4096
    return True


def _tokens(raw: str) -> list[re.Match[str]]:
    """The scalar tokens of the JSON text, keys left out."""
    found = list(_TOKEN.finditer(raw))
    return [t for t in found if not re.match(r"\s*:", raw[t.end() :])]


def _loads(raw: str) -> Any:
    return json.loads(raw)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_object(raw: Any) -> bool:
    """Whether no other fault has been at this argument string."""
    return isinstance(raw, str) and raw[:1] == "{" and _is_json(raw)


def _changed(raw: str, text: str) -> Any:
    return NOTHING if text == raw else text
