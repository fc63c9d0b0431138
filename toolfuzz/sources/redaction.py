"""What may not reach a journal: the secrets that were sent, wherever and however they come back.

Replies are judged as they came; this is for what is written of them afterwards.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Finding, Verdict

__all__ = ["CREDENTIAL_HEADERS", "Redaction", "kept_headers"]

CREDENTIAL_HEADERS = frozenset(
    {
        "api-key",
        "authorization",
        "cf-access-client-secret",
        "ocp-apim-subscription-key",
        "proxy-authorization",
        "x-access-token",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-goog-api-key",
    }
)
"""Headers whose values are credentials. A name that merely sounds like one is not enough: to mask
``X-Auth-Provider: anthropic`` would take that word out of every reply."""

_KEPT = re.compile(
    r"content-(type|length|encoding)|date|server|via|location|cf-ray|retry-after(-ms)?|"
    r"openai-(processing-ms|version)|x-should-retry|(x-)?request-id|x-[a-z-]*request-id|"
    r"(x|anthropic)-ratelimit-[a-z-]+|x-toolfuzz-simulated|x-amzn-errortype"
)
_COOKIE = re.compile(r"[^=;\s]+=([^;]+)")
# Shorter values ("EMPTY", "test") are placeholders, and masking them would falsify what is kept.
_SECRET_LENGTH = 8


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the response headers that are worth keeping, names in lower case."""
    low = ((name.lower(), value) for name, value in headers.items())
    return {name: value for name, value in low if _KEPT.fullmatch(name)}


class Redaction:
    """Masks the key, and what the request's headers carry as credentials.

    ``marked`` names further headers that do. A secret is found as text, JSON and URLs spell it,
    also inside of JSON that stands in a string (``sk\\\\/…``, ``\\u0073k…``, ``sk%2F…``). A mask is
    as long as what it hides, so sizes and chunk borders stay as they were.
    """

    def __init__(
        self, key: str | None, headers: Mapping[str, str], marked: Iterable[str] = ()
    ) -> None:
        found = {key or "", *_credentials(headers, {name.lower() for name in marked})}
        # The longer first: one may be a part of another.
        secrets = sorted((s for s in found if len(s) >= _SECRET_LENGTH), key=len, reverse=True)
        pattern = "|".join("".join(map(_spellings, secret)) for secret in secrets)
        self._text = re.compile(pattern) if secrets else None
        self._bytes = re.compile(pattern.encode()) if secrets else None
        self._bare = tuple(secret.replace("\\", "") for secret in secrets)
        self._bare_bytes = tuple(secret.encode() for secret in self._bare)

    def event(self, event: Event, said: Reply | None = None) -> Event:
        """Return the event without secrets; ``said`` is what an exchange's last attempt says."""
        if self._text is None:
            return event
        match event:
            case ExchangeRecorded(exchange):
                attempts = [self.attempt(attempt) for attempt in exchange.attempts]
                if said is not None and attempts[-1] == exchange.last and self._says(said):
                    attempts[-1] = _withheld(attempts[-1])
                # The first request of a conversation holds nothing that a server said.
                request = self.json(exchange.request) if exchange.turn else exchange.request
                masked = replace(exchange, request=request, attempts=tuple(attempts))
                return ExchangeRecorded(masked)
            case VerdictReached(verdict):
                return VerdictReached(self.verdict(verdict))
        return event

    def verdict(self, verdict: Verdict) -> Verdict:
        """Return the verdict without secrets."""
        if self._text is None or not (verdict.findings or verdict.reason):
            return verdict
        findings = tuple(map(self._finding, verdict.findings))
        return replace(verdict, findings=findings, reason=self.json(verdict.reason))

    def json(self, value: Json) -> Any:
        """Return a JSON value without secrets in its strings and keys."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.json(item) for item in value]
            case dict():
                return {self.text(name): self.json(item) for name, item in value.items()}
        return value

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if self._text is None or not self._may_hold(text):
            return text
        return self._text.sub(lambda found: "*" * len(found.group()), text)

    def chunks(self, chunks: tuple[tuple[float, bytes], ...]) -> tuple[tuple[float, bytes], ...]:
        """Return timed chunks without secrets, also where one lies across a border."""
        body = b"".join(chunk for _, chunk in chunks)
        if self._bytes is None or not self._may_hold_bytes(body):
            return chunks
        body = self._bytes.sub(lambda found: b"*" * len(found.group()), body)
        masked, start = [], 0
        for ms, chunk in chunks:
            masked.append((ms, body[start : start + len(chunk)]))
            start += len(chunk)
        return tuple(masked)

    def attempt(self, attempt: Attempt) -> Attempt:
        """Return the attempt without secrets."""
        return replace(
            attempt,
            headers={name: self.text(value) for name, value in attempt.headers.items()},
            chunks=self.chunks(attempt.chunks),
            error=attempt.error and self.text(attempt.error),
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            message=self.text(finding.message),
            pointer=self.text(finding.pointer),
            expected=self.json(finding.expected),
            actual=self.json(finding.actual),
        )

    def _says(self, reply: Reply) -> bool:
        """Whether the assembled reply spells a secret, also over several events of a stream."""
        return any(self.text(text) != text for text in _texts(reply))

    def _may_hold(self, text: str) -> bool:
        """Look quickly before looking closely: most texts hold nothing."""
        bare = text.replace("\\", "")
        return "u00" in bare or "%" in bare or any(secret in bare for secret in self._bare)

    def _may_hold_bytes(self, body: bytes) -> bool:
        bare = body.replace(b"\\", b"")
        return b"u00" in bare or b"%" in bare or any(s in bare for s in self._bare_bytes)


def _credentials(headers: Mapping[str, str], marked: set[str]) -> Iterator[str]:
    """Give what could be used by whoever reads it: values, and what follows a scheme's name."""
    for name, value in headers.items():
        low = name.lower()
        if low == "cookie":
            yield from (crumb.strip() for crumb in _COOKIE.findall(value))
        elif low in CREDENTIAL_HEADERS or low in marked:
            yield value
            yield from value.split()[1:]


def _spellings(character: str) -> str:
    """Return the pattern of a character: itself, or escaped, behind any number of backslashes."""
    code = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{ord(character):02x}")
    return rf"(?:\\*(?:{re.escape(character)}|u00{code})|%{code})"


def _texts(reply: Reply) -> Iterator[str]:
    yield reply.text
    yield reply.reasoning
    for call in reply.calls:
        yield from (part for part in (call.id, call.name, call.arguments_raw) if part)
    pieces: dict[int | None, str] = {}
    for fragment in reply.fragments:
        if isinstance(fragment.arguments, str):
            pieces[fragment.slot] = pieces.get(fragment.slot, "") + fragment.arguments
    yield from pieces.values()


def _withheld(attempt: Attempt) -> Attempt:
    hidden = tuple((ms, b"*" * len(chunk)) for ms, chunk in attempt.chunks)
    return replace(attempt, chunks=hidden, withheld=True)
