"""vLLM: its parsers need torch, so it is used where it is installed."""

from toolfuzz.engines.known import Engine

ENGINE = Engine(
    "vLLM",
    tokens=True,
    # As its documentation pairs them.
    thinks={
        "deepseek_v3": "deepseek_r1",
        "deepseek_v31": "deepseek_v3",
        "deepseek_v32": "deepseek_v3",
        "deepseek_v4": "deepseek_v4",
        "deepseek_v41": "deepseek_v41",
        "gemma4": "gemma4",
        "glm45": "glm45",
        "glm47": "glm47",
        "hermes": "qwen3",
        "kimi_k2": "kimi_k2",
        "kimi_k3": "kimi_k3",
        "minimax_m2": "minimax_m2",
        "mistral": "mistral",
        "qwen3_coder": "qwen3",
        "qwen3_xml": "qwen3",
    },
)
