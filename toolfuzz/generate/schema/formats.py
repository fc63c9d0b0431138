"""Texts of the formats that JSON Schema and OpenAPI name; every sample is valid in its format."""

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

__all__ = ["FORMATS"]

_FIRST = datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)
_DAY = 86_400
_WORDS = ("orders", "eu-west-1", "acme", "reports", "a", "team-7", "x1")


def _moment(random: Random) -> datetime:
    return _FIRST + timedelta(seconds=random.randrange(40 * 365 * _DAY))


def _date(random: Random) -> str:
    edges = ("2024-02-29", "2000-01-01", "1970-01-01", "2038-01-19", "2024-12-31")
    return random.choice((*edges, *([_moment(random).date().isoformat()] * 5)))


def _zone(random: Random) -> str:
    return random.choice(("Z", "Z", "+00:00", "+02:00", "-07:00", "+05:30"))


def _time(random: Random) -> str:
    fraction = random.choice(("", "", ".5", ".123456"))
    return f"{_moment(random):%H:%M:%S}{fraction}{_zone(random)}"


def _duration(random: Random) -> str:
    n = random.randint(1, 48)
    return random.choice((f"PT{n}M", f"P{n}D", f"P1Y{n}M", f"PT{n}H30M", f"P{n}W", "PT0S"))


def _host(random: Random) -> str:
    sub = random.choice(("", "api.", "db-1.", "a.b."))
    return f"{sub}{random.choice(('example.com', 'example.org', 'test.example', 'localhost'))}"


def _email(random: Random) -> str:
    user = random.choice(("ada", "grace.hopper", "o'brien", "dev+tools", "x", "first_last"))
    return f"{user}@{random.choice(('example.com', 'mail.example.org', 'example.co.uk'))}"


def _path(random: Random) -> str:
    return "/".join(random.choices(_WORDS, k=random.randint(0, 3)))


def _uri(random: Random) -> str:
    query = random.choice(("", "", "?q=a%20b&n=10", "?token=a+b", "#part-2"))
    return f"https://{_host(random)}/{_path(random)}{query}"


def _ipv4(random: Random) -> str:
    drawn = ".".join(str(random.randrange(256)) for _ in range(4))
    return random.choice(("0.0.0.0", "127.0.0.1", "255.255.255.255", drawn, drawn, drawn))


def _ipv6(random: Random) -> str:
    drawn = ":".join(f"{random.randrange(65536):x}" for _ in range(8))
    return random.choice(("::", "::1", "fe80::1", "2001:db8::8a2e:370:7334", drawn))


def _uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _base64(random: Random) -> str:
    return base64.b64encode(random.randbytes(random.randrange(24))).decode()


FORMATS: dict[str, Callable[[Random], str]] = {
    "date": _date,
    "date-time": lambda random: f"{_date(random)}T{_time(random)}",
    "time": _time,
    "duration": _duration,
    "email": _email,
    "idn-email": _email,
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "uri": _uri,
    "url": _uri,
    "iri": _uri,
    "uri-reference": lambda random: random.choice((_uri(random), f"/{_path(random)}", "#top", "")),
    "iri-reference": lambda random: random.choice((_uri(random), f"/{_path(random)}", "#top", "")),
    "uri-template": lambda random: f"https://{_host(random)}/{{owner}}/{_path(random)}{{?page}}",
    "uuid": _uuid,
    "json-pointer": lambda random: random.choice(("", "/a/0", "/a~1b", "/m~0n", "/items/12/name")),
    "relative-json-pointer": lambda random: random.choice(("0", "1/a", "2#", "0/items/3")),
    "regex": lambda random: random.choice((r"^\d+$", "a|b", "[a-z]{2,}", r"\s*", "")),
    "byte": _base64,
    "base64": _base64,
}
"""Format name to a sampler."""
