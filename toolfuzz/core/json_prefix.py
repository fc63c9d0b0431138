"""Whether a text that is no JSON merely stops too early (RFC 8259)."""

import re

from toolfuzz.core.json import skip_space

__all__ = ["is_prefix"]

# One token at a time, each pattern either a whole token or (with $) the start of one.
# Possessive repeats: a long string must not cost a stack of places to come back to.
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_STRING_STOP = re.compile(r"(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBER_STOP = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*|(?:\.[0-9]+)?[eE][+-]?)?)?\Z")
_WORDS = ("true", "false", "null")


def is_prefix(text: str) -> bool:
    """Whether the text is a proper prefix of some JSON value: it errs only by stopping too early.

    A pushdown automaton over tokens; linear in the text. The empty text is a prefix; a whole
    object or array is not; a bare top-level number is (more digits could follow).
    """
    stack: list[str] = []
    expect = "value"
    pos = skip_space(text, 0)
    size = len(text)
    while pos < size:
        char = text[pos]
        if expect in ("key", "key-or-close", "value", "value-or-close"):
            if expect.endswith("close") and char in "}]" and char == stack[-1]:
                stack.pop()
                pos += 1
            elif char == '"':
                match = _STRING.match(text, pos)
                end = match.end() if match else pos + 1
                if end == size or text[end] != '"':
                    return _STRING_STOP.match(text, end) is not None
                pos = end + 1
                if expect.startswith("key"):
                    expect = "colon"
                    pos = skip_space(text, pos)
                    continue
            elif expect.startswith("key"):
                return False
            elif char == "{" or char == "[":
                stack.append("}" if char == "{" else "]")
                expect = "key-or-close" if char == "{" else "value-or-close"
                pos = skip_space(text, pos + 1)
                continue
            elif char in "-0123456789":
                if _NUMBER_STOP.match(text, pos):
                    return True
                match = _NUMBER.match(text, pos)
                if match is None:
                    return False
                pos = match.end()
            else:
                word = next((w for w in _WORDS if w[0] == char), None)
                if word is None:
                    return False
                if not text.startswith(word, pos):
                    return word.startswith(text[pos:])
                pos += len(word)
            expect = "comma"
        elif expect == "colon":
            if char != ":":
                return False
            expect, pos = "value", pos + 1
        elif not stack:
            return False
        elif char == ",":
            expect = "key" if stack[-1] == "}" else "value"
            pos += 1
        elif char == stack[-1]:
            stack.pop()
            pos += 1
        else:
            return False
        pos = skip_space(text, pos)
    return bool(stack) or expect != "comma" or text[-1:].isdigit()
