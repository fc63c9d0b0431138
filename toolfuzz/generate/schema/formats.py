"""Texts of the formats that JSON Schema and OpenAPI name; every sample is valid in its format."""

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from toolfuzz.generate.pick import Pick

__all__ = ["FORMATS"]

_FIRST = datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)
_DAY = 86_400
_WORDS = ("orders", "eu-west-1", "acme", "reports", "a", "team-7", "x1")


def _moment(pick: Pick) -> datetime:
    return _FIRST + timedelta(seconds=pick.below(40 * 365 * _DAY))


def _date(pick: Pick) -> str:
    edges = ("2024-02-29", "2000-01-01", "1970-01-01", "2038-01-19", "2024-12-31")
    return pick.of((*edges, *([_moment(pick).date().isoformat()] * 5)))


def _zone(pick: Pick) -> str:
    return pick.of(("Z", "Z", "+00:00", "+02:00", "-07:00", "+05:30"))


def _time(pick: Pick) -> str:
    fraction = pick.of(("", "", ".5", ".123456"))
    return f"{_moment(pick):%H:%M:%S}{fraction}{_zone(pick)}"


def _duration(pick: Pick) -> str:
    n = pick.within(1, 48)
    return pick.of((f"PT{n}M", f"P{n}D", f"P1Y{n}M", f"PT{n}H30M", f"P{n}W", "PT0S"))


def _host(pick: Pick) -> str:
    sub = pick.of(("", "api.", "db-1.", "a.b."))
    return f"{sub}{pick.of(('example.com', 'example.org', 'test.example', 'localhost'))}"


def _email(pick: Pick) -> str:
    user = pick.of(("ada", "grace.hopper", "o'brien", "dev+tools", "x", "first_last"))
    return f"{user}@{pick.of(('example.com', 'mail.example.org', 'example.co.uk'))}"


def _path(pick: Pick) -> str:
    return "/".join(pick.several(lambda p: p.of(_WORDS), 0, 3))


def _uri(pick: Pick) -> str:
    query = pick.of(("", "", "?q=a%20b&n=10", "?token=a+b", "#part-2"))
    return f"https://{_host(pick)}/{_path(pick)}{query}"


def _ipv4(pick: Pick) -> str:
    drawn = ".".join(str(pick.below(256)) for _ in range(4))
    return pick.of(("0.0.0.0", "127.0.0.1", "255.255.255.255", drawn, drawn, drawn))


def _ipv6(pick: Pick) -> str:
    drawn = ":".join(f"{pick.below(65536):x}" for _ in range(8))
    return pick.of(("::", "::1", "fe80::1", "2001:db8::8a2e:370:7334", drawn))


def _uuid(pick: Pick) -> str:
    return str(uuid.UUID(int=pick.below(2**128), version=4))


def _base64(pick: Pick) -> str:
    return base64.b64encode(bytes(pick.below(256) for _ in range(pick.below(24)))).decode()


FORMATS: dict[str, Callable[[Pick], str]] = {
    "date": _date,
    "date-time": lambda pick: f"{_date(pick)}T{_time(pick)}",
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
    "uri-reference": lambda pick: pick.of((_uri(pick), f"/{_path(pick)}", "#top", "")),
    "iri-reference": lambda pick: pick.of((_uri(pick), f"/{_path(pick)}", "#top", "")),
    "uri-template": lambda pick: f"https://{_host(pick)}/{{owner}}/{_path(pick)}{{?page}}",
    "uuid": _uuid,
    "json-pointer": lambda pick: pick.of(("", "/a/0", "/a~1b", "/m~0n", "/items/12/name")),
    "relative-json-pointer": lambda pick: pick.of(("0", "1/a", "2#", "0/items/3")),
    "regex": lambda pick: pick.of((r"^\d+$", "a|b", "[a-z]{2,}", r"\s*", "")),
    "byte": _base64,
    "base64": _base64,
}
"""Format name to a sampler."""
