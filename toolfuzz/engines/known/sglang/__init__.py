"""SGLang: its parsers run without torch, so any release's wheel will do."""

import ast
from pathlib import Path

from toolfuzz.engines.known import Engine, Wheel


def parsers(release: Path) -> list[str]:
    """Return the names in the release's registry of parsers."""
    registry = release / "sglang" / "srt" / "function_call" / "function_call_parser.py"
    if not registry.is_file():
        return []
    for node in ast.walk(ast.parse(registry.read_text(encoding="utf-8"))):
        match node:
            case ast.AnnAssign(target=ast.Name(id="ToolCallParserEnum"), value=ast.Dict(keys=keys)):
                return sorted(str(key.value) for key in keys if isinstance(key, ast.Constant))
    return []


ENGINE = Engine(
    "SGLang",
    Wheel(
        # Which of the small parts a release's parsers use differs, so only the large stay away.
        wanted=r"sglang/srt/(?!(?:disaggregation|hardware_backend|layers|lora|mem_cache|"
        r"model_executor|model_loader|models|speculative)/).*\.py",
        requirements=(
            "msgspec>=0.19,<1",
            "openai>=2.8,<4",
            "orjson>=3.10,<4",
            "partial-json-parser>=0.2,<1",
            "pydantic>=2.12,<3",
            "regex",
        ),
        parsers=parsers,
        example="0.5.23",
    ),
    # As its documentation pairs them; deepseek-r1 also reads R1's later releases.
    thinks={
        "cohere_command4": "cohere_command4",
        "deepseekv3": "deepseek-r1",
        "deepseekv31": "deepseek-v3",
        "deepseekv32": "deepseek-v3",
        "deepseekv4": "deepseek-v4",
        "deepseekv41": "deepseek-v41",
        "gemma4": "gemma4",
        "glm": "glm45",
        "glm45": "glm45",
        "glm47": "glm45",
        "gpt_oss": "gpt-oss",
        "kimi_k2": "kimi_k2",
        "kimi_k3": "kimi_k3",
        "minimax_m2": "minimax",
        "minimax_m3": "minimax-m3",
        "mistral": "mistral",
        "qwen": "qwen3",
        "qwen25": "qwen3",
        "qwen3_coder": "qwen3",
    },
)
