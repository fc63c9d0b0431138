"""The page in a real Chromium. Skipped where none is installed."""

import re
from pathlib import Path
from typing import Any

import pytest
from browser import CONTRAST, NEEDED, OVERFLOW, Browser, opened, quiet
from html_run import a_run
from monitor_run import a_result
from test_report_html import EVIL, html_of

from toolfuzz.report.html.monitor import render_monitor

pytestmark = NEEDED
browser, _quiet = opened, quiet

VISIBLE = "return document.querySelectorAll('#list > .failure:not([hidden])').length"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight failures of two defects on one of two models, simulated, with long names."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    names = ("sim/a-model-with-a-rather-long-name", "sim/model-b")
    run = a_run("weird " + "x" * 200, cases=24, kind="simulated", models=names)
    path.write_text(html_of(run), encoding="utf-8")
    return path


def choose(browser: Browser, **values: str) -> int:
    """Set filters as a person does and return how many failures are left."""
    script = """
    const [values, done] = arguments;
    const form = document.getElementById('filters');
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    form.dispatchEvent(new Event('input', {bubbles: true}));
    setTimeout(() => done(document.querySelectorAll('#list > .failure:not([hidden])').length), 300);
    """
    found = browser.ask("POST", "execute/async", {"script": script, "args": [values]})
    assert isinstance(found, int)
    return found


def test_a_request_and_a_complaint_would_be_seen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<img src='http://127.0.0.1:9/x.png'><script>throw 1</script>")
    browser.open(path)
    assert "http://127.0.0.1:9/x.png" in browser.requests()
    assert any("Uncaught" in line for line in browser.console())


def test_it_renders(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run("return document.title").startswith("Simulated: ")
    assert browser.run("return document.querySelector('.notice').innerText").startswith("Simulated")
    assert browser.run(VISIBLE) == 8
    assert browser.run("return document.querySelectorAll('svg.interval').length") == 2
    wide = "return document.querySelector('svg.interval .range').getBoundingClientRect().width"
    assert browser.run(wide) > 5


def test_filters_and_search_narrow_the_list_and_the_address_says_so(
    browser: Browser, page: Path
) -> None:
    browser.open(page)
    assert choose(browser, defect="object-as-json-string") == 4
    assert browser.run("return location.hash") == "#defect=object-as-json-string"
    assert choose(browser, defect="", mode="stream") == 4
    assert choose(browser, mode="", probe="echo") == 4
    assert choose(browser, probe="", q="tool_13") == 1
    assert choose(browser, q="CHAT.COMPLETION.chunk weird") == 4
    assert choose(browser, q="nowhere to be found") == 0
    assert browser.run("return !document.getElementById('none').hidden")
    assert browser.run("return document.getElementById('matches').value") == "0 of 8"
    browser.run("document.querySelector('#filters [type=reset]').click()")
    assert choose(browser) == 8


def test_an_address_brings_back_filters(browser: Browser, page: Path) -> None:
    browser.open(page, "#defect=whitespace-stripped&q=tool_1")
    assert browser.run(VISIBLE) == 3
    assert browser.run("return document.querySelector('[name=q]').value") == "tool_1"
    browser.open(page, "#defect=unheard-of")
    assert browser.run(VISIBLE) == 8


def test_a_cell_of_a_heat_map_leads_to_its_failures(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('#defects td a').click()")
    browser.run("return 0")
    assert browser.run(VISIBLE) == 4
    assert "model=sim" in browser.run("return location.hash")


@pytest.mark.parametrize("script", [True, False])
def test_a_link_to_a_failure_opens_it(browser: Browser, page: Path, script: bool) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=not script)
    try:
        browser.open(page, "")
        anchor = re.findall(r'class="inside" id="([^"]+)"', page.read_text())[3]
        browser.open(page, f"#{anchor}")
        opened = browser.ask("POST", "elements", {"using": "css selector", "value": "[open] > div"})
        ids = [browser.ask("GET", f"element/{next(iter(e.values()))}/attribute/id") for e in opened]
        assert anchor in ids
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


def test_without_javascript_everything_is_there(browser: Browser, page: Path) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page)

        def shown(selector: str) -> list[bool]:
            found = browser.ask("POST", "elements", {"using": "css selector", "value": selector})
            return [
                browser.ask("GET", f"element/{next(iter(e.values()))}/displayed") for e in found
            ]

        assert shown(".failure > summary") == [True] * 8
        assert shown("#filters") == shown("#theme") == [False]
        assert all(shown("svg.interval"))
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_text_can_be_read_in_light_and_dark(browser: Browser, page: Path, scheme: str) -> None:
    browser.scheme(scheme)
    browser.open(page)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert browser.run(CONTRAST) == {}
    browser.run("document.getElementById('theme').click()")
    turned = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert turned != ground
    assert browser.run(CONTRAST) == {}
    browser.run("localStorage.clear()")
    browser.scheme("light")


@pytest.mark.parametrize("width", [320, 375, 768])
def test_a_narrow_screen_has_no_sideways_scrolling(
    browser: Browser, page: Path, width: int
) -> None:
    browser.size(width, 700, phone=True)
    browser.open(page)
    assert browser.run(OVERFLOW) <= 0
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run(OVERFLOW) <= 0


def test_what_scrolls_can_be_reached_by_keyboard(browser: Browser, page: Path) -> None:
    browser.size(375, 700, phone=True)
    browser.open(page)
    unreachable: Any = browser.run(
        "return [...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > "
        "e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto' && e.tabIndex < 0).length"
    )
    assert unreachable == 0


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_does_nothing(browser: Browser, tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(a_run(text, models=(f"a {text}", f"b {text}"))), encoding="utf-8")
    browser.open(path)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    browser.run("document.querySelectorAll('#failures a').forEach((a) => { a.click(); })")
    assert browser.run("return document.querySelectorAll('script').length") == 1
    assert browser.run("return document.querySelectorAll('img, iframe, object, base').length") == 0
    assert browser.run(OVERFLOW) <= 0
    model = browser.run("return document.querySelector('.failure').dataset.model")
    assert choose(browser, model=model) == 2
    assert browser.run("return location.pathname").endswith("report.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_monitor(browser: Browser, tmp_path: Path, scheme: str) -> None:
    path = tmp_path / "monitor.html"
    path.write_text(render_monitor(a_result(f"weird {EVIL[0]}", days=9)), encoding="utf-8")
    browser.scheme(scheme)
    browser.open(path)
    assert browser.run(CONTRAST) == {}
    level, alarm = (
        f"return getComputedStyle(document.querySelector('.chart .{kind}')).fill"
        for kind in ("bin", "alarm")
    )
    assert browser.run(level) != browser.run(alarm)
    browser.size(320, 700, phone=True)
    browser.open(path)
    assert browser.run(OVERFLOW) <= 0
    browser.run("document.getElementById('theme').click()")
    assert browser.run(CONTRAST) == {}
    browser.run("localStorage.clear()")
    browser.scheme("light")


def test_a_big_page_stays_usable(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    run = a_run("text", cases=1200, failing=5, pad=20_000)
    path.write_text(html_of(run), encoding="utf-8")
    browser.open(path)
    assert choose(browser, q="tool_7") > 0
    milliseconds = browser.run(
        "const began = performance.now(); const q = document.querySelector('[name=q]');"
        "q.value = 'data: [done]'; q.dispatchEvent(new Event('input', {bubbles: true}));"
        "document.body.offsetHeight; return performance.now() - began"
    )
    assert milliseconds < 5000
