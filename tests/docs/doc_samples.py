"""The samples of README and docs/: fenced blocks, and the commands with what they print.

A fence says in its attributes what a test can't do with it: ``needs="…"`` (a key, a package, a
server of yours) or ``part="…"`` (of a file that isn't shown whole).
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[2]
PAGES = (HOME / "README.md", *sorted((HOME / "docs").rglob("*.md")))
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>```+)(?P<info>[^`\n]*)\n(?P<text>(?:.*\n)*?)(?P=indent)(?P=ticks)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Sample:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    not_run: str
    """Why a test can't run it; empty: it can."""
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Step:
    """A command that a sample shows, and what it prints (empty: not shown)."""

    command: str
    printed: str

    @property
    def words(self) -> list[str]:
        """The words of the command, without comment, redirection and what it is piped into."""
        return shlex.split(re.split(r"\s#\s| \| | > | \|\| | && ", self.command)[0])


def samples() -> Iterator[Sample]:
    """Yield all fenced blocks, page by page."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            language, _, attributes = found["info"].strip().partition(" ")
            why = re.search(r'\b(?:needs|part)="([^"]+)"', attributes)
            lines = found["text"].splitlines(keepends=True)
            yield Sample(
                page.relative_to(HOME).as_posix(),
                text.count("\n", 0, found.start()) + 1,
                language,
                why[1] if why else "",
                "".join(line.removeprefix(found["indent"]) for line in lines),
            )


def steps(sample: Sample) -> list[Step]:
    """Return the commands of a console sample, each with the lines that follow it."""
    found: list[Step] = []
    for part in re.split(r"^\$ ", sample.text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        found.append(Step(command, printed.strip("\n")))
    return found


def shows(expected: str, printed: str) -> bool:
    """Whether ``printed`` has ``expected`` in it; … stands for anything, white space for any."""
    words = [re.escape(part) for part in expected.split("…")]
    pattern = "(?s:.*?)".join(re.sub(r"(?:\\\s|\s)+", r"\\s+", word) for word in words)
    return re.search(pattern, printed) is not None
