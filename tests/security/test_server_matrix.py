"""What a server can do wrong over real sockets: the right class, in bounded time, nothing lost.

Each kind in one wire format, plain and streamed; ``benchmarks/faults.py`` has them in all.
"""

import asyncio
import json
import re
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fault_kinds import KINDS, respond_as
from fault_servers import right
from faults import KEY, Cell, ask, cells, is_right
from hostile_server import Answering, Asked, answer, head, served, serving

from toolfuzz.cli import cli
from toolfuzz.core.events import ExchangeRecorded, event_from_json, event_to_line
from toolfuzz.formats import format_names
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile
from toolfuzz.sources import retry
from toolfuzz.sources.pacing import MAX_HOLD

LIMIT = 256 * 1024
CLEAN = check_profile("clean")
HEAVY = {name for name in KINDS if re.match("(arguments|a string|a text) of ", name)} | {
    "12,000 calls",
    "300,000 values",
}
"""Much work for the server; with so low a limit they are what other kinds are."""


def sample(api: str) -> list[tuple[str, str, bool]]:
    """The kinds that it is this format's turn to show, in both modes."""
    names, count = sorted(KINDS.keys() - HEAVY), len(format_names())
    turn = {name: format_names()[n % count] for n, name in enumerate(names)}
    whole = [cell for cell in cells() if cell[1] == api and cell[0] not in HEAVY]
    # Binary messages have no events: those are the usual format's to show.
    return [cell for cell in whole if turn[cell[0]] == api or _missed(cell[0], turn, api)]


def _missed(name: str, turn: dict[str, str], api: str) -> bool:
    return KINDS[name].events and turn[name] == "bedrock-converse" and api == "openai-chat"


@pytest.fixture(scope="module")
def hostile() -> Iterator[Answering]:
    with serving(respond_as) as server:
        yield server


@pytest.mark.parametrize("api", format_names())
async def test_the_matrix(hostile: Answering, api: str) -> None:
    waiting, quick = [], []
    for cell in sample(api):
        (waiting if "Timeout" in KINDS[cell[0]].expect else quick).append(cell)
    # Those that wait do so together, and while nothing else works.
    came = await asyncio.gather(*(ask(hostile.url, *cell, max_reply=LIMIT) for cell in waiting))
    came += [await ask(hostile.url, *cell, max_reply=LIMIT) for cell in quick]
    asked = waiting + quick
    told = {cell: one.told for cell, one in zip(asked, came, strict=True)}
    kept = zip(asked, came, strict=True)
    assert {cell: told[cell] for cell, one in kept if not is_right(KINDS[cell[0]], one)} == {}
    for (name, *_), cell in zip(asked, came, strict=True):
        _is_bounded(name, cell)


def _is_bounded(name: str, cell: Cell) -> None:
    (exchange,) = cell.exchanges
    for attempt in exchange.attempts:
        assert len(attempt.body) <= LIMIT, name
        assert (attempt.retry_after or 0) >= 0, name
    assert all(0 <= pause <= MAX_HOLD for pause in cell.pauses), name
    recorded = ExchangeRecorded(exchange)
    read = event_from_json(json.loads(event_to_line(recorded)))
    assert isinstance(read, ExchangeRecorded), name
    assert [a.body for a in read.exchange.attempts] == [a.body for a in exchange.attempts], name


def test_all_kinds_have_their_turn() -> None:
    shown = Counter(name for api in format_names() for name, _, _ in sample(api))
    assert shown.keys() == KINDS.keys() - HEAVY
    assert len(KINDS) > 60


@pytest.mark.parametrize(
    ("name", "attempts"),
    [("429 for ever", 4), ("425 for ever", 4), ("429 twice, Retry-After: huge", 3), ("no gzip", 1)],
)
async def test_what_is_asked_again(hostile: Answering, name: str, attempts: int) -> None:
    cell = await ask(hostile.url, name, "openai-chat", False, max_reply=LIMIT)
    assert len(cell.exchanges[0].attempts) == attempts


async def test_a_redirect_carries_the_key_nowhere() -> None:
    seen: list[Asked] = []

    async def elsewhere(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        await answer(writer, right(asked))

    with serving(elsewhere) as other:

        async def redirecting(asked: Asked, writer: asyncio.StreamWriter) -> None:
            assert KEY in asked.headers["authorization"]
            writer.write(head(307, 0, location=f"{other.url}{asked.path}"))

        with serving(redirecting) as server:
            cell = await ask(
                server.url, "redirect elsewhere", "openai-chat", False, max_reply=LIMIT
            )
    assert cell.told.startswith("unjudged HTTP 307")
    assert seen == []


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("http://no-such-host.invalid/v1", "the host no-such-host.invalid is not known"),
        ("http://127.0.0.1:{free}/v1", "refused the connection"),
        ("https://127.0.0.1:{tls}/v1", "no safe connection"),
    ],
    ids=["dns", "refused", "untrusted"],
)
def test_what_cannot_be_reached(
    base_url: str, said: str, unused_tcp_port: int, tmp_path: Path
) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    files = ["-nodes", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    subprocess.run([*made, *files, "-subj", "/CN=localhost"], check=True, capture_output=True)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(respond_as, tls) as untrusted:
        ports = {
            "free": unused_tcp_port,
            "tls": untrusted.url.rpartition(":")[2],
        }
        flags = ["--base-url", base_url.format(**ports), "--out", str(tmp_path / "run"), "--quiet"]
        done = CliRunner().invoke(cli, ["run", "-m", "m", "--cases", "2", *flags])
    assert done.exit_code == 4, done.output
    assert said in done.output and "Traceback" not in done.output


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_run_goes_on(stream: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other question meets a kind of its own; the others pass, and nothing is lost."""
    monkeypatch.setattr(retry, "_backoff", lambda state: 0.01)
    slow = [name for name, kind in KINDS.items() if "Timeout" in kind.expect]
    kinds = sorted(n for n in KINDS.keys() - HEAVY - {*slow} if not KINDS[n].events)[::2]
    questions: dict[str, int] = {}

    async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if not asked.body.get("tools"):
            await answer(writer, right(asked))
            return
        number = questions.setdefault(json.dumps(asked.body), len(questions))
        if number % 2 and number // 2 < len(kinds):
            await KINDS[kinds[number // 2]].answer(asked, writer)
        else:
            await answer(writer, served(asked, respond(asked.question, CLEAN, "0")))

    with serving(reply) as server:
        done = CliRunner().invoke(
            cli,
            ["run", "-m", "m", "--base-url", f"{server.url}/v1", "--max-reply", "256KiB",
             "--cases", str(2 * len(kinds)), "--concurrency", "1", "--quiet",
             "--out", str(tmp_path / "run"), *(["--stream"] if stream else [])],
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    (target,) = json.loads((tmp_path / "run/summary.json").read_text())["targets"]
    assert target["given_up"] is None
    assert target["judged"] + target["unjudged"] == 2 * len(kinds)
    assert target["passed"] >= len(kinds)
    lines = (tmp_path / "run/run.jsonl").read_text().splitlines()
    asked = {e["case_id"] for e in map(json.loads, lines) if e["event"] == "exchange-recorded"}
    assert len(asked) == 2 * len(kinds)
    assert re.search("more than 256 KiB", "\n".join(target["unjudged_reasons"]))
