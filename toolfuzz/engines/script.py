"""A script that shows what a parser does, against the engine alone: no toolfuzz, no server.

Each engine that can be driven so has a ``script.py.j2`` beside its reader; the frame that all of
them share is ``known/script.py.j2``.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.text import printable
from toolfuzz.engines.known import Engine
from toolfuzz.engines.process import without_secrets
from toolfuzz.system.children import leashed

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Asked", "Ran", "run_script", "script"]

_WIDTH = 96
# Importing an engine's wire types takes seconds on a busy machine.
_MOST_SECONDS = 120.0
_GOT = re.compile(r"^got: +(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is put to a parser: the tools in OpenAI's shape, the text (or its increments), and what
    is right: ``{"content": …, "calls": [[name, arguments], …]}``.
    """

    tools: Json
    pieces: str | Sequence[str]
    expected: JsonObject

    def literals(self) -> dict[str, str]:
        """Return its parts as Python."""
        pieces = self.pieces if isinstance(self.pieces, str) else list(self.pieces)
        return {
            "tools": _literal(self.tools),
            "pieces": _literal(pieces),
            "expected": _literal(self.expected),
        }


@dataclass(frozen=True, slots=True)
class Ran:
    """How a script ended. ``fails``: the assertion on the case failed, on the control it did not.

    ``got`` is what the script printed of the parser's result, None where it printed nothing;
    ``said`` the last line of its errors.
    """

    fails: bool
    got: Json
    said: str


def script(
    engine: Engine,
    parser: str,
    asked: Asked,
    *,
    control: Asked | None,
    about: Sequence[str],
    markers: Sequence[str] = (),
    served: bool = False,
    limit: float | None = None,
) -> str | None:
    """Return the script's text; None for an engine that has no template.

    ``about`` are the lines of the comment at its head, ``markers`` those of the model's family.
    ``served``: it also does what the server does with a parser's result, where a template has that.
    ``limit`` is in seconds of processor time, for a parser that hangs.
    """
    template = engine.reader.with_name("script.py.j2")
    if not template.is_file():
        return None
    known = {
        "about": [printable(line) for line in about],
        "stream": not isinstance(asked.pieces, str),
        "input": "text" if isinstance(asked.pieces, str) else "increments",
        "parser": repr(parser),
        "markers": _literal(list(markers)),
        "served": served,
        "limit": f"{limit:g}" if limit else None,
        "case": asked.literals(),
        "control": control.literals() if control else None,
    }
    name = template.relative_to(template.parents[1]).as_posix()
    return re.sub(r"\n{4,}", "\n\n\n", _templates().get_template(name).render(s=known))


@cache
def _templates() -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "known"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _literal(value: Json, indent: int = 0) -> str:
    """Return a value as Python, laid out like JSON where it is long for a line.

    What can't be printed is escaped.
    """
    text, pad = _short(value), " " * (indent + 4)
    if indent + len(text) <= _WIDTH or not value:
        return text
    if isinstance(value, dict):
        lines = [f"{pad}{_short(k)}: {_literal(v, indent + 4)}," for k, v in value.items()]
        return "\n".join(["{", *lines, f"{' ' * indent}}}"])
    if isinstance(value, list):
        lines = [f"{pad}{_literal(v, indent + 4)}," for v in value]
        return "\n".join(["[", *lines, f"{' ' * indent}]"])
    if isinstance(value, str) and "\n" in value.rstrip("\n"):
        lines = [f"{pad}{_short(line)}" for line in value.splitlines(keepends=True)]
        return "\n".join(["(", *lines, f"{' ' * indent})"])
    return text


def _short(value: Json) -> str:
    """Return a value as Python on one line; strings between the quotes that are usual in code."""
    if isinstance(value, str):
        text = repr(value)
        return text if '"' in value or text[0] == '"' else f'"{text[1:-1]}"'
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_short(k)}: {_short(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    return repr(value)


async def run_script(text: str, python: Path, root: Path | None) -> Ran:
    """Run a script by an engine's Python, ``root`` (a release's folder) in its path."""
    with tempfile.TemporaryDirectory(prefix="toolfuzz-script-") as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        environment = {**without_secrets(), "PYTHONIOENCODING": "utf-8"}
        if root is not None:
            environment["PYTHONPATH"] = str(root)
        process = await asyncio.create_subprocess_exec(
            *leashed((str(python), str(path))),
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), _MOST_SECONDS)
        except TimeoutError:
            return Ran(False, None, f"it did not end within {_MOST_SECONDS:g} s")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    said = err.decode("utf-8", "replace").strip().rpartition("\n")[2]
    try:
        # The script's own line is the last one: the engine may print what it likes before it.
        got = json.loads(_GOT.findall(out.decode("utf-8", "replace"))[-1])
    except (IndexError, ValueError, RecursionError):
        return Ran(False, None, printable(said))
    return Ran(bool(process.returncode), got, printable(said))
