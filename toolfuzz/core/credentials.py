"""Which names are those of secrets."""

import re

__all__ = ["SECRET_LENGTH", "is_credential", "sounds_secret"]

SECRET_LENGTH = 8
"""Shorter values ("EMPTY", "test") are placeholders: masking them would falsify what is kept."""

_CREDENTIAL = frozenset(
    {
        "accesskey",
        "accesstoken",
        "apikey",
        "apitoken",
        "authorization",
        "authtoken",
        "credential",
        "credentials",
        "jwt",
        "key",
        "passphrase",
        "password",
        "secret",
        "signature",
        "token",
    }
)
"""Words in the name of a header whose value is a credential (``X-Goog-Api-Key``). A name that
merely sounds like one is none: to mask ``X-Auth-Provider: anthropic`` would take that word out of
every reply."""
_WORDS = re.compile(r"[-_.]")
_SOUND = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)


def is_credential(name: str) -> bool:
    """Whether a header of that name carries a credential, cookies aside."""
    return not _CREDENTIAL.isdisjoint(_WORDS.split(name.lower()))


def sounds_secret(name: str) -> bool:
    """Whether a variable of that name may hold a credential: rather one too many."""
    return _SOUND.search(name) is not None
