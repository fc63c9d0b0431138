"""What may not reach a journal: the secrets that were sent, wherever and however they come back.

Replies are judged as they came; this is for what is written of them afterwards.
"""

import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any, AnyStr

from toolfuzz.core.case import Json
from toolfuzz.core.credentials import SECRET_LENGTH, is_credential
from toolfuzz.core.events import Event, ExchangeRecorded, UpstreamAnswered, VerdictReached
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.sources.spelled import Secrets

__all__ = ["NO_SECRETS", "Redaction", "kept_headers"]

_KEPT = re.compile(
    r"content-(type|length|encoding)|date|server|via|location|cf-ray|retry-after(-ms)?|"
    r"openai-(processing-ms|version)|x-should-retry|(x-)?request-id|x-[a-z-]*request-id|"
    r"(x|anthropic)-ratelimit-[a-z-]+|x-toolfuzz-simulated|x-amzn-errortype"
)
_COOKIE = re.compile(r"[^=;\s]+=([^;]+)")


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the response headers that are worth keeping, names in lower case."""
    return {name.lower(): value for name, value in headers.items() if _is_kept(name)}


@lru_cache
def _is_kept(name: str) -> bool:
    return _KEPT.fullmatch(name.lower()) is not None


class Redaction:
    """Masks the key, and what the request's headers carry as credentials.

    ``marked`` names further headers that do, ``others`` are further secrets. How one may be
    spelled: see ``spelled``. Sizes and chunk borders stay as they were.
    """

    def __init__(
        self,
        key: str | None,
        headers: Mapping[str, str],
        marked: Iterable[str] = (),
        others: Iterable[str] = (),
    ) -> None:
        found = {key or "", *others, *_credentials(headers, {name.lower() for name in marked})}
        self._secrets = Secrets(secret for secret in found if len(secret) >= SECRET_LENGTH)

    def event(
        self,
        event: Event,
        said: Sequence[Reply] = (),
        read: Callable[[Attempt], Reply] | None = None,
        seal: Callable[[bytes, bytes], bytes] | None = None,
    ) -> Event:
        """Return the event without secrets.

        ``said`` is what an exchange's attempts say, ``read`` reads one: a secret over several
        events of a stream can't be masked in the bytes, which are then withheld. ``seal`` makes
        the checksums of a body anew (``Framing.sealed``).
        """
        if not self._secrets:
            return event
        match event:
            case ExchangeRecorded(exchange):
                attempts = [self.attempt(attempt, seal) for attempt in exchange.attempts]
                for n, reply in enumerate(said):
                    if self.says(reply) and (read is None or self.says(read(attempts[n]))):
                        attempts[n] = _withheld(attempts[n])
                # The first request of a conversation holds nothing that a server said.
                request = self.request(exchange.request) if exchange.turn else exchange.request
                masked = replace(exchange, request=request, attempts=tuple(attempts))
                sent = event.sent if request is exchange.request else None
                return ExchangeRecorded(masked, sent)
            case UpstreamAnswered(format, exchange):
                answered = tuple(map(self.attempt, exchange.attempts))
                request = self.request(exchange.request)
                masked = replace(exchange, request=request, attempts=answered)
                return UpstreamAnswered(format, masked)
            case VerdictReached(verdict):
                return VerdictReached(self.verdict(verdict))
        return event

    def request(self, request: Json) -> Any:
        """Return a request without secrets, also where one lies over parts of an earlier reply."""
        if not self._secrets:
            return request
        # Where nothing is seen in parts that are put together, nothing is in one of them.
        said: dict[str, list[str]] = {}
        _gather(request, "", said)
        wholes = ("\0".join(said), *map("".join, said.values()))
        if not any(map(self._secrets.may_be_in, wholes)):
            return request
        masked = _json(request, self.text)
        texts: defaultdict[str, list[str]] = defaultdict(list)

        def collect(key: str, text: str) -> str:
            texts[key].append(text)
            return text

        _each_text(masked, collect)
        cut = {key: _cut(self.text("".join(parts)), parts) for key, parts in texts.items()}
        return _each_text(masked, lambda key, text: next(cut[key]))

    def verdict(self, verdict: Verdict, *, leaked: bool = False) -> Verdict:
        """Return the verdict without secrets.

        ``leaked``: one was in the reply, so what is quoted of it may hold a part of one.
        """
        if not self._secrets or not (verdict.findings or verdict.reason):
            return verdict
        mask = self._secrets.mask_parts if leaked else self._secrets.mask
        findings = self.findings(verdict.findings, leaked=leaked)
        return replace(verdict, findings=findings, reason=_json(verdict.reason, mask))

    def findings(self, findings: Sequence[Finding], *, leaked: bool) -> tuple[Finding, ...]:
        """Return findings without secrets; ``leaked`` as in ``verdict``."""
        if not self._secrets:
            return tuple(findings)
        mask = self._secrets.mask_parts if leaked else self._secrets.mask
        return tuple(_finding(found, mask) for found in findings)

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        return self._secrets.mask(text) if self._secrets else text

    def attempt(
        self, attempt: Attempt, seal: Callable[[bytes, bytes], bytes] | None = None
    ) -> Attempt:
        """Return the attempt without secrets, also where one lies across the border of chunks."""
        if not self._secrets:
            return attempt
        body = attempt.body
        hidden = self._secrets.mask(body)
        masked = replace(
            attempt,
            headers={name: self.text(value) for name, value in attempt.headers.items()},
            error=attempt.error and self.text(attempt.error),
        )
        if hidden == body:
            return masked
        withheld = hidden == b"*" * len(hidden)
        if seal is not None and not withheld:
            hidden = seal(body, hidden)
        pieces = _cut(hidden, [chunk for _, chunk in attempt.chunks])
        chunks = zip((ms for ms, _ in attempt.chunks), pieces, strict=True)
        return replace(masked, chunks=tuple(chunks), withheld=withheld)

    def says(self, reply: Reply) -> bool:
        """Whether the assembled reply spells a secret, also over several events of a stream."""
        return bool(self._secrets) and any(self.text(text) != text for text in _texts(reply))


def _finding(finding: Finding, mask: Callable[[str], str]) -> Finding:
    return replace(
        finding,
        message=mask(finding.message),
        pointer=mask(finding.pointer),
        expected=_json(finding.expected, mask),
        actual=_json(finding.actual, mask),
    )


def _json(value: Json, mask: Callable[[str], str]) -> Any:
    """Return a JSON value with its strings and keys masked."""
    match value:
        case str():
            return mask(value)
        case list():
            return [_json(item, mask) for item in value]
        case dict():
            return {mask(name): _json(item, mask) for name, item in value.items()}
    return value


def _gather(value: Json, key: str, texts: dict[str, list[str]]) -> None:
    """Put the strings of a JSON value by the keys at which they stand; every key is there."""
    if isinstance(value, str):
        texts.setdefault(key, []).append(value)
    elif isinstance(value, list):
        for item in value:
            _gather(item, key, texts)
    elif isinstance(value, dict):
        for name, item in value.items():
            texts.setdefault(name, [])
            _gather(item, name, texts)


def _each_text(value: Json, change: Callable[[str, str], str], key: str = "") -> Any:
    """Return a JSON value with its strings changed; ``change`` sees the key that each stands at."""
    match value:
        case str():
            return change(key, value)
        case list():
            return [_each_text(item, change, key) for item in value]
        case dict():
            return {name: _each_text(item, change, name) for name, item in value.items()}
    return value


def _cut(whole: AnyStr, parts: Sequence[AnyStr]) -> Iterator[AnyStr]:
    """Cut a masked text or body as these parts of it were."""
    start = 0
    for part in parts:
        yield whole[start : start + len(part)]
        start += len(part)


def _credentials(headers: Mapping[str, str], marked: set[str]) -> Iterator[str]:
    """Give what could be used by whoever reads it: values, and what follows a scheme's name."""
    for name, value in headers.items():
        low = name.lower()
        if low == "cookie":
            yield from (crumb.strip() for crumb in _COOKIE.findall(value))
        elif is_credential(low) or low in marked:
            yield value
            yield from value.split()[1:]
            yield from _basic(value)


def _basic(value: str) -> Iterator[str]:
    """Give user and password, and the password, of HTTP's Basic scheme (RFC 7617)."""
    scheme, _, pair = value.strip().partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            said = b64decode(pair.strip(), validate=True).decode()
            yield said
            yield said.partition(":")[2]


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


NO_SECRETS = Redaction(None, {})
"""Masks nothing."""
