"""Aphrodite: a fork of vLLM that needs torch as well, so it is used where it is installed."""

from toolfuzz.engines.known import Engine

ENGINE = Engine("Aphrodite", tokens=True)
