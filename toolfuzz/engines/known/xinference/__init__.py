"""Xinference: its parsers and what makes replies of them are pure Python."""

import ast
from pathlib import Path

from toolfuzz.engines.known import Engine, Wheel


def parsers(release: Path) -> list[str]:
    """Return the names under which the release's parsers are registered."""
    folder = release / "xinference" / "model" / "llm" / "tool_parsers"
    return sorted(
        name for path in folder.glob("*.py") for name in _registered(path.read_text("utf-8"))
    )


def _registered(source: str) -> list[str]:
    return [
        str(name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        for name in _argument(decorator)
    ]


def _argument(decorator: ast.expr) -> list[object]:
    match decorator:
        case ast.Call(func=ast.Name(id="register_tool_parser"), args=[ast.Constant(value=name)]):
            return [name]
    return []


ENGINE = Engine(
    "Xinference",
    Wheel(
        wanted=r"xinference/model/llm/(?:utils|reasoning_parser|tool_parsers/\w+)\.py",
        requirements=(),
        parsers=parsers,
        example="4.1.0",
    ),
    reads={
        "deepseek_r1": "deepseekv3",
        "deepseek_v3": "deepseekv3_prompted",
        "deepseek_v3.1": "deepseekv31",
        "deepseek_v3.2": "deepseekv32",
        "deepseek_v4.1": "deepseekv41",
        "gemma": "gemma4",
        "glm4": None,
        "glm5": "glm47",
        "minimax": "minimax_m2",
    },
    thinks=dict.fromkeys(
        (
            "deepseek_r1",
            "deepseek_v3.1",
            "deepseek_v3.2",
            "deepseek_v4",
            "deepseek_v4.1",
            "glm5",
            "minimax",
            "qwen",
            "qwen/qwen3_coder",
        ),
        "ReasoningParser",
    ),
)
