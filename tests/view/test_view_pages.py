"""The pages over HTTP: what stands on them, and who gets nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import needs
import pytest
from click.testing import CliRunner
from html_run import events_of
from viewing import a_journal, viewing

from toolfuzz.cli import cli
from toolfuzz.core.events import ExchangeRecorded, RunStarted, UpstreamAnswered
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.reading import load_run
from toolfuzz.view.rows import Rows
from toolfuzz.view.shelf import Shelf

DAY = 86_400.0


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOOLFUZZ_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs, one of them deeper, one that can't be read, and one that is outside."""
    root = tmp_path_factory.mktemp("view") / "runs"
    a_journal(root / "monday", cases=12)
    a_journal(root / "friday", cases=12, failing=3, started=1_763_856_000.0 + 4 * DAY)
    a_journal(root / "watch" / "0001", cases=6, models=("model-b",))
    a_journal(root / "watch" / "0001" / "minimize" / "x")
    (root / "broken").mkdir()
    (root / "broken" / "run.jsonl").write_text("no journal\n")
    outside = a_journal(root.parent / "outside")
    if os.name != "nt":  # where links need a right of their own
        (root / "link").symlink_to(outside)
    return root


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    with viewing(root) as address:
        while "still to be read" in get(address).text:
            pass
        yield address


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False, timeout=60)


def links(page: str, part: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', page) if part in href]


def test_the_list_has_every_run_the_latest_first(address: str) -> None:
    page = get(address).text
    names = re.findall(r'<input type="checkbox" name="run" value="([^"]*)"', page)
    assert names[:2] == ["broken", "friday"]
    assert sorted(names) == ["broken", "friday", "monday", "watch/0001"]
    assert "no journal" not in page
    assert "can't be read" in page.replace("&#39;", "'")
    assert page.count("<figure") == 2  # each model has been asked twice or more


def test_a_model_leaves_its_runs(address: str) -> None:
    page = get(f"{address}?model=model-a").text
    assert "watch/0001" not in page
    assert 'value="monday"' in page
    assert page.count("<figure") == 1


def test_a_run_leads_to_each_of_its_failures(address: str, root: Path) -> None:
    page = get(f"{address}run/friday").text
    failures = links(page, "/failure/")
    assert len(failures) == 6
    origin = address.rpartition("/key")[0]
    for n, href in enumerate(failures):
        shown = get(f"{origin}{href}").text
        assert f"failure {n + 1} of 6" in shown
        around = [failures[at] for at in (n - 1, n + 1) if 0 <= at < 6]
        assert [link for link in links(shown, "/failure/") if link != href] == around
    raw = get(f"{origin}{failures[0].replace('/failure/', '/raw/')}")
    kept = load_run(root / "friday", keep_exchanges=True).exchanges.values()
    assert raw.content in [e.last.body for asked in kept for e in asked]
    assert raw.headers["content-disposition"].startswith("attachment")


def test_what_a_failure_shows(address: str) -> None:
    (href, *_) = links(get(f"{address}run/monday").text, "/failure/")
    page = get(f"{address.rpartition('/key')[0]}{href}").text
    for part in ("<h1>object-as-json-string</h1>", "(note: string)", "expected", "curl -sS"):
        assert part in unescape(page), part
    assert 'id="defect-object-as-json-string"' in page


def test_both_sides_of_a_gateway(tmp_path: Path) -> None:
    started, *events = events_of(cases=6)
    assert isinstance(started, RunStarted)
    tried = replace(started, settings={**started.settings, "trial": {"subject": "made"}})
    with Journal(tmp_path / "tried") as journal:
        journal.append([tried])
        for event in events:
            journal.append([event])
            if isinstance(event, ExchangeRecorded):
                journal.append([UpstreamAnswered("anthropic-messages", event.exchange)])
    with viewing(tmp_path) as address:
        (href, *_) = links(get(f"{address}run/tried").text, "/failure/")
        page = get(f"{address.rpartition('/key')[0]}{href}").text
    assert "Upstream of the gateway" in page
    assert "anthropic-messages · status 200" in page


def test_the_reports_own_pages(address: str) -> None:
    assert "Schema features" in get(f"{address}report/monday").text
    page = get(f"{address}compare?run=monday&run=friday").text
    assert "Models side by side" in page
    assert "model-b (friday)" in page


@pytest.mark.parametrize("said", ["", "?case=x", "?case=x&target=model-b&stream=0&repeat=99999999"])
def test_no_such_reply(address: str, said: str) -> None:
    for page in ("failure", "raw"):
        answer = get(f"{address}{page}/monday{said}")
        assert answer.status_code == 404
        assert "the run has no such reply" in answer.text


def test_a_reply_that_did_not_fail(address: str, root: Path) -> None:
    right = next(v for v in load_run(root / "monday").verdicts if v.status == "pass")
    said = f"?case={right.case_id}&target={right.target}&stream={int(right.stream)}&repeat=0"
    assert "this reply did not fail" in get(f"{address}failure/monday{said}").text
    assert get(f"{address}raw/monday{said}").status_code == 200


@pytest.mark.parametrize("query", ["", "run=monday", "run=monday&run=monday", "run=monday&run=x"])
def test_too_few_to_compare(address: str, query: str) -> None:
    answer = get(f"{address}compare?{query}")
    assert answer.status_code == 404
    assert "were chosen" in answer.text or "no run" in answer.text


@pytest.mark.parametrize(
    "name",
    ["..%2foutside", "../outside", "%2e%2e/outside", "link", "/etc", "watch/0001/minimize/x", "",
     "monday/../../outside", "monday%00"],
)  # fmt: skip
def test_no_address_leads_out_of_the_folder(address: str, name: str) -> None:
    port = httpx.URL(address).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(
            f"GET /key/run/{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        said = b"".join(iter(lambda: raw.recv(65536), b""))
    assert said.startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(
    "path", ["", "run/monday", "report/monday", "style.css", "live.js", "run/x"]
)
def test_every_answer_keeps_others_out(address: str, path: str) -> None:
    answer = get(f"{address}{path}")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("frame-ancestors 'none'")
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in answer.headers if name.startswith("access-control")]
    if not path.startswith("report"):
        assert not re.search(r"<script>|<style>| style=| onclick=", answer.text)


def test_who_gets_nothing(address: str) -> None:
    port = httpx.URL(address).port
    assert get(address, host=f"localhost:{port}").status_code == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil"):
        assert get(address, host=host).status_code == 403
    for site in ("cross-site", "same-site"):
        refused = get(address, **{"sec-fetch-site": site, "sec-fetch-mode": "no-cors"})
        assert refused.status_code == 403
    assert httpx.post(address, trust_env=False).status_code == 405
    assert get(address.replace("/key/", "/other/")).status_code == 404
    assert get(address.replace("/key/", "/")).status_code == 404


def test_a_mistake_of_our_own_is_a_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("toolfuzz.view.app.list_page", lambda *_, **__: 1 / 0)
    with viewing(root) as address:
        answer = get(address)
    assert answer.status_code == 500
    assert "toolfuzz broke: ZeroDivisionError" in answer.text
    assert "Traceback" not in answer.text


def test_a_journal_is_read_once_for_the_list(tmp_path: Path) -> None:
    a_journal(tmp_path / "runs" / "a")
    shelf = Shelf(tmp_path / "runs")
    (found,) = shelf.runs().values()
    first = Rows(shelf)
    assert first.known(found) is None
    made = first.make(found)
    first.keep([found])
    assert Rows(shelf).known(found) == made
    os.utime(found.journal, ns=(1, 1))
    (changed,) = shelf.runs().values()
    assert Rows(shelf).known(changed) is None


def test_a_growing_run_is_read_on(tmp_path: Path) -> None:
    folder = a_journal(tmp_path / "runs" / "a", cases=12)
    journal = folder / "run.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    shelf = Shelf(tmp_path / "runs")
    seen = []
    for count in (1, 7, 20, len(lines)):
        journal.write_bytes(b"".join(lines[:count]) + b'{"event": "torn')
        seen.append(len(shelf.read(shelf.get("a")).verdicts))
    assert seen[0] == 0
    assert seen == sorted(set(seen))
    journal.write_bytes(b"".join(lines))
    run = shelf.read(shelf.get("a"))
    assert run.finished is not None
    assert list(run.verdicts) == list(load_run(folder).verdicts)


def start(folder: Path, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "toolfuzz", "view", folder, *args]
    return subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@needs.signals
def test_the_command_until_ctrl_c(root: Path) -> None:
    with start(root, "--port", 0) as process:
        assert process.stdout is not None
        assert str(root) in process.stdout.readline()
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{16}/", address)
        assert "Runs in" in get(address).text
        port = address.split(":")[2].partition("/")[0]
        done = CliRunner().invoke(cli, ["view", str(root), "--port", port])
        assert done.exit_code == 2
        assert f"port {port}: Address already in use" in done.output
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0] == "interrupted\n"
    assert process.returncode == 130


def test_a_folder_that_is_none() -> None:
    done = CliRunner().invoke(cli, ["view", "nowhere"])
    assert done.exit_code == 2
    assert "no folder nowhere" in done.output


def test_a_folder_without_runs(tmp_path: Path) -> None:
    with viewing(tmp_path) as address:
        page: Any = get(address).text
        assert "There is no run here yet." in page
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "run.jsonl").write_text(json.dumps({"event": "x"}) + "\n")
        assert 'value="a"' in get(address).text
