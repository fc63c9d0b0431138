"""What stands after ``-m engine/``: which engine, which version, which of its parsers."""

import re
from dataclasses import dataclass

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.engines.known import Engine, engine, fetchable
from toolfuzz.engines.native import Family, families
from toolfuzz.engines.native import family as native_family

__all__ = ["EngineSpec", "check_version", "parse_spec", "version_key"]

_SPEC = re.compile(r"(?:engine/)?(?P<engine>[^@:]+)(?:@(?P<version>[^:]*))?:(?P<parser>.+)")
_SUFFIX = re.compile(r"(a|b|rc|\.post|\.dev)([0-9]+)")
# Before and after the version that has no suffix (PEP 440).
_RANKS = {".dev": -4, "a": -3, "b": -2, "rc": -1, ".post": 1}
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc|\.post|\.dev)[0-9]+)*")


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """A parsed spec. ``version`` is None when the engine installed elsewhere decides it."""

    engine: Engine
    version: str | None
    parser: str
    family: Family


def parse_spec(spec: str) -> EngineSpec:
    """Read ``engine/sglang@0.5.23:glm45``; raises UsageError with the nearest names.

    A parser that reads the text of several families takes the family behind a slash:
    ``mistral/mistral_v11``.
    The network is not asked: whether the version exists and has the parser shows when it is
    fetched and loaded.
    """
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise UsageError(f"{spec!r} is no engine on trial", _example())
    version = match["version"]
    parser, _, named = match["parser"].partition("/")
    asked = engine(match["engine"])
    if version is not None:
        check_version(version)
    family = asked.family(parser) if not named else native_family(named)
    if family is None:
        names = {name for f in families().values() for name in (f.name, *f.parsers)}
        near = did_you_mean(parser, names) or f"families: {', '.join(families())}"
        raise UsageError(f"no model family's text is known for the parser {parser!r}", near)
    return EngineSpec(asked, version, parser, family)


def check_version(version: str) -> None:
    """Raise UsageError unless this can be a release's number."""
    if not _VERSION.fullmatch(version):
        raise UsageError(f"{version!r} is no version number", _example())


def version_key(version: str) -> tuple[tuple[int, ...], ...]:
    """Return what versions are sorted by: 0.5.6rc1 comes before 0.5.6, and 0.5.6.post1 behind."""
    first = _SUFFIX.search(version)
    numbers = version[: first.start()] if first else version
    release = tuple(map(int, re.findall("[0-9]+", numbers)))
    suffixes = [(_RANKS[kind], int(n)) for kind, n in _SUFFIX.findall(version)]
    return (release, *suffixes, (0, 0))


def _example() -> str:
    return f"for example engine/sglang@{fetchable()['sglang'].example}:glm45"
