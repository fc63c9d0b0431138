"""What to change where a server was too slow, or its window too small, for what was asked."""

from collections.abc import Iterator
from math import ceil

from toolfuzz.core.case import JsonObject
from toolfuzz.report.words import count

__all__ = ["advice"]

_MANY = 0.1
"""From this share of a target's questions on, what was lost is worth advice."""


_BLIND = (
    "its prompts have as many tokens with many tools as with few, by the server's count: the model "
    "never saw the tools, and what it didn't understand is not its fault. Does its chat template "
    "know tools?"
)


def advice(summary: JsonObject) -> Iterator[str]:
    """Yield a sentence for each target and each limit that many of its questions met."""
    for target in summary["targets"]:
        asked = target["judged"] + target["unjudged"]
        limits = target["limits"]
        if limits["timed_out"] > 1 and limits["timed_out"] >= _MANY * asked:
            yield f"{target['target']}: {_slow(target, asked, summary['settings'])}"
        if limits["blind"]:
            yield f"{target['target']}: {_BLIND}"
        if limits["too_long"]:
            yield f"{target['target']}: {_long(limits)}"


def _slow(target: JsonObject, asked: int, settings: JsonObject) -> str:
    limits, given = target["limits"], settings.get("timeout")
    timeout = float(given) if isinstance(given, int | float) else 0.0
    slowest = limits["slowest"] or 0.0
    some = f", the slowest answer took {slowest:.0f} s" if slowest else ""
    within = f"in {timeout:g} s" if timeout else "in time"
    most = settings.get("concurrency")
    at_once = [] if most in ("auto", 1) else ["--concurrency auto"]
    flags = [*at_once, f"--timeout {_longer(timeout, slowest)}"]
    fewer = [f"--cases {max(1, int(target['judged']))}"] if target["judged"] < asked / 2 else []
    return (
        f"{limits['timed_out']} of {count(asked, 'question')} got no byte {within}{some}: "
        f"try {' '.join([*flags, *fewer])}; with --stream only silence counts, and "
        "--param max_tokens=1000 ends a reply that doesn't end by itself"
    )


def _longer(timeout: float, slowest: float) -> int:
    """Return a timeout in whole minutes that leaves room."""
    return 60 * ceil(max(2.5 * timeout, 2 * slowest) / 60)


def _long(limits: JsonObject) -> str:
    said = f"{count(limits['too_long'], 'prompt')} didn't fit into the model's window"
    if limits["fits"] is None:
        return f"{said}: --max-input TOKENS leaves such out, or give the server a larger one"
    return f"{said}: --max-input {limits['fits']} leaves such out"
