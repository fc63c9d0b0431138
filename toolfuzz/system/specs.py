"""Commands, URLs and configurations as they may be written down: without what they hide."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from toolfuzz.core.credentials import SECRET_LENGTH, is_credential, sounds_secret

__all__ = [
    "HIDDEN",
    "command_without_secrets",
    "config_without_secrets",
    "environment_secrets",
    "masked",
    "named_without_secrets",
    "secrets_of_command",
    "secrets_of_config",
    "secrets_of_named",
    "without_secrets",
    "words_of",
]

HIDDEN = "***"

_LONG = 16
_WINDOWS_PATH = re.compile(r"(?:^|[\s\"'=])(?:[A-Za-z]:\\|\\\\)\w")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_CONFIGURED = re.compile(
    r"(?P<before>\b(?P<name>[\w-]+)[\"']?\s*[:=]\s*[\"']?)(?!\$|\{|os\.environ)"
    rf"(?P<value>[^\s\"',}}\]]{{{_LONG},}})"
)
_USER_OF_URL = re.compile(r"(?P<before>\b\w[\w+.-]*://)(?P<value>[^\s/@\"']+)@")
_SECRET_FLAG = re.compile(r"-.*(key|token|secret|passw|credential|auth|header)", re.IGNORECASE)


def without_secrets(spec: str) -> str:
    """Return a command or URL with HIDDEN for values of variables, secret flags and queries.

    ``TOKEN=abc server --api-key x`` becomes ``TOKEN=*** server --api-key ***``; of a URL user and
    password go, and so do the values of its query. What hides nothing comes back as it is.
    """
    if _is_url(spec):
        return _url(spec)
    words = _words(spec)
    shown = list(command_without_secrets(words))
    return spec if shown == words else " ".join(map(_quoted, shown))


def _is_url(spec: str) -> bool:
    return "://" in spec and not re.search(r"\s", spec)


def words_of(command: str) -> list[str]:
    """Split a command as a shell does; raises ValueError for a quote that isn't closed.

    Backslashes are part of the words on Windows, and wherever a path of Windows is named
    (``C:\\Python\\python.exe server.py``).
    """
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    if os.name == "nt" or _WINDOWS_PATH.search(command):
        lexer.escape = ""
    return list(lexer)


def _words(command: str) -> list[str]:
    try:
        return words_of(command)
    except ValueError:
        return command.split()


def _quoted(word: str) -> str:
    """Quote as a shell needs it, but leave the mark that everybody is to see."""
    return HIDDEN.join(shlex.quote(part) if part else "" for part in word.split(HIDDEN))


def command_without_secrets(words: Sequence[str]) -> Iterator[str]:
    """Yield a command's words with HIDDEN for what they hide.

    Assignments stand before the command, or behind ``env``.
    """
    return (shown for shown, _ in _told(words))


def _told(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each word as it may be shown, and its part that is hidden."""
    hide_next, command_seen = False, False
    for word in words:
        flag, has_value, value = word.partition("=")
        if hide_next:
            hide_next = False
            yield HIDDEN, word
        elif not command_seen and _ASSIGNMENT.match(word):
            yield f"{flag}={HIDDEN}", value
        elif _SECRET_FLAG.match(flag):
            hide_next = not has_value
            yield (f"{flag}={HIDDEN}", value) if has_value else (word, "")
        else:
            command_seen = command_seen or word != "env"
            yield _url(word) if "://" in word else word, ""


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
    return {
        name: HIDDEN if _is_marked(name, marked) else _USER_OF_URL.sub(_shown_user, value)
        for name, value in sorted(values.items())
    }


def _is_marked(name: str, marked: Sequence[str]) -> bool:
    return is_credential(name) or name.lower() in {"cookie", *map(str.lower, marked)}


def _shown_user(found: re.Match[str]) -> str:
    return f"{found['before']}{HIDDEN}@"


def config_without_secrets(text: str) -> str:
    """Return a configuration (YAML, TOML, JSON, .env) with HIDDEN for long values of credentials.

    A name of a variable that holds one is none (``$KEY``, ``os.environ/KEY``).
    """

    hidden = _CONFIGURED.sub(
        lambda found: found["before"] + HIDDEN if _holds(found) else found[0], text
    )
    return _USER_OF_URL.sub(_shown_user, hidden)


def _holds(found: re.Match[str]) -> bool:
    return is_credential(found["name"].replace("_", "-"))


def secrets_of_command(words: Sequence[str] | str) -> set[str]:
    """Return what ``without_secrets`` hides of a command, given as text or by its words, or URL."""
    if isinstance(words, str):
        words = [words] if _is_url(words) else _words(words)
    hidden = {hidden for _, hidden in _told(words)}
    return hidden.union(*(_secrets_of_url(word) for word in words if "://" in word)) - {""}


def _secrets_of_url(text: str) -> set[str]:
    try:
        parts = urlsplit(text)
    except ValueError:
        return {text}
    user = parts.netloc.rpartition("@")[0]
    queried = (pair.partition("=")[2] for pair in parts.query.split("&"))
    raw = {*user.split(":", 1), *queried}
    return raw | {unquote(value) for value in raw}


def secrets_of_named(values: Mapping[str, str], marked: Sequence[str] = ()) -> set[str]:
    """Return what ``named_without_secrets`` hides."""
    whole = {value for name, value in values.items() if _is_marked(name, marked)}
    return whole.union(*map(_passwords, values.values()))


def secrets_of_config(text: str) -> set[str]:
    """Return what ``config_without_secrets`` hides."""
    return {found["value"] for found in _CONFIGURED.finditer(text) if _holds(found)} | _passwords(
        text
    )


def _passwords(text: str) -> set[str]:
    users = (found["value"] for found in _USER_OF_URL.finditer(text))
    return {part for user in users for part in user.split(":", 1)}


def environment_secrets() -> set[str]:
    """Return the long values of this process's variables that sound like credentials by name."""
    sound = {value for name, value in os.environ.items() if sounds_secret(name)}
    return {value for value in sound if len(value) >= _LONG}


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return what a program or a server said with HIDDEN for these secrets; short ones stay."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SECRET_LENGTH:
            text = text.replace(secret, HIDDEN)
    return text
