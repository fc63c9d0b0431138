"""toolfuzz: a tool-calling reliability fuzzer for LLM endpoints.

>>> import toolfuzz
>>> result = toolfuzz.run(models=["sim/glm-4.7"], cases=100)   # doctest: +SKIP
>>> result["targets"][0]["rate"]                                # doctest: +SKIP
0.91
"""

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "arun", "run"]


def __getattr__(name: str) -> Any:
    # The engine pulls in hypothesis and httpx; `toolfuzz --help` must not wait for them.
    if name in {"run", "arun"}:
        from toolfuzz.runs import run as api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
