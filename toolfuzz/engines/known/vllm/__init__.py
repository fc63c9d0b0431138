"""vLLM: its parsers need torch, so it is used where it is installed."""

from toolfuzz.engines.known import Engine

ENGINE = Engine("vLLM", tokens=True)
