import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from html_run import MODELS, a_run, events_of
from report_run import HOSTILE

from toolfuzz.analyze.compare import compare, conclude
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.events import CaseDrawn, RunFinished, VerdictReached
from toolfuzz.report.formats import report_format
from toolfuzz.report.html import render_comparison
from toolfuzz.report.html.failed import FAILURES_LIMIT

TAGS = """
    a abbr b body br button caption code dd del details div dl dt figcaption figure form h1 h2 h3 h4
    head header html i input ins label li main meta nav ol option output p polyline pre rect script
    section select small span strong style summary svg table tbody td text th thead title tr ul
"""
EVIL = [
    *HOSTILE,
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "</pre></details><a href=javascript:alert(1) onclick=alert(1)>x</a>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %} {# x",
    "<!-- ]]> &#x202e; \u2028 \u0000 \u202e\u2066",
]


class Page(HTMLParser):
    """What stands in a page, checked while it is read: only known tags, nothing that acts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._raw = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS.split(), tag
        found = {name: value or "" for name, value in attrs}
        assert not [name for name in found if name.startswith("on") or name in ("src", "style")]
        if "href" in found:
            assert re.match(r"#|https://github\.com/[\w./-]+/issues/\d+$", found["href"])
        self.tags.append((tag, found))
        self._raw = tag if tag in ("script", "style") else ""

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""
        if tag in ("td", "th", "small"):
            self.text.append(" ")

    def of(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            found
            for name, found in self.tags
            if name == tag and all(found.get(k.rstrip("_")) == v for k, v in wanted.items())
        ]

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def html_of(run: RunData) -> str:
    made = report_format("html").render(run, summarize(run))
    assert isinstance(made, str)
    return made


def page_of(run: RunData) -> Page:
    return Page(html_of(run))


@pytest.mark.parametrize("text", EVIL)
def test_hostile_text_is_inert(text: str) -> None:
    html = html_of(a_run(text, models=(f"a {text}", f"b {text}")))
    html.encode()
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", html
    )
    page = Page(html)
    # One script and one style: the page's own, under the policy's hashes.
    assert len(page.of("script")) == len(page.of("style")) == 1
    assert html.count("<script") == html.count("</script") == 1


def test_the_policy_lets_nothing_run_but_the_pages_own_script_and_style() -> None:
    html = html_of(a_run())
    [policy] = Page(html).of("meta", http_equiv="") or [
        m for m in Page(html).of("meta") if m.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = policy["content"]
    assert rules.startswith("default-src 'none'; ") and "unsafe" not in rules
    for tag in ("script", "style"):
        found = re.search(f"<{tag}>(.*)</{tag}>", html, re.DOTALL)
        assert found
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in rules


def test_a_failure_can_be_looked_into() -> None:
    page = page_of(a_run("weird"))
    failures = page.of("details", class_="failure")
    assert [f["data-defect"] for f in failures] == ["object-as-json-string", "whitespace-stripped"]
    assert [f["data-mode"] for f in failures] == ["plain", "stream"]
    assert {f["data-model"] for f in failures} == {"model-b"}
    words = page.words
    for part in (
        "Call 1: tool_0",
        '"note": "weird 0"',
        '"note": "weird"',
        "shape weird",
        "message weird",
        "Status 200",
        "curl -sS http://h.test/v1/chat/completions",
        "data: [DONE]",
        "other calls, without an error",
    ):
        assert part in words, part
    labels = [found["data-label"] for found in page.of("span", class_="chunk")]
    assert len(labels) == 3 and labels[1].startswith("2 · 81 ms · ")


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    page = page_of(a_run(cases=24))
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(ids) == len(set(ids))
    links = [a["href"] for a in page.of("a") if a["href"].startswith("#")]
    assert {link[1:] for link in links} <= set(ids)


def answer_of(html: str) -> str:
    return Page(html[html.index('<section class="answer') :].partition("</section>")[0]).words


def test_the_page_begins_with_the_sentence_that_decides_and_an_example() -> None:
    html = html_of(a_run(cases=120))
    assert html.index('<section class="answer bad"') < html.index("<table")
    said = answer_of(html)
    assert said.startswith("model-b is 40.0 points worse than model-a (")
    assert ") , mostly" not in said and "should have been" in said and "came as" in said
    few = html_of(a_run(failing=0))
    assert '<section class="answer unsure"' in few and "example" not in answer_of(few)
    assert answer_of(few).startswith("model-a and model-b can't be told apart: both got all 5")


def test_models_that_fail_stand_first_and_all_axes_begin_at_nothing() -> None:
    html = html_of(a_run(cases=120))
    rows = html[html.index('<table class="models">') :]
    assert rows.index("model-b") < rows.index("model-a")
    assert html.count("<span>0%</span><span>100%</span>") == 1
    assert re.search(r'class="n rate bad" data-after="right">60.0%', html)


def test_headings_do_not_skip_into_nothing_and_tables_have_captions() -> None:
    page = page_of(a_run())
    assert len(page.of("h1")) == 1
    assert len(page.of("caption")) == len(page.of("table"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert all(b - a <= 2 for a, b in pairwise(levels))


@pytest.mark.parametrize(
    ("kind", "model", "says"),
    [
        ("simulated", "sim/x", "Simulated endpoint: no model was asked, its faults are planted."),
        (
            "engine",
            "engine/vllm@0.9:hermes",
            "Engine parser trial: perfect model text, real vllm@0.9:hermes parser.",
        ),
    ],
)
def test_what_was_not_real_is_said_once_on_top(kind: str, model: str, says: str) -> None:
    run = a_run(kind=kind, models=(model,))  # type: ignore[arg-type]
    page = page_of(run)
    assert says in page.words
    html = html_of(run)
    assert html.count(says) == 1 and html.index(says) < html.index("<table")
    assert not page.of("i", class_="tag")
    assert ("Simulated: " in page.words) == (kind == "simulated")


def test_where_some_were_real_the_others_are_marked_wherever_they_stand() -> None:
    run = a_run(cases=24)
    simulated = replace(run.started.targets[1], kind="simulated")
    run = replace(run, started=replace(run.started, targets=(run.started.targets[0], simulated)))
    html = html_of(run)
    marked = re.findall(r'>(\S+) <i class="tag">simulated</i>', html)
    assert set(marked) == {"model-b"} and len(marked) > 5
    assert "This holds for model-b." in Page(html).words


def test_a_real_endpoint_has_no_such_label() -> None:
    page = page_of(a_run())
    assert not page.of("i", class_="tag") and not page.of("p", class_="notice")


def test_unjudged_answers_stand_apart_with_their_reasons() -> None:
    assert "model-a 1 why plain" in page_of(a_run()).words


def test_cost_is_unknown_where_no_price_is() -> None:
    assert "600 60 unknown unknown" in page_of(a_run()).words


def test_a_long_body_loses_its_middle_and_says_so() -> None:
    page = page_of(a_run(pad=30_000))
    gaps = [found["data-label"] for found in page.of("span", class_="gap")]
    assert len(gaps) == 2 and re.fullmatch(r"1\d,\d{3} bytes left out", gaps[0])
    assert "data: [DONE]" in page.words


def test_bytes_that_are_no_text_are_spelled_and_split_characters_joined() -> None:
    euro = "€".encode()
    html = html_of(a_run(body=[b"\xff\x00 " + euro[:1], euro[1:] + b" end"]))
    assert '<span class="ctl">\\xff</span><span class="ctl">\\x00</span> ' in html
    assert "€ end" in html


def test_passing_exchanges_are_left_out() -> None:
    run = a_run("inside", failing=0)
    assert run.exchanges and "chat.completion" not in html_of(run)


def test_a_run_without_exchanges_says_so() -> None:
    page = page_of(a_run(keep_exchanges=False))
    assert page.words.count("The exchange was not kept.") == 2


def test_an_address_that_is_not_known_any_more_is_asked_elsewhere_or_left_out() -> None:
    run = a_run(models=("gone/model",))
    run.started.settings.clear()
    assert "First: serve gone/model at port 8000" in page_of(run).words
    run.started.settings["base_url"] = "none of ours"
    assert "The address is no longer known" in page_of(run).words


@pytest.fixture(scope="module")
def big() -> str:
    """The page of 10,000 exchanges, 4,167 of them failures of two causes, 20 kB a body."""
    return html_of(a_run("text", cases=5000, failing=5, pad=20_000))


def test_ten_thousand_exchanges_make_a_page_that_can_be_sent(big: str) -> None:
    assert len(big.encode()) < 15_000_000


def test_more_failures_than_a_page_holds_are_counted_under_their_causes(big: str) -> None:
    page = Page(big)
    assert len(page.of("details", class_="failure")) == FAILURES_LIMIT
    assert f"4167 calls failed; {FAILURES_LIMIT} of them are shown in full." in page.words
    half = FAILURES_LIMIT // 2
    assert f"model-b 2500 2500 {half}" in page.words and f"model-b 1667 1667 {half}" in page.words


def test_names_and_reasons_without_measure_stay_within_the_page() -> None:
    run = a_run("\x00k" * 50_000, cases=12)
    assert len(html_of(run)) < 1_500_000
    run = a_run(cases=600)
    lost = [replace(v, status="unjudged", reason=f"{n} {'x' * 5000}", findings=())
            for n, v in enumerate(run.verdicts)]  # fmt: skip
    drawn, said = map(CaseDrawn, run.cases.values()), map(VerdictReached, lost)
    html = html_of(collect([run.started, *drawn, *said, RunFinished(1_763_856_060.0)]))
    assert len(html) < 500_000
    assert "560 rarer reasons are left out." in Page(html).words


def test_the_decision_of_a_check_comes_first() -> None:
    run = a_run()
    check = {"outcome": "FAIL", "reason": "FAIL: 4 worse, <b>1</b> better"}
    check |= {"candidate": "<i>new", "baseline": "old"}
    summary = {**summarize(run), "check": check}
    made = str(report_format("html").render(run, {**summary, "conclusion": conclude(run, summary)}))
    assert answer_of(made).startswith("FAIL <i>new may not replace old: ")
    assert "Why FAIL 4 worse, <b>1</b> better" in Page(made).words


def test_what_client_code_gets_is_shown_where_it_is_known() -> None:
    run = a_run()
    summary = summarize(run)
    counts = {"failing": 7, "same": 1, "different": 4, "nothing": 0, "exception": 2}
    counts |= {"failed": 20, "passing": 5, "passing_same": 4}
    summary["targets"][1]["clients"] = [
        {"client": "openai 9.9", **counts, "exceptions": {"JSONDecodeError": 2}}
    ]
    assert (
        "model-b openai 9.9 7 of 20 1 4 0 2JSONDecodeError 2 5 4"
        in Page(str(report_format("html").render(run, summary))).words
    )


def test_several_runs_stand_side_by_side() -> None:
    runs = [("monday", a_run()), ("tuesday", a_run(failing=0))]
    comparison = compare(runs)
    page = Page(render_comparison(comparison, runs))
    for run, _ in runs:
        for model in MODELS:
            assert f"{model} ({run})" in page.words
    assert "Differences in percentage points" in page.words
    assert {f["data-model"] for f in page.of("details", class_="failure")} == {"model-b (monday)"}
    left_out = Page(render_comparison({**comparison, "left_out": ["friday"]}, runs))
    assert "friday" in left_out.words


def test_the_same_run_gives_the_same_page() -> None:
    assert html_of(a_run()) == html_of(a_run())


def test_nothing_judged_is_a_page_too() -> None:
    run = a_run(cases=0)
    assert "Nothing of model-a could be judged; nothing of model-b" in page_of(run).words


def test_arguments_as_a_whole_are_never_expected_to_be_null() -> None:
    """Of what is wrong with all of them no expected value was noted."""
    events = events_of()
    for place, event in enumerate(events):
        if isinstance(event, VerdictReached):
            found = tuple(replace(f, pointer="", expected=None) for f in event.verdict.findings)
            events[place] = VerdictReached(replace(event.verdict, findings=found))
    run = collect(events, keep_exchanges=True)
    example = summarize(run)["targets"][1]["defects"]["object-as-json-string"]["example"]
    assert example["known"] is False
    assert "<span>expected</span> <code>null" not in html_of(run)
    assert "should have been" not in html_of(run)
