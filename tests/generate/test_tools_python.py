import json
import sys
import textwrap
from itertools import count

import pytest
from jsonschema import Draft202012Validator

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.generate.tools import load

MODULE = '''
from typing import Annotated, Literal
from pydantic import BaseModel, Field
from toolfuzz.core.case import Tool

class Address(BaseModel):
    street: str
    zip_code: str = Field(pattern=r"^\\\\d{5}$")

class Ship(BaseModel):
    """Send a parcel."""
    to: Address
    weight_kg: float = Field(gt=0, le=30)
    speed: Literal["normal", "fast"] = "normal"
    notes: list[str] | None = None

def roll(sides: Annotated[int, Field(ge=2, description="How many.")], times: int = 1) -> list[int]:
    """Roll dice."""
    raise AssertionError("never called")

async def wait(seconds: float) -> None:
    """Wait."""

def by_position(a: int, /) -> None: ...
def rest(*numbers: int) -> None: ...
def unknown(a: "Nowhere") -> None: ...

class Own:
    pass

TOOLS = [Ship, roll, Tool("own", "", {"type": "object"}), {"name": "bare", "parameters": {}}]
BY_NAME = {"a": Ship, "b": roll}
NOTHING = []
NUMBER = 3
'''
_names = count()


@pytest.fixture
def module(tmp_path, monkeypatch):
    name = f"tools_of_a_user_{next(_names)}"
    (tmp_path / f"{name}.py").write_text(MODULE.replace("\\\\\\\\", "\\\\"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return name


def test_a_pydantic_model_in_the_working_folder(module):
    found = load(f"python:{module}:Ship")
    assert found.origin == f"tools:python:{module}:Ship"
    (tool,) = found.tools
    assert (tool.name, tool.description) == ("Ship", "Send a parcel.")
    assert tool.parameters == sys.modules[module].Ship.model_json_schema()
    for seed in range(30):
        value = draw_value(tool.parameters, Pick(words(seed)))
        Draft202012Validator(tool.parameters).validate(value)
        sys.modules[module].Ship.model_validate_json(json.dumps(value))


@pytest.mark.parametrize(("name", "needed"), [("roll", ["sides"]), ("wait", ["seconds"])])
def test_callables(module, name, needed):
    (tool,) = load(f"python:{module}:{name}").tools
    assert tool.name == name
    assert tool.parameters["required"] == needed


def test_several_at_once(module):
    assert [t.name for t in load(f"python:{module}:TOOLS").tools] == ["Ship", "roll", "own", "bare"]
    assert [t.name for t in load(f"python:{module}:BY_NAME").tools] == ["Ship", "roll"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("by_position", "not an object"),
        ("rest", "not an object"),
        ("unknown", "Nowhere"),
        ("NUMBER", "int is no tool"),
        ("NOTHING", "holds no tools"),
        ("shp", "has no 'shp'"),
    ],
)
def test_what_is_no_tool_gets_one_line(module, name, words):
    with pytest.raises(UsageError) as caught:
        load(f"python:{module}:{name}")
    assert words in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("spec", ["python:", "python:module", "python::NAME", "python:a.b:"])
def test_bad_specs(spec):
    with pytest.raises(UsageError, match="not of the form"):
        load(spec)


def test_a_missing_or_broken_module(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "broken_tools_module.py").write_text(
        textwrap.dedent("""
            raise RuntimeError("two\\nlines")
        """)
    )
    with pytest.raises(UsageError, match="ModuleNotFoundError"):
        load("python:no_such_module_anywhere:X")
    with pytest.raises(UsageError, match="RuntimeError: two lines"):
        load("python:broken_tools_module:X")


DESCRIBED = '''
from dataclasses import dataclass
from pydantic import BaseModel
import pydantic.dataclasses

class Plain(BaseModel):
    a: int

class Told(BaseModel):
    """Opens a ticket."""
    a: int

class Inherits(Told):
    b: int

@dataclass
class Data:
    a: int

@pydantic.dataclasses.dataclass
class Checked:
    """Checks."""
    a: int

TOOLS = [Plain, Told, Inherits, Data, Checked]
'''


def test_a_tool_is_described_by_what_its_author_wrote(tmp_path, monkeypatch):
    """Not by pydantic's manual, nor by a dataclass's signature."""
    name = f"tools_of_a_user_{next(_names)}"
    (tmp_path / f"{name}.py").write_text(DESCRIBED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    tools = load(f"python:{name}:TOOLS")
    described = {tool.name: tool.description for tool in tools.tools}
    assert described == {
        "Plain": "",
        "Told": "Opens a ticket.",
        "Inherits": "Opens a ticket.",
        "Data": "",
        "Checked": "Checks.",
    }
