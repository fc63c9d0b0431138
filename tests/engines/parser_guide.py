"""Runs a test of docs/parsers.md against an unpacked release, whose reader stubs its imports.

Started as ``parser_guide.py ENGINE VERSION OLD NEW``: the page's code that imports the engine is
run with OLD replaced by NEW, and then its test. How that ends, it ends.
"""

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings

import toolfuzz.engines
from toolfuzz.engines import environment, store
from toolfuzz.engines.known import engine

_ENGINES = Path(toolfuzz.engines.__file__).parent
_GUIDE = _ENGINES.parents[1] / "docs" / "parsers.md"
_QUICK = settings(
    max_examples=40,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def main(name: str, version: str, old: str, new: str) -> None:
    """Make the release importable, run the code, and then its test."""
    python = environment.parser_python(name)
    libraries = next(python.parents[1].glob("lib/python*/site-packages"))
    sys.path += [str(_ENGINES / "worker"), str(libraries)]
    spec = importlib.util.spec_from_file_location("reader", engine(name).reader)
    assert spec is not None and spec.loader is not None
    reader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reader)
    reader.load(str(store.fetch(name, version)))
    blocks = re.findall(r"```python\n(.*?)```", _GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if f"from {name.replace('-', '_')}." in block)
    assert old in code
    defined: dict[str, Any] = {}
    exec(code.replace(old, new), defined)
    (test,) = (made for named, made in defined.items() if named.startswith("test_"))
    _QUICK(test)()


if __name__ == "__main__":
    main(*sys.argv[1:])
