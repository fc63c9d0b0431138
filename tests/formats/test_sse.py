import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.formats import sse
from toolfuzz.formats.sse import SseEvent, events


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("data: a\n\n", [("", "a")]),
        ("data:a\n\n", [("", "a")]),
        ("data:  a\n\n", [("", " a")]),
        ("data: a\r\n\r\n", [("", "a")]),
        ("data: a\r\r", [("", "a")]),
        ("\ufeffdata: a\n\n", [("", "a")]),
        ("data: a\ndata: b\n\n", [("", "a\nb")]),
        ("data\n\n", [("", "")]),
        ("event: x\ndata: a\n\ndata: b\n\n", [("x", "a"), ("", "b")]),
        (": comment\n\ndata: a\n\n", [("", "a")]),
        ("id: 1\nretry: 5\ndata: a\n\n", [("", "a")]),
        ("event: lonely\n\ndata: a\n\n", [("", "a")]),
        ("data: a:b\n\n", [("", "a:b")]),
        ("data: a\u2028b\x0bc\x85d\n\n", [("", "a\u2028b\x0bc\x85d")]),
        (" data: indented\n\n", []),
    ],
)
def test_whole_events(text, expected):
    assert list(events(text)) == [SseEvent(name, data) for name, data in expected]


@pytest.mark.parametrize("block", range(5))
@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n", "data: a\n\ndata: b\n\n\n", "data: abc", "a\nb"]
)
def test_lines_are_cut_where_they_end_whatever_the_block(monkeypatch, text, block):
    whole = list(events(text))
    monkeypatch.setattr(sse, "_BLOCK", block)
    assert list(events(text)) == whole


def test_a_last_event_without_its_blank_line_is_marked():
    assert list(events("data: a\n\ndata: b")) == [SseEvent("", "a"), SseEvent("", "b", False)]
    assert list(events("data: b\n")) == [SseEvent("", "b", False)]


_LINE = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=8)


@given(
    st.lists(
        st.tuples(_LINE.map(lambda s: s.lstrip(" ")), st.lists(_LINE, min_size=1)), max_size=5
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_is_written_is_read(written, end):
    text = "".join(
        f"event: {name}{end}" + "".join(f"data: {line}{end}" for line in lines) + end
        for name, lines in written
    )
    assert list(events(text)) == [SseEvent(name, "\n".join(lines)) for name, lines in written]


def test_reading_is_linear():
    def seconds(lines):
        text = "data: x\n" * lines
        begin = time.process_time()
        assert len(list(events(text))) == 1
        return time.process_time() - begin

    seconds(1000)
    assert seconds(200_000) < 100 * max(seconds(20_000), 0.002)
