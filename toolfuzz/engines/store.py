"""Fetched engines: the parser's sources out of a wheel, kept in a cache folder.

Nothing here enters the environment that toolfuzz runs in: pip downloads one wheel without its
dependencies, and only the sources that parse and serve tool calls are unpacked.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.engines.known import Wheel, engines, fetchable
from toolfuzz.engines.spec import check_version, version_key
from toolfuzz.system.caches import cache_home

__all__ = [
    "Cached",
    "available",
    "cache_folder",
    "cached",
    "fetch",
    "for_anywhere",
    "parsers_of",
    "pip_error",
    "remove",
    "run_pip",
]

_AVAILABLE = re.compile(r"^Available versions: (.+)$", re.MULTILINE)
_FROM_VERSIONS = re.compile(r"\(from versions: ([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Cached:
    """A fetched engine: where it lies and how many bytes it takes."""

    engine: str
    version: str
    path: Path
    size: int


def cache_folder() -> Path:
    """Return where engines are kept."""
    return cache_home() / "engines"


def cached() -> list[Cached]:
    """Return the fetched engines, oldest version first."""
    found = []
    for engine in fetchable():
        folder = cache_folder() / engine
        for path in sorted(folder.glob("[0-9]*"), key=lambda p: version_key(p.name)):
            size = sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
            found.append(Cached(engine, path.name, path, size))
    return found


def fetch(engine: str, version: str) -> Path:
    """Return the folder of that release, downloading it when it is not there yet.

    Raises UsageError: an engine that can't be fetched, a version that does not exist (with the
    nearest ones), no pip, no network.
    """
    wanted = re.compile(_check(engine, version).wanted)
    place = cache_folder() / engine / version
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".fetching-") as folder:
        wheel = _download(engine, version, Path(folder))
        unpacked = Path(folder) / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if wanted.fullmatch(name)]
            archive.extractall(unpacked, names)
        if not names:
            raise UsageError(f"the wheel of {engine} {version} holds no parsers", None)
        try:
            unpacked.rename(place)
        except OSError:
            # Another process was quicker; its copy is as good.
            if not place.is_dir():
                raise
    return place


def available(engine: str) -> set[str]:
    """Return the versions that pip finds, in whatever index it is set to; none without a network.

    Raises UsageError for an engine that can't be fetched.
    """
    wheels = ("--only-binary=:all:", *for_anywhere(_fetched_by_pip(engine)))
    said = [run_pip("index", "versions", *more, engine).stdout for more in ((), wheels)]
    lines = [line for text in said for line in _AVAILABLE.findall(text)]
    return {name.strip() for line in lines for name in line.split(",")}


def parsers_of(release: Cached) -> list[str]:
    """Return the release's parsers that can be tried, read from its source without running it."""
    known = engines()[release.engine]
    assert known.wheel is not None
    return [name for name in known.wheel.parsers(release.path) if known.family(name)]


def remove(engine: str, version: str) -> None:
    """Delete a fetched release; raises UsageError if there is none."""
    _check(engine, version)
    place = cache_folder() / engine / version
    if not place.is_dir():
        have = ", ".join(c.version for c in cached() if c.engine == engine) or "none"
        raise UsageError(f"{engine} {version} is not fetched", f"fetched: {have}")
    shutil.rmtree(place)


def run_pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python's pip; raises UsageError when it has none. The result may be a failure."""
    command = [sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode and "No module named pip" in done.stderr:
        raise UsageError(
            "engines are fetched with pip, and this Python has none",
            f"run {sys.executable} -m ensurepip, or name an installed engine by --engine-python",
        )
    return done


def pip_error(stderr: str) -> str:
    """Return the last line in which pip says what went wrong, shortened."""
    lines = [line for line in stderr.splitlines() if line.startswith("ERROR: ")]
    return lines[-1].removeprefix("ERROR: ")[:200] if lines else "pip gave no reason"


def _fetched_by_pip(engine: str) -> Wheel:
    """Return how an engine's releases are fetched; raises UsageError where they can't be."""
    known = fetchable()
    if engine not in known:
        near = None if engine in engines() else did_you_mean(engine, known)
        raise UsageError(
            f"{engine!r} can't be fetched",
            near or f"fetchable: {', '.join(known)}; use --engine-python for an installed one",
        )
    return known[engine]


def _check(engine: str, version: str) -> Wheel:
    wheel = _fetched_by_pip(engine)
    check_version(version)
    return wheel


def _download(engine: str, version: str, folder: Path) -> Path:
    wanted = f"{engine}=={version}"
    options = ("--no-deps", "--only-binary=:all:", "--dest", str(folder), wanted)
    failures = []
    for platform in ((), for_anywhere(fetchable()[engine])):
        done = run_pip("download", *platform, *options)
        if done.returncode == 0:
            return next(folder.glob("*.whl"))
        failures.append(done.stderr)
    raise _unavailable(engine, version, failures)


def for_anywhere(wheel: Wheel) -> tuple[str, ...]:
    """Return pip's options for a wheel with compiled parts wherever we run: only text is used."""
    platform = wheel.platform or "manylinux_2_34_x86_64"
    return (f"--platform={platform}", "--python-version=3.11")


def _unavailable(engine: str, version: str, failures: list[str]) -> UsageError:
    listed = {
        name.strip()
        for text in failures
        for match in _FROM_VERSIONS.findall(text)
        for name in match.split(",")
    } - {"", "none"}
    if listed and version not in listed:
        near = ", ".join(_nearest(version, sorted(listed)))
        return UsageError(f"{engine} has no version {version}", f"near it: {near}")
    return UsageError(
        f"{engine} {version} could not be downloaded: {pip_error(failures[0])}",
        "check the network and pip's settings; a release that was fetched before needs neither",
    )


def _nearest(version: str, listed: list[str], most: int = 4) -> list[str]:
    """Return the listed versions around the wanted one, in order."""
    ordered = sorted(listed, key=version_key)
    at = sum(version_key(name) < version_key(version) for name in ordered)
    start = max(0, min(at - most // 2, len(ordered) - most))
    return ordered[start : start + most]
