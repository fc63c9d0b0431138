import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.formats import reading
from toolfuzz.formats.reading import Notes, body_text, note_no_utf8
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
    assert list(events(text.encode())) == [SseEvent(name, data) for name, data in expected]


_BROKEN = [b"\xff", b"\xe2\x82", b"\xf0\x9f\x8c", b"\xef\xbb\xbf", "\N{SEEDLING}é".encode()]


@given(st.lists(st.sampled_from([b"data: ", b"\n", b"\r\n", b"a", *_BROKEN])), st.integers(4, 9))
def test_what_is_no_utf_8_is_noted_and_replaced_as_in_the_text_as_a_whole(pieces, block):
    body, (whole, parts) = b"".join(pieces), (Notes(), Notes())
    text = body_text(body, whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_BLOCK", block)
        note_no_utf8(body, parts)
    assert parts.all() == whole.all()
    assert list(events(body)) == list(events(text.encode()))


def test_a_long_line_is_held_once():
    body = b"data: " + b"x" * 8_000_000 + b"\n\n"
    tracemalloc.start()
    assert [len(event.data) for event in events(body)] == [8_000_000]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1.1 * len(body)


def test_a_last_event_without_its_blank_line_is_marked():
    assert list(events(b"data: a\n\ndata: b")) == [SseEvent("", "a"), SseEvent("", "b", False)]
    assert list(events(b"data: b\n")) == [SseEvent("", "b", False)]


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
    assert list(events(text.encode())) == [
        SseEvent(name, "\n".join(lines)) for name, lines in written
    ]


def test_reading_is_linear():
    def seconds(lines):
        text = "data: x\n" * lines
        begin = time.process_time()
        assert len(list(events(text.encode()))) == 1
        return time.process_time() - begin

    seconds(1000)
    assert seconds(200_000) < 100 * max(seconds(20_000), 0.002)
