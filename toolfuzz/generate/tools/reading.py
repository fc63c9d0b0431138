"""Documents from files and over HTTP, bounded in size and time."""

import json
from pathlib import Path

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError

__all__ = ["fetch", "parse_json", "read_bytes"]


def fetch(url: str, *, most_bytes: int = 10_000_000, timeout: float = 30) -> bytes:
    """GET the URL (redirects followed); raises UsageError. ``timeout`` in seconds."""
    import httpx

    data = bytearray()
    try:
        with httpx.stream("GET", url, timeout=timeout, follow_redirects=True) as response:
            if response.is_error:
                raise UsageError(f"{url}: HTTP {response.status_code}")
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > most_bytes:
                    raise UsageError(f"{url}: larger than {most_bytes // 10**6} MB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageError(f"{url}: {str(error) or type(error).__name__}") from None
    return bytes(data)


def read_bytes(path: Path, *, most_bytes: int = 10_000_000) -> bytes:
    """Read a file that is not larger than that; raises UsageError."""
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    if len(data) > most_bytes:
        raise UsageError(f"{path}: larger than {most_bytes // 10**6} MB", "split the file")
    return data


def parse_json(data: bytes, place: str) -> Json:
    """Parse JSON text that came from ``place``; raises UsageError."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refused)
    except UnicodeDecodeError as error:
        raise UsageError(f"{place}: not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{place}: not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise UsageError(f"{place}: nested too deeply to be read") from None
    except ValueError as error:
        raise UsageError(f"{place}: not JSON: {str(error)[:100]}") from None


def _refused(word: str) -> Json:
    raise ValueError(f"{word} is no JSON value")
