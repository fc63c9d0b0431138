"""Streams that are cut at what only Unicode calls the end of a line.

Lines of server-sent events end in CR, LF or both, and in nothing else. Inside JSON, U+0085, U+2028
and U+2029 are characters like others: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import re
from collections.abc import Iterator, Sequence

from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.relay.difference import Difference

__all__ = ["torn"]

_ENDS = re.compile(r"[\x85\u2028\u2029]|\\u(0085|2028|2029)")
"""As they are and as JSON may escape them."""


def torn(given: Reply, came: Sequence[ToolCall]) -> Iterator[Difference]:
    """Yield one difference where such characters of a streamed reply's arguments are lost.

    A call that didn't come at all is lost by another mistake.
    """
    there, left = _ends(given.calls), _ends(came)
    if given.stream and len(came) == len(given.calls) and left < there:
        yield Difference(
            "relay-stream-torn", "calls", f"{there} of U+0085, U+2028, U+2029", f"{left}",
            "line ends of Unicode in arguments are taken for the ends of events",
        )  # fmt: skip


def _ends(calls: Sequence[ToolCall]) -> int:
    return sum(len(_ENDS.findall(call.arguments_raw or "")) for call in calls)
