"""transformers: `transformers serve` and its response templates are pure Python."""

import ast
from pathlib import Path

from toolfuzz.engines.known import Engine, Wheel


def parsers(release: Path) -> list[str]:
    """Return the first type of model of each response template that the server brings along."""
    serving = release / "transformers" / "cli" / "serving" / "utils.py"
    if not serving.is_file():
        return []
    for node in ast.walk(ast.parse(serving.read_text(encoding="utf-8"))):
        match node:
            case ast.Assign(
                targets=[ast.Name(id="_RESPONSE_TEMPLATE_FALLBACKS")], value=ast.Dict(keys=keys)
            ):
                return sorted(ast.literal_eval(key)[0] for key in keys if key is not None)
    return []


ENGINE = Engine(
    "transformers",
    Wheel(
        wanted=r"transformers/(?:_typing|cli/serving/\w+|utils/[a-z]\w+|utils/chat_parsing/\w+)\.py",
        requirements=(
            "fastapi>=0.115,<1",
            "openai>=2.8,<4",
            "packaging",
            "pydantic>=2.12,<3",
            "regex",
            "uvicorn",
        ),
        parsers=parsers,
        example="5.24.0",
    ),
    reads={"qwen2": "qwen25", "qwen3_5": "qwen3_coder"},
    thinks=dict.fromkeys(("gemma4", "qwen2", "qwen3_5"), "response_template"),
)
