"""What of a reply may be kept: headers by allow-list, bytes without the secrets that were sent."""

import re
from collections.abc import Mapping

__all__ = ["Redaction"]

_KEPT = re.compile(
    r"content-(type|length|encoding)|date|server|via|location|cf-ray|retry-after(-ms)?|"
    r"openai-(processing-ms|version)|x-should-retry|(x-)?request-id|x-[a-z-]*request-id|"
    r"(x|anthropic)-ratelimit-[a-z-]+|x-toolfuzz-simulated"
)
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)
# Shorter values ("EMPTY", "test") are placeholders, and masking them would falsify replies.
_SECRET_LENGTH = 8


class Redaction:
    """Masks the key, and the values of request headers whose name speaks of a secret.

    A mask is as long as what it hides, so sizes and chunk borders stay as they were.
    """

    def __init__(self, key: str | None, headers: Mapping[str, str]) -> None:
        found = {key or ""}
        for header, value in headers.items():
            if _SECRET_HEADER.search(header):
                found |= {value, *value.split()}
        self._secrets = sorted((s for s in found if len(s) >= _SECRET_LENGTH), key=len)[::-1]
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
