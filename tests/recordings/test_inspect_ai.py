"""Logs of Inspect 0.3.285, of two samples that a simulator answered as Anthropic's service."""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings import archives
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

FILE = Path(__file__).parents[1] / "data/recordings/inspect.eval"


def judged(path: Path) -> list[Judged | BadEntry]:
    return list(judge_file(path, Policy()))


def sample() -> dict[str, Any]:
    with FILE.open("rb") as file:
        (first, _) = archives.json_files(file, "samples/", "")
    assert isinstance(first, dict)
    return first


def packed(tmp_path: Path, **members: str) -> Path:
    path = tmp_path / "log.eval"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".json", content)
    return path


def test_the_real_archive() -> None:
    """Its members are compressed with Zstandard, its messages stand in a pool of the sample."""
    found = [one for one in judged(FILE) if isinstance(one, Judged)]
    assert [one.recorded.id for one in found] == ["1/1/1", "1/1/2", "2/1/1", "2/1/2"]
    assert [one.judgement.status for one in found] == ["fail", "pass", "fail", "pass"]
    assert {one.recorded.format for one in found} == {"anthropic-messages"}
    assert {one.recorded.rebuilt_from for one in found} == {"Inspect"}
    first, second = found[0].recorded, found[1].recorded
    assert [f.slug for f in found[0].judgement.findings] == ["boolean-as-string"]
    assert first.ask and first.ask.prompt.startswith('Call the tool "paint" once')
    assert second.ask and len(second.ask.replies) == 1


def test_a_log_in_json(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    log = {"version": 2, "status": "success", "eval": {"eval_id": "x"}, "samples": [sample()]}
    path.write_text(json.dumps(log, indent=2))
    assert len(judged(path)) == 2


def changed(tmp_path: Path, **fields: Any) -> list[Judged | BadEntry]:
    one = sample()
    for event in one["events"]:
        if event["event"] == "model":
            event.update({key: value for key, value in fields.items() if key != "events_data"})
    if "events_data" in fields:
        one["events_data"] = fields["events_data"]
    return judged(packed(tmp_path, samples__1=json.dumps(one)))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"error": "429"}, "1/1/1: no reply came: 429"),
        ({"call": None}, "1/1/1: the bodies were not logged"),
        (
            {"call": {"request": {"prompt": "x"}, "response": {"generated_text": "y"}}},
            "what Inspect kept of the reply is not written as openai-chat",
        ),
        ({"events_data": {"calls": []}}, "it refers to messages that aren't in the sample"),
    ],
)
def test_what_was_not_logged_is_said(fields: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert changed(tmp_path, **fields)[0] == BadEntry(1, told)


def test_what_came_from_inspects_cache_is_no_call(tmp_path: Path) -> None:
    assert changed(tmp_path, cache="read") == []


@pytest.mark.parametrize("keep", [40, -30])
def test_half_an_archive_is_refused_in_one_line(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "half.eval"
    path.write_bytes(FILE.read_bytes()[:keep])
    with pytest.raises(UsageError, match="the archive is broken"):
        judged(path)


def test_another_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a ZIP file, but not an Inspect log"):
        judged(packed(tmp_path, readme="{}"))


def test_without_zstandard_the_next_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    monkeypatch.setattr(archives, "_zipfile", lambda: zipfile)
    monkeypatch.setattr(zipfile, "_get_decompressor", _refuse)
    with pytest.raises(UsageError) as caught:
        judged(FILE)
    assert "toolfuzz[zstd]" in str(caught.value.hint)


def _refuse(*_: object) -> None:
    raise NotImplementedError("That compression method is not supported")


def test_a_changed_byte_spoils_what_comes_after_it(tmp_path: Path) -> None:
    """The compression notices before the archive's checksum could."""
    broken = bytearray(FILE.read_bytes())
    second = broken.rindex(b"samples/2_epoch_1.json", 0, broken.index(b"summaries.json"))
    broken[second + 60] ^= 0xFF
    path = tmp_path / "log.eval"
    path.write_bytes(broken)
    *right, bad = judged(path)
    assert len(right) == 2
    assert bad == BadEntry(3, bad.reason) and "in the archive is broken" in bad.reason


def test_a_bomb_is_not_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LONGEST", 1 << 20)
    path = packed(tmp_path, samples__1=json.dumps("x" * (1 << 22)))
    assert path.stat().st_size < 10_000
    with pytest.raises(UsageError, match="in the archive has more than 1 MiB"):
        judged(path)


def test_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Pipe(FILE.read_bytes())))
    assert len(judged(Path("-"))) == 4
