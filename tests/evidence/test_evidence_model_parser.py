"""Which fetched parser stands for a model's family."""

from pathlib import Path

import pytest

from toolfuzz.engines import environment
from toolfuzz.evidence.model_parser import parser_of_model

PARSERS = {"0.5.6": ["glm45", "kimi_k2"], "0.5.10": ["glm45", "glm47", "deepseekv31", "qwen25"]}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    for version, names in PARSERS.items():
        folder = tmp_path / "engines" / "sglang" / version / "sglang" / "srt" / "function_call"
        folder.mkdir(parents=True)
        known = ", ".join(f"{name!r}: object" for name in names)
        text = f"class P:\n    ToolCallParserEnum: dict = {{{known}}}\n"
        (folder / "function_call_parser.py").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("model", "spec"),
    [
        ("glm-4.7", "engine/sglang@0.5.10:glm47"),
        ("z-ai/GLM-4.6", "engine/sglang@0.5.10:glm45"),
        ("moonshotai/Kimi-K2-Instruct", "engine/sglang@0.5.6:kimi_k2"),
        ("deepseek-v3.1-terminus", "engine/sglang@0.5.10:deepseekv31"),
        ("Qwen/Qwen3-32B", "engine/sglang@0.5.10:qwen25"),
        ("Qwen/Qwen3.5-plus", None),
        ("deepseek-v3.2", None),
        ("deepseek-chat", None),
        ("gpt-5", None),
        ("glm-sglang", None),
        ("fault:object-as-json-string", None),
    ],
)
def test_the_newest_release_that_has_the_family(
    model: str, spec: str | None, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "is_built", lambda engine: True)
    assert parser_of_model(model) == spec


def test_nothing_is_built_or_downloaded_for_it(shelf: Path) -> None:
    assert not environment.is_built("sglang")
    assert parser_of_model("glm-4.7") is None
    assert not environment.is_built("sglang")


def test_without_a_release_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    monkeypatch.setattr(environment, "is_built", lambda engine: True)
    assert parser_of_model("glm-4.7") is None
