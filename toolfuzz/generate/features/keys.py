"""Property names: JSON Schema's and JavaScript's own words, dots, dashes, and odd ones by request.

The strictest public rule for a property name is ``^[a-zA-Z0-9_.-]{1,64}$`` (Anthropic); the odd
keys break it, so they are opt-in.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from toolfuzz.generate.features.base import Feature, Parameter, fields
from toolfuzz.generate.pick import Pick

__all__ = ["KEY_RULE"]

KEY_RULE = re.compile(r"[a-zA-Z0-9_.-]{1,64}")

_RESERVED = ("type", "properties", "required", "items", "enum", "definitions", "arguments")
_PROTOTYPES = ("constructor", "toString", "__proto__", "hasOwnProperty", "valueOf")
_PUNCTUATED = ("max.tokens", "x-request-id", "a.b.c", "retry-after", "0", "-")
_ODD = ("$filter", "@type", "tags[]", "first name", "größe", "名前", "a/b", "x~y", "k" * 70, "q:r")


def _drawn(names: tuple[str, ...]) -> Callable[[Pick], Parameter]:
    def parameter(pick: Pick) -> Parameter:
        (plain,) = fields(pick, 1, 1)
        return replace(plain, name=pick.of(names))

    return parameter


FEATURES = (
    Feature(
        "reserved-names",
        "a parameter called type, properties, required, …",
        "tools",
        parameter=_drawn(_RESERVED),
        key=_RESERVED.__contains__,
        excludes=("no-arg",),
    ),
    Feature(
        "prototype-keys",
        "a parameter called constructor, toString, __proto__: what JavaScript objects have anyway",
        "tools",
        parameter=_drawn(_PROTOTYPES),
        key=_PROTOTYPES.__contains__,
        excludes=("no-arg",),
    ),
    Feature(
        "punctuated-keys",
        "a parameter name with dots or dashes, or only a digit",
        "tools",
        parameter=_drawn(_PUNCTUATED),
        key=lambda name: KEY_RULE.fullmatch(name) is not None and not name.isidentifier(),
        excludes=("no-arg",),
    ),
    Feature(
        "odd-keys",
        "a parameter name that strict providers refuse ($ @ [ ] space, non-ASCII, 64+)",
        "tools",
        parameter=_drawn(_ODD),
        key=lambda name: KEY_RULE.fullmatch(name) is None,
        opt_in=True,
        excludes=("no-arg",),
    ),
)
