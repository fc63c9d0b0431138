import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from toolfuzz.report.html.inert import marked, shown, spelled

TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a\\x00b"),
        ("\u202etxt", "\\u202etxt"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff", "\\xff"),
        ("\r\n", "\\x0d\\n"),
        ("\ufeff\u200b\u2066", "\\ufeff\\u200b\\u2066"),
        ("plain – ä 漢字 🙂", "plain – ä 漢字 🙂"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert spelled(text) == shown


@given(TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    left = spelled(text)
    assert not [c for c in left if unicodedata.category(c) in ("Cc", "Cs")]
    assert not [c for c in left if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLI", "PDI")]
    left.encode()


@given(TEXT)
def test_marked_is_the_spelled_text_once_the_marks_are_gone(text: str) -> None:
    bare = marked(text).replace(Markup('<span class="ctl">'), "").replace(Markup("</span>"), "")
    assert bare.replace("\n", "\\n") == escape(spelled(text))


def test_markup_and_numbers_stay_and_long_text_is_clipped() -> None:
    assert shown(7) == 7
    assert shown(Markup("<b>\x00</b>")) == Markup("<b>\x00</b>")
    assert shown("a\x00" * 1500).endswith("… (1,000 characters more)")
