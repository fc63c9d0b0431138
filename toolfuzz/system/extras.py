"""What an install without extras leaves out: said before anything is asked, never in the middle."""

from importlib.util import find_spec

from toolfuzz.core.errors import UsageError

__all__ = ["require"]

_PACKAGES = {"server": ("starlette", "uvicorn", "httptools"), "parquet": ("pyarrow",)}
"""What is imported of an extra (see pyproject.toml)."""


def require(extra: str, wanted: str) -> None:
    """Raise UsageError where an extra is not installed that what is ``wanted`` needs."""
    missing = [name for name in _PACKAGES[extra] if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"{wanted} needs {' and '.join(missing)}, not in this install",
            f"pip install 'toolfuzz[{extra}]'",
        )
