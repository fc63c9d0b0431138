"""What an observer makes of requests that it can't read, and of those that ask no model."""

import json
import sys
from pathlib import Path

import needs
import pytest

from toolfuzz.core.exchange import Attempt
from toolfuzz.runs.observer import Observer
from toolfuzz.sources.recorder import Seen

ANSWERED = Attempt(0.0, 0.0, 0.0, 200, {}, ((0.0, b"{}"),))
UNREAD = "content-encoding zstd is not undone (pip install 'toolfuzz[zstd]')"


@pytest.mark.parametrize(
    ("path", "lost", "says"),
    [
        (
            "/v1/responses",
            1,
            ["an exchange could not be kept: " + UNREAD, "1 exchange could not be kept"],
        ),
        ("/v1/telemetry", 0, ["nothing passed that asks a model"]),
    ],
)
def test_a_request_that_cannot_be_read(
    path: str, lost: int, says: list[str], tmp_path: Path
) -> None:
    told: list[str] = []
    observer = Observer("https://host", tmp_path / "seen", warn=told.append)
    observer.take(Seen("POST", path, {}, b"\x28", ANSWERED, UNREAD))
    assert (observer.close(), observer.lost) == ([], lost)
    assert [text.startswith(start) for text, start in zip(told, says, strict=True)] == [True] * len(
        says
    )
    assert not (tmp_path / "seen").exists()


@needs.limits
def test_a_disk_that_is_full_is_told_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    # Python writes bytecode as far as the limit goes, and can't read it the next time.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x" * 5000}]})
    told: list[str] = []
    observer = Observer("https://host", tmp_path / "seen", warn=told.append)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, before[1]))
    try:
        for _ in range(3):
            observer.take(Seen("POST", "/v1/chat/completions", {}, body.encode(), ANSWERED, ""))
        observer.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert observer.lost and observer.failed is not None
    assert observer.failed.strerror == "File too large"
    assert told[0].startswith("an exchange could not be kept: ")
