"""A real Chromium, driven through chromedriver over HTTP (W3C WebDriver)."""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMEDRIVER = shutil.which("chromedriver")
NEEDED = pytest.mark.skipif(
    not (CHROMIUM and CHROMEDRIVER),
    reason="no Chromium with chromedriver here (Debian: chromium chromium-driver)",
)
OVERFLOW = "const e = document.documentElement; return e.scrollWidth - e.clientWidth"
"""By how many pixels a page is wider than its window."""
CONTRAST = """
const parse = (c) => c.match(/[\\d.]+/g).map(Number);
const light = (c) => { const [r, g, b] = parse(c).map((v) => {
  v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ground = (e) => { for (; e; e = e.parentElement) {
  const c = getComputedStyle(e).backgroundColor; const p = parse(c);
  if (p.length < 4 || p[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
const found = {};
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('svg, script, option') || ![...e.childNodes].some(
    (n) => n.nodeType === 3 && n.data.trim())) continue;
  const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) found[`${e.tagName}.${e.className} in ${e.parentElement.className}`] = ratio;
}
return found;
"""
"""Texts that are too pale for their ground (WCAG 2.2, 1.4.3), each with its ratio."""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


class Browser:
    """One window."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client = client
        self._session = session

    def ask(self, method: str, command: str, body: Any = None) -> Any:
        url = f"/session/{self._session}/{command}"
        answer = self._client.request(method, url, json=body if method == "POST" else None)
        value = answer.json()["value"]
        assert answer.status_code == 200, value
        return value

    def devtools(self, command: str, **params: Any) -> Any:
        return self.ask("POST", "goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, page: Path, hash_: str = "") -> None:
        """Load the page afresh."""
        self.ask("POST", "url", {"url": "about:blank"})
        self.ask("POST", "url", {"url": f"{page.as_uri()}{hash_}"})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function and return what it returns."""
        return self.ask("POST", "execute/sync", {"script": script, "args": list(arguments)})

    def size(self, width: int, height: int, *, phone: bool = False) -> None:
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )

    def scheme(self, name: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.devtools("Emulation.setEmulatedMedia", features=features)

    def console(self) -> list[str]:
        """Return what the console said since the last look, the policy's complaints included."""
        return [entry["message"] for entry in self.ask("POST", "se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since the last look."""
        entries = self.ask("POST", "se/log", {"type": "performance"})
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        return [
            m["params"]["request"]["url"]
            for m in messages
            if m["method"] == "Network.requestWillBeSent"
        ]

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.ask("GET", "screenshot")))


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start a browser with a fresh profile; it and its driver end with the block."""
    assert CHROMIUM and CHROMEDRIVER
    driver = subprocess.Popen([CHROMEDRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
    assert driver.stdout is not None
    try:
        port = next(
            found[1]
            for line in driver.stdout
            if (found := re.search(r"successfully on port (\d+)", line))
        )
        wish = {
            "goog:chromeOptions": {
                "binary": CHROMIUM,
                "args": [*FLAGS, f"--user-data-dir={profile}"],
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            made = client.post("/session", json={"capabilities": {"alwaysMatch": wish}}).json()
            session = made["value"].get("sessionId")
            assert session, made
            try:
                yield Browser(client, session)
            finally:
                client.delete(f"/session/{session}")
    finally:
        driver.terminate()
        driver.wait()
        driver.stdout.close()


@pytest.fixture(scope="module", name="browser")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for all tests of a module."""
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def silent(browser: Browser, own: str) -> Iterator[None]:
    """Begin with an empty page; what is done then complains of nothing in the console, and asks for
    no address but ``own`` ones."""
    browser.ask("POST", "url", {"url": "about:blank"})
    browser.console()
    browser.requests()
    browser.size(1280, 900)
    yield
    assert browser.console() == []
    assert [url for url in browser.requests() if not re.match(own, url)] == []


@pytest.fixture(autouse=True)
def quiet(browser: Browser) -> Iterator[None]:
    """No test may leave a complaint in the console or ask for anything but the page."""
    yield from silent(browser, "(file|about|chrome):")
