"""What of a reply may be kept: headers by allow-list, bytes without the secrets that were sent."""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

__all__ = ["Redaction"]

_KEPT = re.compile(
    r"content-(type|length|encoding)|date|server|via|location|cf-ray|retry-after(-ms)?|"
    r"openai-(processing-ms|version)|x-should-retry|(x-)?request-id|x-[a-z-]*request-id|"
    r"(x|anthropic)-ratelimit-[a-z-]+|x-toolfuzz-simulated"
)
# The name must end in the word: X-Auth-Provider and X-Tokens-Unit say nothing that is secret.
_CREDENTIALS = re.compile(r"(^|[-_])((proxy-)?authorization|auth|(api)?key|token|secret|password)$")
_COOKIE = re.compile(r"[^=;\s]+=([^;]+)")
# Shorter values ("EMPTY", "test") are placeholders, and masking them would falsify replies.
_SECRET_LENGTH = 8


class Redaction:
    """Masks the key, and what the request's headers carry as credentials.

    A secret is masked also as JSON or a URL spells it (``sk\\/…``, ``sk%2F…``). A mask is as long
    as what it hides, so sizes and chunk borders stay as they were.
    """

    def __init__(self, key: str | None, headers: Mapping[str, str]) -> None:
        found = {key or "", *_credentials(headers)}
        spelled = {s for secret in found if len(secret) >= _SECRET_LENGTH for s in _spell(secret)}
        # The longer first: one may be a part of another.
        self._secrets = sorted(spelled, key=len, reverse=True)
        self._as_bytes = [s.encode() for s in self._secrets]

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "*" * len(secret))
        return text

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of the allow-list, lower-case, without secrets."""
        low = ((name.lower(), value) for name, value in headers.items())
        return {name: self.text(value) for name, value in low if _KEPT.fullmatch(name)}

    def chunks(self, chunks: list[tuple[float, bytes]]) -> tuple[tuple[float, bytes], ...]:
        """Return timed chunks without secrets, also where one lies across a border."""
        body = b"".join(chunk for _, chunk in chunks)
        if not any(secret in body for secret in self._as_bytes):
            return tuple(chunks)
        for secret in self._as_bytes:
            body = body.replace(secret, b"*" * len(secret))
        masked, start = [], 0
        for ms, chunk in chunks:
            masked.append((ms, body[start : start + len(chunk)]))
            start += len(chunk)
        return tuple(masked)


def _credentials(headers: Mapping[str, str]) -> Iterator[str]:
    """Give what could be used by whoever reads it: values, and words of values (``Bearer …``)."""
    for name, value in headers.items():
        if name.lower() == "cookie":
            yield from (crumb.strip() for crumb in _COOKIE.findall(value))
        elif _CREDENTIALS.search(name.lower()):
            yield value
            yield from value.split()


def _spell(secret: str) -> set[str]:
    """Return the secret as text, JSON (with and without ``\\/``) and URLs spell it."""
    as_json = json.dumps(secret)[1:-1]
    return {secret, as_json, as_json.replace("/", "\\/"), quote(secret, safe="")}
