import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.markdown import code, fenced, sentence
from toolfuzz.core.text import pretty


@given(st.text())
def test_nothing_closes_a_fence(text: str) -> None:
    lines = fenced(text).split("\n")
    fence = lines[0]
    assert lines[-1] == fence
    assert not any(re.match(rf"\s*{fence}", line) for line in lines[1:-1])


@given(st.text(min_size=1))
def test_nothing_leaves_a_code_span(text: str) -> None:
    shown = code(text)
    tick = re.match(r"`+", shown)
    assert tick is not None
    assert tick.group() not in shown[len(tick.group()) : -len(tick.group())].replace(
        f" {'`' * (len(tick.group()) - 1)} ", ""
    )
    assert "\n" not in shown


@pytest.mark.parametrize(
    "text", ["<img src=x>", "@someone", "[x](javascript:alert(1))", "a|b", "# heading", "**bold**",
             "https://h.test", "www.h.test"],
)  # fmt: skip
def test_a_sentence_is_only_text(text: str) -> None:
    shown = sentence(text)
    assert "<" not in shown
    assert not re.search(r"(?<!\\)[*_\[\]#|`]", shown)
    assert not re.search(r"@\w|://|www\.\w", shown)


VALUES = st.recursive(
    st.none() | st.text(), lambda some: st.lists(some) | st.dictionaries(st.text(), some)
)


@given(VALUES)
def test_json_in_a_fence_can_be_pasted(value: Any) -> None:
    *_, body = fenced(pretty(value), "json").split("\n", 1)
    assert json.loads(body.rpartition("\n")[0]) == value
