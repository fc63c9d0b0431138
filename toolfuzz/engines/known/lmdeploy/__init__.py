"""LMDeploy: its parsers and its server are pure Python; what computes stays away."""

import ast
from pathlib import Path

from toolfuzz.engines.known import Engine, Wheel


def parsers(release: Path) -> list[str]:
    """Return the names under which the release's parsers are registered."""
    folder = release / "lmdeploy" / "serve" / "parsers" / "tool_parser"
    return sorted(
        {name for path in folder.glob("*.py") for name in _registered(path.read_text("utf-8"))}
    )


def _registered(source: str) -> list[str]:
    return [
        str(constant.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "ToolParserManager.register_module" in ast.unparse(decorator)
        for constant in ast.walk(decorator)
        if isinstance(constant, ast.Constant)
    ]


ENGINE = Engine(
    "LMDeploy",
    Wheel(
        wanted=r"lmdeploy/serve/.*\.py|lmdeploy/(?:messages|tokenizer|utils|\w+_encoding)\.py|"
        r"lmdeploy/pytorch/disagg/.*\.py",
        requirements=(
            "fastapi>=0.115,<1",
            "partial-json-parser>=0.2,<1",
            "pydantic>=2.12,<3",
            "shortuuid>=1,<2",
        ),
        parsers=parsers,
        example="0.18.0",
        # The newest releases are there for Windows alone.
        platform="win_amd64",
    ),
    reads={
        # Read like Qwen's, but which text the model's own template has is not known here.
        "interns2_preview": None,
        # Calls behind <|python_tag|>, which Llama 3's own template has for built-in tools alone.
        "llama3": None,
        "qwen": "qwen25",
        "qwen2d5": "qwen25",
        "qwen3": "qwen25",
        "qwen3coder": "qwen3_coder",
    },
    thinks={
        "deepseek_v32": "deepseek-v32",
        "deepseek_v4": "deepseek-v4",
        **dict.fromkeys(("glm47", "kimi_k2", "qwen", "qwen2d5", "qwen3", "qwen3coder"), "default"),
    },
)
