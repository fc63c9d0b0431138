"""The samples of README and docs/: fenced blocks, and the commands with what they print.

A fence may say more in its attributes, which no reader sees: ``needs="…"`` what a reader must have
for it, ``file="…"`` the name under which the block is kept (the page's commands find it there),
``part="…"`` of a file that isn't shown whole.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parents[2]
PAGES = (HOME / "README.md", *sorted((HOME / "docs").rglob("*.md")))
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>```+)(?P<info>[^`\n]*)\n(?P<text>(?:.*\n)*?)(?P=indent)(?P=ticks)$",
    re.MULTILINE,
)
_ATTRIBUTE = re.compile(r'\b(needs|part|file)="([^"]+)"')


@dataclass(frozen=True)
class Step:
    """A command that a sample shows, and what it prints (empty: not shown)."""

    command: str
    printed: str

    @property
    def program(self) -> str:
        return re.sub(r"^([A-Z_]+=\S* )+", "", self.command).split()[0]


@dataclass(frozen=True)
class Sample:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str
    needs: str = ""
    part: str = ""
    file: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def steps(self) -> list[Step]:
        """The commands of a console sample, each with the lines that follow it."""
        found: list[Step] = []
        parts = re.split(r"^\$ ", self.text.replace("\\\n", " "), flags=re.MULTILINE)
        for part in parts[1:]:
            command, _, printed = part.partition("\n")
            printed = re.sub(r"^# ", "", printed.strip("\n"), flags=re.MULTILINE)
            found.append(Step(command.strip(), printed))
        return found


def samples() -> Iterator[Sample]:
    """Yield all fenced blocks, page by page."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            language, _, attributes = found["info"].strip().partition(" ")
            lines = found["text"].splitlines(keepends=True)
            yield Sample(
                page.relative_to(HOME).as_posix(),
                text.count("\n", 0, found.start()) + 1,
                language,
                "".join(line.removeprefix(found["indent"]) for line in lines),
                **dict(_ATTRIBUTE.findall(attributes)),
            )


def params(found: list[Sample]) -> list[Any]:
    """Name samples by page and number: a line more above them doesn't rename the tests."""
    count = Counter[str]()
    named = []
    for one in found:
        count[one.page] += 1
        named.append(pytest.param(one, id=f"{one.page}-{count[one.page]}"))
    return named


def shows(expected: str, printed: str, *, figures: bool = True) -> bool:
    """Whether ``printed`` has ``expected`` in it; … stands for anything, white space for any.

    Without ``figures`` any number stands for any other: words and their order are compared.
    """
    words = [re.escape(part) for part in expected.split("…")]
    pattern = "(?s:.*?)".join(re.sub(r"(?:\\\s|\s)+", r"\\s+", word) for word in words)
    if not figures:
        pattern = re.sub(r"\d+(?:(?:\\[.-]|[,:/])\d+)*", r"\\d[\\d.,:/-]*", pattern)
    return re.search(pattern, printed) is not None
