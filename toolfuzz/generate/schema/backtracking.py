"""Patterns that take forever to fail: Python's engine backtracks and knows no time limit.

A repeat inside a repeat makes it possible (``(a+)+$``), and in most patterns does no harm
(``^([a-z]+-)*[a-z]+$``). So the possible ones are tried out on texts that nearly match, in a
process of their own, because nothing else can stop a search.
"""

import json
import re
import subprocess
import sys
from functools import lru_cache
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from toolfuzz.generate.schema.regex import sample

__all__ = ["takes_forever"]

_SECONDS = 4
_SAMPLES = 4
_REACHES = (1, 12, 40)
# Texts grow bit by bit, so that most explosions are noticed while they are small. A harmless
# pattern needs some microseconds for such a text.
_TRIAL = """
import json, re, sys, time
pattern, texts = json.load(sys.stdin)
search = re.compile(pattern).search
for text in texts:
    for size in range(4, min(len(text), 60) + 1, 2):
        for ending in ("\\0", "\\n\\0"):
            start = time.process_time()
            search(text[:size] + ending)
            if time.process_time() - start > 0.02:
                sys.exit(1)
"""
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)


@lru_cache(maxsize=1024)
def takes_forever(pattern: str) -> bool:
    """Whether the time to fail grows beyond measure with the text; False for a broken pattern."""
    try:
        nodes = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    if not _nested(nodes, inside=False):
        return False
    texts = [sample(pattern, Random(n), reach) for reach in _REACHES for n in range(_SAMPLES)]
    try:
        tried = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _TRIAL],
            input=json.dumps([pattern, texts]).encode(),
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return tried.returncode != 0


def _nested(nodes: Any, *, inside: bool) -> bool:
    """Whether something of variable length or with a choice is repeated."""
    for kind, value in nodes:
        if kind in _REPEATS:
            least, most, body = value
            if inside and most != least:
                return True
            if _nested(body, inside=inside or most > 1):
                return True
        elif kind is op.BRANCH:
            if inside or any(_nested(branch, inside=inside) for branch in value[1]):
                return True
        elif kind is op.SUBPATTERN:
            if _nested(value[3], inside=inside):
                return True
        elif kind in (op.ASSERT, op.ASSERT_NOT) and _nested(value[1], inside=inside):
            return True
    return False
