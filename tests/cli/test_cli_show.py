"""``toolfuzz show``: a line a cause, and one question as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from test_cli_recorded import EARLIER, STRING, exchange

from toolfuzz.cli import cli
from toolfuzz.core.events import (
    CaseDrawn,
    ExchangeRecorded,
    RunStarted,
    UpstreamAnswered,
    VerdictReached,
)
from toolfuzz.core.verdict import Finding
from toolfuzz.evidence.difference import pointed_out
from toolfuzz.evidence.hexdump import hexdump
from toolfuzz.formats import wire_format
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.reading import load_run, read_journal

EVIL = "\x1b[2J\u202eevil"


def toolfuzz_(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One failing call, one in a conversation, and one that passes; the server's words are evil."""
    folder = tmp_path_factory.mktemp("show")
    lines = [
        exchange("string", STRING),
        exchange("later", STRING, *EARLIER),
        exchange("right", '{"config": {}, "batch": 3}', {"role": "system", "content": "Be quick."}),
    ]
    lines[1]["response"]["body"]["choices"][0]["message"]["content"] = EVIL
    (folder / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = toolfuzz_("judge", folder / "lines.jsonl", "--out", folder / "run")
    assert done.exit_code == 0, done.output
    return folder / "run"


def case_of(run: Path, said: str) -> str:
    return next(c.id for c in load_run(run).cases.values() if said in str(c.turns))


def plain_case(run: Path) -> str:
    return next(c.id for c in load_run(run).cases.values() if len(c.turns) == 1)


def test_a_run_is_listed_question_by_question(run: Path) -> None:
    done = toolfuzz_("show", run)
    assert done.exit_code == 0, done.output
    title, head, *rows, following = done.stdout.splitlines()
    assert title == "2 of 3 judged replies failed, by 2 causes; the worst first"
    assert head.split() == ["case", "on", "tool", "defect", "where", "got"]
    assert [row.split()[0] for row in rows] == ["1", "2"]
    listed = json.loads(toolfuzz_("show", run, "--json").stdout)
    assert [(e["number"], e["tool"], e["slug"], e["pointer"]) for e in listed] == [
        (1, "import_data", "id-reused-across-turns", ""),
        (2, "import_data", "object-as-json-string", "/config"),
    ]
    assert listed[0]["slugs"] == ["id-reused-across-turns", "object-as-json-string"]
    assert [row.split()[1] for row in rows] == [e["case"][:6] for e in listed]
    assert following == f"next: toolfuzz show {run} 1"


def test_a_number_of_the_list_is_that_reply(run: Path) -> None:
    listed = json.loads(toolfuzz_("show", run, "--json").stdout)
    for entry in listed:
        (shown,) = json.loads(toolfuzz_("show", run, str(entry["number"]), "--json").stdout)
        assert shown["case"] == entry["case"]


def test_of_many_failures_each_cause_has_its_lines(tmp_path: Path) -> None:
    """The commonest is cut short, what is rare stands there all the same."""
    lines = [exchange(f"many{n}", STRING, {"role": "system", "content": f"{n}"}) for n in range(60)]
    lines.append(exchange("rare", '{"config": {}, "batch": "3"}'))
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert toolfuzz_("judge", tmp_path / "lines.jsonl", "--out", tmp_path / "run").exit_code == 0
    told = toolfuzz_("show", tmp_path / "run").stdout.splitlines()
    assert told[0].startswith("61 of 61 judged replies failed, by 2 causes")
    assert ["…", "40", "more"] in [row.split() for row in told]
    assert any(row.split()[:1] == ["61"] for row in told)
    assert len(told) < 30
    assert told[-1].split() == ["toolfuzz", "show", str(tmp_path / "run"), "--all"]
    whole = toolfuzz_("show", tmp_path / "run", "--all").stdout.splitlines()
    assert [row.split()[0] for row in whole[2:-1]] == [str(n) for n in range(1, 62)]
    rare = toolfuzz_("show", tmp_path / "run", "--defect", "number-as-string").stdout
    assert rare.startswith("1 of 61 judged replies failed, by 1 cause")


def test_raw_is_every_byte_that_came(run: Path) -> None:
    done = toolfuzz_("show", run, case_of(run, "Import batch 2."), "--raw")
    data = load_run(run, keep_exchanges=True)
    bodies = [e.last.body for asked in data.exchanges.values() for e in asked]
    assert done.stdout_bytes in bodies
    assert json.loads(done.stdout_bytes)["choices"][0]["message"]["content"] == EVIL


def test_bytes_that_text_can_not_show_stand_in_hex() -> None:
    finding = Finding("value-changed", "error", "values", "", 0, "/a", actual="x\u200by")
    format = wire_format("openai-chat")
    body = b"." * 1000 + '{"a": "x\u200by"}'.encode() + b"\xff" + b"." * 1000
    rows = hexdump(body, finding, format)
    assert rows[0].startswith("000003c0  2e 2e")
    assert len(rows) == 12
    (hit,) = [row for row in rows if "e2 80 8b" in row]
    assert hit.endswith('  ...y"}..........')
    assert (
        hexdump(body.replace("\u200b".encode(), b"").replace(b"\xff", b""), finding, format) == []
    )


def test_marks_point_at_what_differs_in_a_line() -> None:
    long = "y" * 200
    lines = [" {", f'-  "note": "{long} a  b"', f'+  "note": "{long} a b"', " }", "-one", "+other"]
    assert list(pointed_out(lines)) == [
        " {",
        f'-…{"y" * 29} a  b"',
        f'+…{"y" * 29} a b"',
        f"?{' ' * 32} ^",
        " }",
        "-one",
        "+other",
    ]


def test_a_case_is_shown_as_it_was(run: Path) -> None:
    told = toolfuzz_("show", run, plain_case(run)).stdout
    for part in (
        "import_data(config: object, batch: integer)",
        "Import batch 3 into production.",
        "expected    not known",
        'got         import_data {"config": "{\\"env\\": \\"prod\\"}", "batch": 3}',
        "object-as-json-string at /config (schema: free-form object)",
        "status 200  {",
        "⟪",
        "openai",
        "curl -sS http://127.0.0.1:8000/v1/chat/completions",
    ):
        assert part in told, told


def test_expected_and_got_as_a_diff(run: Path) -> None:
    value = '/config={"env": "prod"}'
    done = toolfuzz_("show", run, plain_case(run)[:6], "--expect-value", value)
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["-", '"config":', "{"] in lines
    assert ["+", '"config":', '"{\\"env\\":', '\\"prod\\"}",'] in lines
    assert lines[next(n for n, line in enumerate(lines) if line[:1] == ["client"])][3:7] == [
        "silently",
        "gives",
        "other",
        "calls:",
    ]


def test_a_conversation_with_what_led_to_it_and_nothing_that_steers(run: Path) -> None:
    done = toolfuzz_("show", run, case_of(run, "Import batch 2."))
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    said = [row for row in rows if row and row[0] in ("user", "call", "result")]
    assert said == [
        ["user", "Import batch 2."],
        ["call", 'import_data {"config": "{}", "batch": 2}'],
        ["result", "config must be an object"],
        ["user", "Import batch 3 into production."],
    ]
    assert "evil" in done.stdout
    assert not set("\x1b\u202e") & set(done.stdout)


def test_one_that_passed_and_a_case_file(run: Path, tmp_path: Path) -> None:
    (shown,) = json.loads(toolfuzz_("show", run, case_of(run, "Be quick."), "--json").stdout)
    assert (shown["verdict"], shown["findings"]) == ("pass", [])
    assert shown["said"][0] == {"who": "system", "text": "Be quick."}
    done = toolfuzz_("bug", run, plain_case(run), "--out", tmp_path)
    assert done.exit_code == 0, done.output
    (report,) = tmp_path.glob("*.md")
    told = toolfuzz_("show", report).stdout
    assert "import_data(config: object, batch: integer)" in told
    assert "got" not in told


def test_both_sides_of_a_gateway(run: Path, tmp_path: Path) -> None:
    """A trial's journal is one of a run, with what came upstream behind each exchange."""
    with Journal(tmp_path / "trial") as journal:
        for event in read_journal(run):
            if isinstance(event, RunStarted):
                event = RunStarted(0.0, "0", (), {**event.settings, "trial": {"subject": "made"}})
            if isinstance(event, CaseDrawn | VerdictReached | RunStarted):
                journal.append([event])
            elif isinstance(event, ExchangeRecorded):
                journal.append([event, UpstreamAnswered("anthropic-messages", event.exchange)])
            elif not event.event.startswith("run-"):
                journal.append([event])
    done = toolfuzz_("show", tmp_path / "trial", plain_case(run), "--json")
    (shown,) = json.loads(done.stdout)
    (upstream,) = shown["upstream"]
    assert (upstream["format"], upstream["times"], upstream["status"]) == (
        "anthropic-messages", 1, 200,
    )  # fmt: skip
    assert upstream["asked"]["model"] == "m"
    told = toolfuzz_("show", tmp_path / "trial", plain_case(run)).stdout
    assert "upstream    anthropic-messages, status 200" in told
    assert "was asked" in told


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["nothing"], "no journal at nothing"),
        (["RUN", "zz"], "the run has no case 'zz'"),
        (["RUN", "99"], "the list has no number 99: 2 failures"),
        (["RUN", "-m", "other"], "the run asked no 'other'"),
        (["RUN", "--defect", "object-as-json"], "did you mean object-as-json-string?"),
        (["RUN", "--raw"], "--raw shows one reply"),
        (["RUN/summary.json"], "not a case"),
        (["RUN", "--expect-value", "x"], "is not POINTER=VALUE"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(given: list[str], says: str, run: Path) -> None:
    done: Any = toolfuzz_("show", *(part.replace("RUN", str(run)) for part in given))
    assert done.exit_code == 2
    assert says in done.output
