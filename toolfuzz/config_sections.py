"""The sections of ``toolfuzz.toml``: which keys there are, what they mean, what they default to."""

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from toolfuzz.core.credentials import is_credential
from toolfuzz.formats import USUAL
from toolfuzz.system.variables import holds_variable

__all__ = ["STRICT", "CheckSection", "EndpointSection", "JudgeSection", "RunSection"]

STRICT = ConfigDict(extra="forbid", strict=True)


class RunSection(BaseModel):
    """Defaults of ``run``, ``check`` and every other command that asks models."""

    model_config = STRICT

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

    model_config = STRICT

    strict: bool = Field(default=False, description="warnings fail a case too")
    ignore: list[str] = Field(default=[], description="slugs or group letters to leave out")
    select: list[str] = Field(default=[], description="only these slugs or group letters")


class CheckSection(BaseModel):
    """Defaults of ``check``."""

    model_config = STRICT

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

    model_config = STRICT

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
