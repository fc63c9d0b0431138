"""``toolfuzz.toml`` (or ``[tool.toolfuzz]`` in pyproject.toml): a project's own defaults.

Flags win over environment variables (``TOOLFUZZ_RUN_CASES=200``), and those over the file.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from toolfuzz.core.case import JsonObject
from toolfuzz.core.credentials import is_credential
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats import USUAL
from toolfuzz.system.variables import holds_variable

if TYPE_CHECKING:
    from toolfuzz.sources.registry import Endpoint

__all__ = ["CONFIG_NAME", "Config", "config_schema", "find_config", "load_config", "own_endpoints"]
__all__ += ["starter"]

CONFIG_NAME = "toolfuzz.toml"
_STRICT = ConfigDict(extra="forbid", strict=True)


class RunSection(BaseModel):
    """Defaults of ``run``, ``check`` and every other command that asks models."""

    model_config = _STRICT

    models: list[str] = Field(default=[], description="models to ask when -m names none")
    tools: list[str] = Field(default=[], description="tools files, python:module:NAME, or all")
    mcp: list[str] = Field(default=[], description="MCP servers: commands, URLs, FILE#NAME")
    openapi: list[str] = Field(default=[], description="OpenAPI files or URLs")
    tools_headers: dict[str, str] = Field(
        default={},
        examples=[{"Authorization": "Bearer ${TOKEN}"}],
        description="for the URL of mcp or openapi; ${NAME} stands for a variable's value",
    )
    include: list[str] = Field(
        default=[], description="only tools of these names (globs), or tag:GLOB, path:GLOB"
    )
    exclude: list[str] = Field(default=[], description="no tools of these, written alike")
    prompts: list[str] = Field(default=[], description="files of your own questions")
    system: str | None = Field(
        default=None, examples=["system.md"], description="file of your own system prompt"
    )
    probes: list[str] = Field(default=[], description="only these probes")
    features: list[str] = Field(default=[], description="only these schema features or groups")
    cases: int = Field(default=100, description="cases per model")
    repeat: int = Field(default=1, description="times each case is asked")
    seed: int = Field(default=0, description="same seed, same cases")
    strength: Literal[2, 3] = Field(default=2, description="cover pairs or triples of features")
    stream: Literal["plain", "stream", "both"] = Field(default="plain", description="stream mode")
    base_url: str | None = Field(
        default=None,
        examples=["http://127.0.0.1:8000/v1"],
        description="any server of one of the formats",
    )
    format: str | None = Field(
        default=None,
        validation_alias=AliasChoices("format", "api"),
        examples=[USUAL],
        description="wire format, when it isn't the endpoint's usual one",
    )
    key_env: str | None = Field(
        default=None, examples=["MY_KEY"], description="variable that holds the key"
    )
    params: dict[str, Any] = Field(default={}, description="extra body fields")
    concurrency: int | Literal["auto"] = Field(
        default="auto", description="questions under way; auto finds what the server can do"
    )
    rpm: float | None = Field(
        default=None, examples=[60], description="requests begun in a minute at most"
    )
    tpm: float | None = Field(
        default=None, examples=[100000], description="tokens a minute at most, in and out"
    )
    workers: int = Field(default=1, description="processes that ask, judge and draw")
    max_calls: int | None = Field(
        default=None, examples=[2000], description="HTTP attempts of a command at most"
    )
    max_time: float | None = Field(
        default=None, examples=[3600], description="seconds after which no question is begun"
    )
    max_tokens: int | None = Field(
        default=None, examples=[1000000], description="tokens of a command at most, in and out"
    )
    max_cost: float | None = Field(
        default=None, examples=[5], description="dollars of a command at most"
    )
    price: list[float] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        examples=[[0.15, 0.6]],
        description="dollars for a million tokens in and out, where no list has the model",
    )
    timeout: float = Field(default=120.0, description="seconds without a byte of the reply")
    max_reply: int | str = Field(
        default="16MiB", description="bytes of a reply; of a longer one nothing is judged"
    )

    @field_validator("tools_headers")
    @classmethod
    def _no_credentials(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, text in headers.items():
            if is_credential(name) and not holds_variable(text):
                raise ValueError(f'no file may hold the value of {name}: write "${{NAME}}"')
        return headers


class JudgeSection(BaseModel):
    """Which findings count."""

    model_config = _STRICT

    strict: bool = Field(default=False, description="warnings fail a case too")
    ignore: list[str] = Field(default=[], description="slugs or group letters to leave out")
    select: list[str] = Field(default=[], description="only these slugs or group letters")


class CheckSection(BaseModel):
    """Defaults of ``check``."""

    model_config = _STRICT

    baseline: str | None = Field(
        default=None, examples=["reports/baseline"], description="a run's folder, or a model"
    )
    margin: float = Field(default=0.05, gt=0, lt=1, description="the drop that is tolerated")
    allow_new_defects: bool = Field(
        default=False, description="ask only for the rate, not for new defects"
    )
    inconclusive: Literal["pass", "fail"] | None = Field(
        default=None,
        examples=["fail"],
        description="exit 0 or 1 instead of 3 when nothing could be decided",
    )


class EndpointSection(BaseModel):
    """A service of your own, asked with ``-m NAME`` or ``-m NAME/MODEL``."""

    model_config = _STRICT

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        examples=["gateway"],
        description="what -m calls it",
    )
    url: str = Field(
        examples=["https://gateway.example/v1"],
        description="where the wire format's path begins, as --base-url",
    )
    model: str | None = Field(
        default=None, examples=["glm-4.7"], description="the model that -m NAME alone means"
    )
    format: str | None = Field(default=None, examples=[USUAL], description="its wire format")
    key_env: str | None = Field(
        default=None, examples=["GATEWAY_KEY"], description="variable that holds the key"
    )
    headers: dict[str, str] = Field(
        default={}, description="more headers; ${NAME} stands for a variable's value"
    )
    params: dict[str, Any] = Field(default={}, description="extra body fields")
    price: list[float] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        examples=[[0.15, 0.6]],
        description="dollars for a million tokens in and out",
    )


class Config(BaseModel):
    """The whole file."""

    model_config = _STRICT

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


def find_config(start: Path | None = None) -> tuple[Path, bool] | None:
    """Return the nearest file of the project, and whether it is a pyproject.toml.

    The project is what lies between ``start`` and the top of its repository (where ``.git`` is);
    outside of a repository ``start`` alone: a file further up may be anybody's, and it can name
    commands to run.
    """
    here = (start or Path.cwd()).resolve()
    above = [here, *here.parents]
    tops = [n for n, folder in enumerate(above) if (folder / ".git").exists()]
    for folder in above[: tops[0] + 1 if tops else 1]:
        own, project = folder / CONFIG_NAME, folder / "pyproject.toml"
        if own.is_file():
            return own, False
        if project.is_file() and "toolfuzz" in _toml(project).get("tool", {}):
            return project, True
    return None


def load_config(start: Path | None = None) -> Config:
    """Read the nearest configuration, or the defaults; raises UsageError."""
    found = find_config(start)
    if found is None:
        return Config()
    path, inside_project = found
    data = _toml(path)
    if inside_project:
        data = data["tool"]["toolfuzz"]
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


@cache
def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: nested deeper than can be read") from None
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from None


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
