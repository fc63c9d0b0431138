"""Commands, URLs and configurations as they may be written down: without what they hide."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from toolfuzz.sources.redaction import is_credential

__all__ = [
    "HIDDEN",
    "command_without_secrets",
    "config_without_secrets",
    "named_without_secrets",
    "without_secrets",
]

HIDDEN = "***"

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_CONFIGURED = re.compile(
    r"(?P<before>\b(?P<name>[\w-]+)[\"']?\s*[:=]\s*[\"']?)(?!\$|\{|os\.environ)[^\s\"',}\]]{16,}"
)
_SECRET_FLAG = re.compile(r"-.*(key|token|secret|passw|credential|auth|header)", re.IGNORECASE)


def without_secrets(spec: str) -> str:
    """Return a command or URL with HIDDEN for values of variables, secret flags and queries.

    ``TOKEN=abc server --api-key x`` becomes ``TOKEN=*** server --api-key ***``; of a URL user and
    password go, and so do the values of its query. What hides nothing comes back as it is.
    """
    if "://" in spec and not re.search(r"\s", spec):
        return _url(spec)
    try:
        words = shlex.split(spec)
    except ValueError:
        words = spec.split()
    shown = list(command_without_secrets(words))
    return spec if shown == words else " ".join(map(_quoted, shown))


def _quoted(word: str) -> str:
    """Quote as a shell needs it, but leave the mark that everybody is to see."""
    return HIDDEN.join(shlex.quote(part) if part else "" for part in word.split(HIDDEN))


def command_without_secrets(words: Sequence[str]) -> Iterator[str]:
    """Yield a command's words with HIDDEN for what they hide.

    Assignments stand before the command, or behind ``env``.
    """
    hide_next, command_seen = False, False
    for word in words:
        flag, has_value, _ = word.partition("=")
        if hide_next:
            hide_next = False
            yield HIDDEN
        elif not command_seen and _ASSIGNMENT.match(word):
            yield f"{flag}={HIDDEN}"
        elif _SECRET_FLAG.match(flag):
            hide_next = not has_value
            yield f"{flag}={HIDDEN}" if has_value else word
        else:
            command_seen = command_seen or word != "env"
            yield _url(word) if "://" in word else word


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return HIDDEN
    place = parts.netloc.rpartition("@")
    netloc = f"{HIDDEN}@{place[2]}" if place[1] else parts.netloc
    query = urlencode({name: HIDDEN for name, _ in parse_qsl(parts.query, True)}, safe="*")
    if (netloc, query) == (parts.netloc, parts.query):
        return text
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def named_without_secrets(values: Mapping[str, str], marked: Sequence[str] = ()) -> dict[str, str]:
    """Return headers or variables with HIDDEN for credentials; ``marked`` names further ones."""
    secret = {"cookie", *(name.lower() for name in marked)}
    return {
        name: HIDDEN if is_credential(name) or name.lower() in secret else value
        for name, value in sorted(values.items())
    }


def config_without_secrets(text: str) -> str:
    """Return a configuration (YAML, TOML, JSON, .env) with HIDDEN for long values of credentials.

    A name of a variable that holds one is none (``$KEY``, ``os.environ/KEY``).
    """

    def shown(found: re.Match[str]) -> str:
        hides = is_credential(found["name"].replace("_", "-"))
        return found["before"] + HIDDEN if hides else found[0]

    return _CONFIGURED.sub(shown, text)
