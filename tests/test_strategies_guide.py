"""The examples of docs/strategies.md run, and they notice the bugs that they are there for."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

import toolfuzz

GUIDE = Path(toolfuzz.__file__).parents[1] / "docs" / "strategies.md"
# Nothing is shrunk: tests/test_strategies.py holds how small examples get.
QUICK = settings(
    max_examples=40, database=None, deadline=None, derandomize=True, phases=[Phase.generate]
)


def examples(*changes: tuple[str, str]) -> dict[str, Any]:
    """Run the page's code, changed in places, and return what it defines."""
    code = "\n\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    defined: dict[str, Any] = {}
    exec(code, defined)
    return defined


TESTS = [name for name in examples() if name.startswith("test_")]


def run(test: Any) -> None:
    settings(QUICK, suppress_health_check=list(HealthCheck))(test)()


@pytest.mark.parametrize("name", TESTS)
def test_the_example_passes(name: str) -> None:
    run(examples()[name])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("test_every_call_is_read", "for call in message", "for call in [] and message"),
        ("test_every_call_is_read", 'f["name"]', 'f["name"].upper()'),
        ("test_chunks_make_no_difference", "(left + chunk)", "chunk"),
        ("test_the_tool_takes_whatever_its_schema_allows", "{city}", "{city[0]}"),
    ],
)
def test_the_example_fails_where_the_code_is_wrong(name: str, old: str, new: str) -> None:
    with pytest.raises(Exception) as caught:
        run(examples((old, new))[name])
    assert not isinstance(caught.value, NameError)
