"""What an observer makes of requests that it can't read, and of those that ask no model."""

from pathlib import Path

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
