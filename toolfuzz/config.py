"""``toolfuzz.toml`` (or ``[tool.toolfuzz]`` in pyproject.toml): a project's own defaults.

Flags win over environment variables (``TOOLFUZZ_RUN_CASES=200``), and those over the file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, Field, ValidationError

from toolfuzz.config_file import read_config
from toolfuzz.config_sections import (
    STRICT,
    CheckSection,
    EndpointSection,
    JudgeSection,
    RunSection,
)
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from toolfuzz.sources.registry import Endpoint

__all__ = ["Config", "config_schema", "load_config", "own_endpoints", "starter"]


class Config(BaseModel):
    """The whole file."""

    model_config = STRICT

    endpoint: list[EndpointSection] = Field(default=[], description="services of your own")

    run: RunSection = RunSection()
    judge: JudgeSection = JudgeSection()
    check: CheckSection = CheckSection()

    def given(self, *sections: str) -> JsonObject:
        """Return the keys that the file really sets in these sections."""
        found: JsonObject = {}
        for name in sections:
            found |= getattr(self, name).model_dump(exclude_unset=True)
        return found


def load_config(start: Path | None = None) -> Config:
    """Read the nearest configuration, or the defaults; raises UsageError."""
    found = read_config(start)
    if found is None:
        return Config()
    path, data = found
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise _complaint(path, error) from None


def own_endpoints(start: Path | None = None) -> list["Endpoint"]:
    """Return the services that the nearest configuration names; raises UsageError."""
    from toolfuzz.sources.registry import own_endpoint

    own = load_config(start).endpoint
    names = [section.name for section in own]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise UsageError(f"[[endpoint]] {repeated[0]} stands there twice", "give each its own name")
    return [own_endpoint(**section.model_dump(exclude_unset=True)) for section in own]


def config_schema() -> JsonObject:
    """Return the JSON Schema of ``toolfuzz.toml``, for editors."""
    schema = Config.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def starter() -> str:
    """Return a commented ``toolfuzz.toml`` with every key at its default."""
    lines = [
        "# Defaults for toolfuzz in this project. Flags win over TOOLFUZZ_* variables,",
        "# and those over this file. Keys never belong here: name their variable with key_env.",
        "# For editors that know JSON Schema: toolfuzz init --schema > toolfuzz.schema.json",
    ]
    for name, section in (("run", RunSection), ("judge", JudgeSection), ("check", CheckSection)):
        lines += ["", f"[{name}]", *_commented(section)]
    lines += [
        "",
        "# A service of your own, asked with -m NAME; one table for each.",
        "# [[endpoint]]",
    ]
    lines += _commented(EndpointSection)
    return "\n".join(lines) + "\n"


def _commented(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        value = field.examples[0] if field.examples else field.default
        yield f"# {name} = {_toml_value(value)}   # {field.description}"


def _complaint(path: Path, error: ValidationError) -> UsageError:
    found = error.errors(include_url=False)
    # A key that is missing may be the one that was misspelt.
    first = next((e for e in found if e["type"] == "extra_forbidden"), found[0])
    place = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        known = _known_keys(place[:-1])
        near = did_you_mean(place[-1], known) or f"known here: {', '.join(known)}"
        return UsageError(f"{path}: unknown key {'.'.join(place)}", near)
    return UsageError(
        f"{path}: {'.'.join(place)}: {first['msg'].removeprefix('Value error, ')}",
        "`toolfuzz init --help`",
    )


def _known_keys(sections: list[str]) -> list[str]:
    model: Any = Config
    for name in sections:
        # Between a list's name and a key of its item stands the item's number.
        if not name.isdigit():
            annotation = model.model_fields[name].annotation
            model = next(iter(get_args(annotation)), annotation)
    return list(model.model_fields)


def _toml_value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return f"[{', '.join(map(_toml_value, value))}]"
        case dict():
            members = [f'"{name}" = {_toml_value(member)}' for name, member in value.items()]
            return f"{{ {', '.join(members)} }}" if members else "{}"
        case _:
            return str(value)
