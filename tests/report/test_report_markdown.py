import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_run import HOSTILE, a_run, summary_of

from toolfuzz.core.exchange import TargetKind
from toolfuzz.core.text import printable, shortly
from toolfuzz.report.formats import github, markdown


def tokens(text: str) -> list[Token]:
    """Parse as GitHub does, tables included; inline tokens are flattened in."""
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    return [t for token in parsed for t in (token, *(token.children or ()))]


def rendered(text: str, **options: object) -> str:
    run = a_run(text, **options)  # type: ignore[arg-type]
    return markdown.render(run, summary_of(run))


def test_the_table_has_a_row_a_target() -> None:
    text = rendered("glm", targets=2)
    assert "| `0 glm` | 3 (3 schemas) | 66.7% |" in text
    assert "| `1 glm` | 3 (3 schemas) | 66.7% |" in text
    assert "`string-as-container`" in text and '`{"glm": "glm"}`' in text
    assert "#### Weakest features on `0 glm`" in text


@settings(deadline=None)
@given(st.sampled_from(HOSTILE) | st.text(st.characters(codec=None), max_size=40))
def test_hostile_text_stays_in_code_spans(text: str) -> None:
    found = tokens(rendered(text))
    kinds = {token.type for token in found}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "fence", "code_block"}
    plain = tokens(rendered("plain"))
    structure = [t.type for t in plain if t.type.endswith(("_open", "_close"))]
    assert [t.type for t in found if t.type.endswith(("_open", "_close"))] == structure
    shown = [t.content for t in found if t.type == "code_inline"]
    # A code span of blanks alone keeps them; otherwise it holds the text as it is.
    short = printable(shortly(text))
    assert text.strip() == "" or short in [part.strip(" ") for part in shown] + shown


@pytest.mark.parametrize(
    ("kind", "words"),
    [("simulated", "**Simulated endpoint:"), ("engine", "**Engine parser trial:")],
)
def test_what_was_simulated_is_said(kind: TargetKind, words: str) -> None:
    text = rendered("m", kind=kind)
    assert words in text and f"`m` ({kind}" in text
    assert "imulated" not in rendered("m")


def test_annotations_are_one_line_each_and_at_most_ten() -> None:
    run = a_run(targets=12)
    lines = github.announce(run, summary_of(run)).splitlines()
    assert len(lines) == 10
    assert all(line.startswith("::warning title=string-as-container on ") for line in lines)
    assert "1 case, 33.3%25 of judged replies" in lines[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_starts_no_workflow_command(text: str) -> None:
    run = a_run(text)
    [line] = github.announce(run, summary_of(run)).splitlines()
    title, message = line.removeprefix("::warning title=").split("::", 1)
    assert not set(title) & set(":,\r\n")
    assert "%" not in title.replace("%25", "").replace("%3A", "").replace("%2C", "")
    assert "%" not in message.replace("%25", "")


def test_the_step_summary_is_the_markdown() -> None:
    run = a_run()
    assert github.render(run, summary_of(run)) == markdown.render(run, summary_of(run))
