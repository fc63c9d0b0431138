"""Exports for other tools. That these read them is measured by benchmarks/exports.py, with them."""

import hashlib
import io
import json
import math
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_run import a_run, summary_of

import toolfuzz
from toolfuzz.analyze.load import RunData
from toolfuzz.recordings import har as recorded
from toolfuzz.recordings.recorded import Recorded
from toolfuzz.report.formats import Pieces, made, report_format
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.formats._zip import zipped


def files_of(name: str, run: RunData) -> dict[str, bytes]:
    """Return the files of an export, whole; that of a single one has no name."""
    found = made(report_format(name), run, summary_of(run))
    return {path or "": whole(pieces) for path, pieces in found}


def whole(pieces: Pieces) -> bytes:
    if isinstance(pieces, str | bytes):
        pieces = iter([pieces])  # type: ignore[assignment]
    return b"".join(p.encode() if isinstance(p, str) else p for p in pieces)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(ANYTHING)
def test_any_value_is_json_for_strict_readers(value: Any) -> None:
    text = dumped(value)
    text.encode()
    assert not {"\n", "\x1b", "\x9b", "\u202e"} & set(text)

    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads(text, parse_constant=refuse)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False))
def test_what_strict_json_can_hold_stays_as_it_is(text: str, number: float) -> None:
    value = {text: [text, number if math.isfinite(number) else 0, None, True]}
    assert json.loads(dumped(value)) == value


def test_half_a_character_and_no_number_are_spelled() -> None:
    assert json.loads(dumped(["\ud800", math.nan])) == ["\\ud800", "nan"]


@given(
    st.lists(st.tuples(st.text("abc/", min_size=1), st.lists(st.text())), unique_by=lambda m: m[0])
)
def test_a_zip_that_is_sent_is_the_one_that_is_read(members: list[tuple[str, list[str]]]) -> None:
    sent = [
        (name, [t.encode("utf-8", "ignore").decode() for t in texts]) for name, texts in members
    ]
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(sent)))) as archive:
        assert archive.testzip() is None
        assert {n: archive.read(n).decode() for n in archive.namelist()} == {
            name: "".join(texts) for name, texts in sent
        }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> RunData:
    """A real run over HTTP, on the simulated endpoint that fails."""
    folder = tmp_path_factory.mktemp("run")
    return toolfuzz.run("sim/glm-4.7", cases=25, stream="both", out=folder / "run").data


def test_the_archive_is_read_back_byte_for_byte(asked: RunData) -> None:
    back = list(recorded.read(io.BytesIO(files_of("har", asked)[""])))
    sent = [exchange for exchanges in asked.exchanges.values() for exchange in exchanges]
    assert len(back) == len(sent) >= 50
    for entry, exchange in zip(back, sent, strict=True):
        assert isinstance(entry, Recorded)
        assert entry.request == exchange.request
        assert entry.attempt.body == exchange.last.body
        assert entry.stream == exchange.stream


def test_a_fixture_of_the_mock_holds_the_arguments_as_they_came(asked: RunData) -> None:
    fixtures = json.loads(files_of("aimock", asked)[""])["fixtures"]
    assert fixtures
    for fixture in fixtures:
        [call] = fixture["response"]["toolCalls"]
        pointer = fixture["metadata"]["pointer"].split("/")[1]
        # The simulated parser gives objects, lists and booleans as strings.
        assert isinstance(json.loads(call["arguments"])[pointer], str)
        assert fixture["match"]["userMessage"]


def test_an_evaluation_says_what_was_judged_and_an_open_one_has_no_score() -> None:
    run = a_run()
    lines = [json.loads(line) for line in files_of("otel", run)[""].splitlines()]
    records = [r for line in lines for r in line["resourceLogs"][0]["scopeLogs"][0]["logRecords"]]
    assert len(records) == len(run.verdicts)
    for record, verdict in zip(records, run.verdicts, strict=True):
        told = {a["key"]: a["value"] for a in record["attributes"]}
        assert record["eventName"] == "gen_ai.evaluation.result"
        if verdict.status == "unjudged":
            assert "error.type" in told and "gen_ai.evaluation.score.value" not in told
        else:
            score = {"pass": 1.0, "fail": 0.0}[verdict.status]
            assert told["gen_ai.evaluation.score.value"] == {"doubleValue": score}
            assert told["gen_ai.evaluation.score.label"] == {"stringValue": verdict.status}
    assert {v.status for v in run.verdicts} >= {"pass", "fail"}


def test_inspect_gets_a_log_a_target_with_the_runs_figures() -> None:
    run = a_run(targets=2)
    logs = files_of("inspect", run)
    summary = summary_of(run)
    assert len(logs) == len(summary["targets"]) == 2
    for (name, log), target in zip(logs.items(), summary["targets"], strict=True):
        assert name.endswith(".eval")
        with zipfile.ZipFile(io.BytesIO(log)) as archive:
            header = json.loads(archive.read("header.json"))
            listed = json.loads(archive.read("summaries.json"))
            kept = [json.loads(archive.read(n)) for n in archive.namelist() if "samples/" in n]
        [score] = header["results"]["scores"]
        assert score["metrics"]["accuracy"]["value"] == target["rate"]
        values = [sample["scores"]["toolfuzz"]["value"] for sample in kept]
        assert values.count("I") == target["failed"]
        assert values.count("N") == target["unjudged"]
        assert [s["id"] for s in listed] == [s["id"] for s in kept]


def test_a_record_for_every_eval_ever_knows_its_answers() -> None:
    run = a_run()
    files = files_of("every-eval-ever", run)
    [(samples_at, samples), (record_at, written)] = files.items()
    record = json.loads(written)
    assert samples_at == record_at.removesuffix(".json") + "_samples.jsonl"
    details = record["detailed_evaluation_results"]
    assert details["file_path"] == samples_at
    assert details["checksum"] == hashlib.sha256(samples).hexdigest()
    lines = [json.loads(line) for line in samples.splitlines()]
    [target] = summary_of(run)["targets"]
    assert details["total_rows"] == len(lines) == target["judged"]
    assert sum(not line["evaluation"]["is_correct"] for line in lines) == target["failed"]


def test_ctrf_has_the_test_cases_of_junit() -> None:
    run = a_run(targets=2)
    report = json.loads(files_of("ctrf", run)[""])
    junit = files_of("junit", run)[""].decode()
    assert report["results"]["summary"]["tests"] == junit.count("<testcase ")
    assert report["results"]["summary"]["failed"] == junit.count("<failure ")
