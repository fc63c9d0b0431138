"""The pages in a real Chromium, also while a real run is going on. Skipped where none is."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import CONTRAST, NEEDED, OVERFLOW, Browser, opened, silent
from test_report_html import EVIL
from viewing import a_journal, viewing

from toolfuzz.simulate.process import start

pytestmark = NEEDED
browser = opened
LONG = "sim/a-model-with-a-rather-long-name"
DAY = 86_400.0


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    text = "weird " + "x" * 200
    for number, failing in enumerate((1, 2, 3)):
        a_journal(
            root / f"20251123-101500-run-{number}", text, cases=24, failing=failing,
            kind="simulated", models=(LONG, "sim/model-b"), started=1_763_856_000.0 + number * DAY,
        )  # fmt: skip
    return root


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOOLFUZZ_CACHE", str(tmp_path_factory.mktemp("cache")))
        with viewing(root) as address:
            yield address


@pytest.fixture(autouse=True)
def _quiet(browser: Browser) -> Iterator[None]:
    yield from silent(browser, r"(about|chrome|data):|http://127\.0\.0\.1[:/]")


def go(browser: Browser, url: str) -> None:
    browser.ask("POST", "url", {"url": url})


def until(told: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for what is to become true, and return it."""
    end = time.monotonic() + seconds
    while not (found := told()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def text(browser: Browser, selector: str) -> str:
    return str(browser.run(f"return document.querySelector('{selector}')?.innerText ?? ''"))


def listed(browser: Browser, address: str) -> None:
    go(browser, address)
    until(lambda: "still to be read" not in text(browser, "main"))


def test_ticked_runs_are_compared(browser: Browser, address: str) -> None:
    listed(browser, address)
    assert browser.run("return document.querySelectorAll('.run').length") == 3
    assert browser.run("return document.getElementById('compare').disabled")
    browser.run("for (const n of [0, 2]) document.querySelectorAll('.run input')[n].click()")
    assert text(browser, "#chosen") == "2 chosen"
    browser.run("document.getElementById('compare').click()")
    until(lambda: "compared" in browser.run("return document.title"))
    labels = browser.run("return [...document.querySelectorAll('.models th[scope=row]')].length")
    assert labels == 4


def test_from_the_trend_to_a_failure_and_on(browser: Browser, address: str) -> None:
    listed(browser, address)
    assert browser.run("return document.querySelectorAll('.trend').length") == 2
    browser.run("document.querySelectorAll('.trend a[aria-label]')[0].dispatchEvent("
                "new MouseEvent('click', {bubbles: true, cancelable: true}))")  # fmt: skip
    until(lambda: text(browser, "h1") == "20251123-101500-run-0")
    browser.run("document.querySelector('.replies a').click()")
    until(lambda: text(browser, "h1") == "object-as-json-string")
    assert "failure 1 of 4" in text(browser, ".pages")
    assert browser.run("return document.querySelector('.single .inside').offsetHeight") > 200
    browser.run("document.querySelector('[rel=next]').click()")
    until(lambda: "failure 2 of 4" in text(browser, ".pages"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_text_can_be_read_in_light_and_dark(
    browser: Browser, address: str, scheme: str
) -> None:
    browser.scheme(scheme)
    for page in pages(browser, address):
        go(browser, page)
        browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        ground = browser.run("return getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
        assert browser.run(CONTRAST) == {}
    browser.scheme("light")


def pages(browser: Browser, address: str) -> list[str]:
    """The list, a run and a failure."""
    listed(browser, address)
    run = f"{address}run/20251123-101500-run-2"
    go(browser, run)
    failure = browser.run("return document.querySelector('.replies a').href")
    return [address, run, failure]


def test_a_phone_has_no_sideways_scrolling(browser: Browser, address: str) -> None:
    found = pages(browser, address)
    for width in (320, 390):
        browser.size(width, 844, phone=True)
        for page in found:
            go(browser, page)
            browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            assert browser.run(OVERFLOW) <= 0, page


def test_everything_has_a_name_and_can_be_reached_by_keyboard(
    browser: Browser, address: str
) -> None:
    found = pages(browser, address)
    browser.size(390, 844, phone=True)
    for page in found:
        go(browser, page)
        assert browser.run(
            "return [...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > "
            "e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto' && e.tabIndex < 0)"
            ".length"
        ) == 0  # fmt: skip
        nameless = browser.run(
            "return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, "
            "svg[role=img]')].filter((e) => !(e.ariaLabel || e.closest('label') || "
            "e.textContent.trim())).map((e) => e.outerHTML)"
        )
        assert nameless == []
        assert browser.run("return document.querySelectorAll('h1').length") == 1


@pytest.mark.parametrize("evil", EVIL[:2] + EVIL[-1:], ids=range(3))
def test_hostile_text_does_nothing(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evil: str
) -> None:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path / "cache"))
    for number in range(2):
        models = (f"a {evil}", f"b {evil}")
        a_journal(tmp_path / "runs" / f"{number}", evil, models=models, started=1e9 + number)
    with viewing(tmp_path / "runs") as address:
        listed(browser, address)
        checked(browser)
        go(browser, f"{address}run/1")
        checked(browser)
        go(browser, browser.run("return document.querySelector('.replies a').href"))
        assert text(browser, "h1") == "object-as-json-string"
        checked(browser)


def checked(browser: Browser) -> None:
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run("return document.querySelectorAll('script').length") == 2
    assert browser.run("return document.querySelectorAll('img, iframe, object, base').length") == 0
    assert browser.run(OVERFLOW) <= 0


def test_a_run_that_is_going_on_is_followed(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path / "cache"))
    (tmp_path / "runs").mkdir()
    out = tmp_path / "runs" / "now"
    command = [sys.executable, "-m", "toolfuzz", "run", "-m", "glm-4.7", "--cases", "24"]
    command += ["--concurrency", "3", "--quiet", "--out", str(out)]
    with viewing(tmp_path / "runs") as address, start(latency_ms=500) as simulator:
        go(browser, address)
        assert "There is no run here yet." in text(browser, "main")
        browser.run("window.stayed = true")
        command += ["--base-url", simulator.base_url]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            until(lambda: browser.run("return document.querySelectorAll('.run').length") == 1)
            go(browser, f"{address}run/now")
            until(lambda: "Going on:" in text(browser, ".going"))
            browser.run("window.stayed = true")
            assert "of 24 answers" in text(browser, ".going")
            assert text(browser, ".answer .sentence").startswith("So far: ")
            assert "stopped" not in text(browser, "main")
            done = "return document.querySelector('progress').value"
            first = browser.run(done)
            later = until(lambda: (now := browser.run(done)) > first and now)
            assert later <= 24
            assert process.wait(timeout=60) == 0
        until(lambda: not text(browser, ".going"))
        assert browser.run("return window.stayed")
        judged = browser.run("return document.querySelector('[data-after=judged]').innerText")
        assert judged == "24"
        assert not browser.run("return document.getElementById('main').dataset.live")


def test_a_new_run_appears_and_what_is_ticked_stays(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path / "cache"))
    for number in range(2):
        a_journal(tmp_path / "runs" / f"{number}", started=1e9 + number)
    with viewing(tmp_path / "runs") as address:
        listed(browser, address)
        browser.run("const b = document.querySelector('[value=\"1\"]'); b.click(); b.focus()")
        a_journal(tmp_path / "runs" / "2", started=1e9 + 2)
        until(lambda: browser.run("return document.querySelectorAll('.run').length") == 3)
        assert browser.run("return document.querySelector('[value=\"1\"]').checked")
        assert browser.run("return document.activeElement.value") == "1"
        browser.run("document.querySelector('[value=\"2\"]').click()")
        assert text(browser, "#chosen") == "2 chosen"
