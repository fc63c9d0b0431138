"""A test that only POSIX can run says so by one of ``needs``, also where a helper makes it so."""

import ast
import re
from pathlib import Path

import needs
import pytest

TESTS = Path(__file__).parent
# Also inside of the scripts that tests start.
POSIX = re.compile(
    r"\b(fcntl|grp|pty|pwd|termios)\.\w|\bresource\.([gs]et|RLIMIT|RUSAGE)"
    r"|\bos\.(fork|getuid|geteuid|kill|killpg|mkfifo|symlink|umask)\b|\bsignal\.SIG"
    r"|\.(chmod|symlink_to)\(|\bst_mode\b|\bpreexec_fn\b"
    r'|\["(ba)?sh"|"(ba)?sh", "-c"|"/(dev|proc)/'
)
# A condition within a test says it, too.
SAID = re.compile(r"\bneeds\.\w|\bos\.name\b")


class Part:
    """A function, class or constant of a module."""

    def __init__(self, node: ast.stmt, lines: list[str]) -> None:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        self.says, self.needs = bool(SAID.search(text)), bool(POSIX.search(text))
        # Fixtures are used by the names of arguments.
        self.uses = {
            one.id if isinstance(one, ast.Name) else one.arg
            for one in ast.walk(node)
            if isinstance(one, ast.Name | ast.arg)
        }


def unsaid(code: str, helpers: frozenset[str] = frozenset()) -> set[str]:
    """What in a module needs POSIX, itself or by what it uses, and doesn't say so."""
    if not POSIX.search(code) and not any(one.split(".")[1] in code for one in helpers):
        return set()
    parts: dict[str, Part] = {}
    found: set[str] = set()
    lines = code.splitlines()
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            parts[node.name] = Part(node, lines)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            parts[node.targets[0].id] = Part(node, lines)
        elif isinstance(node, ast.ImportFrom):
            found |= {one.name for one in node.names if f"{node.module}.{one.name}" in helpers}
    if "pytestmark" in parts and parts["pytestmark"].says:
        return set()
    silent = {name: part for name, part in parts.items() if not part.says}
    found |= {name for name, part in silent.items() if part.needs}
    while more := {name for name, part in silent.items() if part.uses & found} - found:
        found |= more
    return found & set(silent)


def test_what_needs_posix_says_so() -> None:
    codes = {path: path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("*.py"))}
    helpers = frozenset(
        f"{path.stem}.{name}"
        for path, code in codes.items()
        if not path.stem.startswith(("test_", "conftest"))
        for name in unsaid(code)
    )
    found = [
        f"{path.relative_to(TESTS)}: {name}"
        for path, code in codes.items()
        if path != Path(__file__)
        for name in sorted(unsaid(code, helpers))
        if name.startswith("test_")
    ]
    assert found == [], "mark them @needs.…"


def test_every_test_can_be_collected_without_posix() -> None:
    """What is imported or evaluated before a test can be skipped would be an error there."""
    early = re.compile(
        r"^(import|from) (fcntl|grp|pty|pwd|resource|termios)\b|^@.*\bsignal\.SIG(?!INT|TERM)", re.M
    )
    found = [
        str(path.relative_to(TESTS))
        for path in sorted(TESTS.rglob("*.py"))
        if early.search(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "name it in the function that needs it"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def test_it(): os.kill(1, 9)", {"test_it"}),
        ("@needs.signals\ndef test_it(): os.kill(1, 9)", set()),
        ("pytestmark = needs.signals\ndef test_it(): os.kill(1, 9)", set()),
        ("def end(): os.kill(1, 9)\ndef test_it(): end()", {"end", "test_it"}),
        ("def end(): os.kill(1, 9)\n@needs.signals\ndef test_it(): end()", {"end"}),
        ('@fixture\ndef pid(): return "/proc/1"\ndef test_it(pid): ...', {"pid", "test_it"}),
        ('SCRIPT = "import os; os.fork()"\ndef test_it(): run(SCRIPT)', {"SCRIPT", "test_it"}),
        ("from made import die\ndef test_it(): die()", {"test_it"}),
        ("def test_it(process): process.kill()\ndef test_other(): return 'bash'", set()),
    ],
)
def test_what_needs_posix_is_found(code: str, found: set[str]) -> None:
    assert unsaid(code, frozenset({"made.die"})) == found


def test_every_need_is_somebodys() -> None:
    codes = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    marks = [name for name, mark in vars(needs).items() if isinstance(mark, pytest.MarkDecorator)]
    assert [name for name in marks if f"needs.{name}" not in codes] == []
