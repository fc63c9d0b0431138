"""The blocks of JSON, TOML and YAML are read by what they are for."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from doc_samples import HOME, Sample, params, samples, shows

from toolfuzz.config import load_config
from toolfuzz.evidence.relay.known import read_known
from toolfuzz.simulate.script import load_script

ALL = list(samples())
DATA = [one for one in ALL if one.language in ("json", "toml", "yaml")]
LOADERS = {
    "toolfuzz.toml": lambda path: load_config(path.parent),
    "known.toml": read_known,
    "replies.toml": load_script,
}
"""What reads a file that no command of its page names."""


@pytest.mark.parametrize("sample", params(DATA))
def test_data_is_what_its_language_says(sample: Sample) -> None:
    text = re.sub(r"(?<!\")\{(port|upstream|origin)\}", "0", sample.text)
    if sample.language == "toml":
        assert tomllib.loads(text)
    elif sample.language == "yaml":
        assert yaml.safe_load(text)
    else:
        decoder, left = json.JSONDecoder(), text.strip()
        while left:
            value, end = decoder.raw_decode(left)
            assert value
            left = left[end:].strip()


@pytest.mark.parametrize("sample", params(DATA))
def test_data_is_read_by_what_it_is_for(sample: Sample, tmp_path: Path) -> None:
    """A command of the page names the file (test_doc_samples.py runs it), or it is loaded here."""
    path = tmp_path / sample.file
    if sample.file in LOADERS:
        path.write_text(sample.text, encoding="utf-8")
        assert LOADERS[sample.file](path)
    else:
        shown = [one.text for one in ALL if one.page == sample.page and one.language == "console"]
        assert sample.file
        assert any(sample.file in text for text in shown)


def test_every_block_says_what_it_is() -> None:
    known = {"console", "json", "python", "sql", "text", "toml", "yaml"}
    assert [f"{s}: {s.language!r}" for s in ALL if s.language not in known] == []


@pytest.mark.parametrize("name", ["litellm", "mlflow", "tensorzero", "llm-rosetta"])
def test_a_page_shows_what_gateways_were_tried_with(name: str) -> None:
    """The page's templates are parts of those with which the benchmark tries these gateways."""
    (sample,) = [one for one in DATA if one.file.partition(".")[0] == name]
    (file,) = (HOME / "benchmarks/gateway_configs").glob(f"{name}.*")
    tried = " ".join(file.read_text(encoding="utf-8").split())
    parts = re.findall(r'\w*(?:base|url)\w*"?(?:: | = )"[^"]+"', sample.text)
    assert parts
    assert [part for part in parts if part not in tried] == []


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a  b\nc", "a b c", True),
        ("a … c", "a b c", True),
        ("a\n…\nc", "a\nb\nb\nc", True),
        ("14 of 100", "15 of 100", False),
        ("a … d", "a b c", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_shown_is_compared(expected: str, printed: str, same: bool) -> None:
    assert shows(expected, printed) is same


def test_without_figures_words_are_compared() -> None:
    assert shows("at 02:00, 24 of 1,220 (10.9%)", "at 11:30, 3 of 48 (70.0%)", figures=False)
    assert not shows("24 of 220 failed", "24 of 220 passed", figures=False)
