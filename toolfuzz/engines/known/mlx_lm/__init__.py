"""mlx-lm: its server and parsers are pure Python; what computes on Apple's chips stays away."""

from pathlib import Path

from toolfuzz.engines.known import Engine, Wheel


def parsers(release: Path) -> list[str]:
    """Return the names of the release's parsers: one file each."""
    folder = release / "mlx_lm" / "tool_parsers"
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


ENGINE = Engine(
    "mlx-lm",
    Wheel(
        wanted=r"mlx_lm/(?!(?:examples|quant|models)/).*\.py|mlx_lm/models/(?:base|cache)\.py",
        requirements=("regex",),
        parsers=parsers,
        example="0.32.2",
    ),
    reads={"json_tools": "qwen25", "mistral": "mistral_v11", "pythonic": "lfm2"},
    thinks=dict.fromkeys(
        ("gemma4", "glm47", "json_tools", "kimi_k2", "kimi_k3", "minimax_m2", "qwen3_coder"),
        "make_text_state_machine",
    ),
)
