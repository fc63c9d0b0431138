"""How targets are reached: what all models of a command share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import StreamMode
from toolfuzz.core.sizes import MAX_REPLY

__all__ = ["Access", "Concurrency"]

Concurrency = int | Literal["auto"]

AT_ONCE = 8
"""Questions under way where nothing is measured: at our own simulator, say."""


@dataclass(frozen=True, slots=True)
class Access:
    """How targets are reached: the options that all models of a command share.

    ``timeout`` is in seconds without a byte, ``max_reply`` in bytes of a reply;
    ``latency_ms`` is the embedded simulator's.
    ``concurrency``: so many questions are under way, or as many as bring the most (``auto``);
    ``rpm`` requests are begun in a minute at most, with ``tpm`` tokens in and out.
    ``secret_headers`` names those of ``headers`` whose values must not be written anywhere, beside
    the usual credentials.
    """

    base_url: str | None = None
    format: str | None = None
    key_env: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Sequence[str] = ()
    params: JsonObject = field(default_factory=dict)
    stream: StreamMode = "plain"
    concurrency: Concurrency = "auto"
    rpm: float | None = None
    tpm: float | None = None
    timeout: float = 120.0
    max_reply: int = MAX_REPLY
    engine_python: str | None = None
    cuts: Sequence[str] = ()
    latency_ms: float = 0.0

    def check(self) -> None:
        """Refuse a pace of no number above 0, and fields that are no JSON; raises UsageError."""
        for name, value in self.params.items():
            try:
                json.dumps(value, allow_nan=False)
            except (ValueError, TypeError):
                raise UsageError(
                    f"--param {name}: {value!r} is no JSON value (nor are NaN and the infinite)",
                    "give a number, a text, true, false, null, an array or an object",
                ) from None
        for flag, most, things in (("rpm", self.rpm, "requests"), ("tpm", self.tpm, "tokens")):
            if most is not None and not most > 0:
                raise UsageError(f"--{flag} {most:g}: {things} a minute above 0 are needed", None)

    @property
    def at_once(self) -> int:
        """How many questions may be under way where that isn't measured."""
        return AT_ONCE if self.concurrency == "auto" else self.concurrency
