"""Everything a run can be told: one record, stored whole in the journal and read back whole."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import first_error
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.exchange import StreamMode
from toolfuzz.core.sizes import MAX_REPLY, read_size
from toolfuzz.generate.tools import inline
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.ray import require_ray
from toolfuzz.runs.access import Access, Concurrency
from toolfuzz.runs.limits import Limits
from toolfuzz.system.specs import without_secrets

__all__ = [
    "ALL_DIMENSIONS",
    "HIDING",
    "Options",
    "RunOptions",
    "ToolLike",
    "current_names",
]


ToolLike = str | Path | type[BaseModel] | Callable[..., Any] | Mapping[str, Any]
"""Tools of the user's own: a source's name, or one as a model, a function or a dict."""

ALL_DIMENSIONS = "dimensions"
"""The probe that stands for all dimensions, each at the levels that suit a target."""

_SCENARIOS = 40
"""Of each dimension then, where nobody says how many."""
_ALL_PROMPTS = 10_000
"""All of one's own questions, where nobody says how many: there are no more."""


class Options(TypedDict, total=False):
    """The options of a run beside its models, for those who call from Python.

    Where several are taken, one may be given alone. ``tools`` are pydantic models, functions with
    annotations, dicts in the shape of any provider, files, ``python:module:NAME``, names of shipped
    catalogues or ``all``; ``mcp`` commands, URLs or ``mcp.json#NAME``;
    ``openapi`` files or URLs; ``tools_headers`` go to the URLs of these two, ``${NAME}`` in them is
    the value of a variable;
    ``include`` and ``exclude`` globs of their names, or ``tag:GLOB`` and ``path:GLOB``;
    ``prompts`` files of your own questions, each with its right answer; ``system`` the text of a
    system prompt that is said before every question;
    ``offer`` how many tools of one source are offered together, or ``all``; ``max_input`` about the
    tokens of the longest prompt. ``level`` is how hard
    the scenarios of dimensions are (see ``probes``); of each dimension there are ``cases``.
    ``timeout`` is in seconds without a byte, ``max_reply`` in bytes (or ``"16MiB"``), ``rpm``
    requests begun in a minute at most, ``tpm`` their tokens, ``latency_ms`` the embedded
    simulator's; ``workers`` processes ask and judge, on the Ray cluster whose head's address is
    ``ray`` (``auto``: this machine's), which no journal keeps. ``max_calls``, ``max_time``
    (seconds), ``max_tokens`` and ``max_cost`` (US dollars) end a run; ``price`` is in dollars for a
    million tokens in and out.
    """

    tools: "ToolLike | Sequence[ToolLike]"
    mcp: str | Sequence[str]
    openapi: str | Path | Sequence[str | Path]
    tools_headers: Mapping[str, str]
    include: str | Sequence[str]
    exclude: str | Sequence[str]
    prompts: str | Path | Sequence[str | Path]
    system: str | None
    probes: str | Sequence[str]
    features: str | Sequence[str]
    cases: int
    repeat: int
    seed: int
    level: int | None
    strength: int
    offer: int | Literal["all"]
    max_input: int | None
    allow_remote_refs: bool
    inline_refs: bool
    respell: bool
    base_url: str | None
    format: str | None
    key_env: str | None
    headers: Mapping[str, str]
    secret_headers: str | Sequence[str]
    params: JsonObject
    stream: StreamMode
    concurrency: Concurrency
    rpm: float | None
    tpm: float | None
    timeout: float
    max_reply: int | str
    engine_python: str | None
    cuts: str | Sequence[str]
    latency_ms: float
    workers: int
    ray: str | None
    max_calls: int | None
    max_time: float | None
    max_tokens: int | None
    max_cost: float | None
    price: tuple[float, float] | None
    strict: bool
    ignore: str | Sequence[str]
    select: str | Sequence[str]
    out: str | Path | None


def _several(value: Any) -> Any:
    """One name stands for a list of one; paths are names."""
    if isinstance(value, str | Path):
        return (str(value),)
    return tuple(map(str, value)) if isinstance(value, Sequence) else value


def _tool_sources(value: Any) -> Any:
    """The names of sources; tools that are objects become one source that holds them."""
    given = list(value) if isinstance(value, list | tuple | set) else [value]
    names = [str(one) for one in given if isinstance(one, str | Path)]
    objects = [one for one in given if not isinstance(one, str | Path)]
    return (*names, inline(objects)) if objects else tuple(names)


_Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class RunOptions(BaseModel):
    """Everything that ``toolfuzz run`` can be told, under the names of its flags.

    Defaults are the command line's. Raises pydantic's ValidationError; ``read`` raises UsageError.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: _Names = ()
    tools: Annotated[tuple[str, ...], BeforeValidator(_tool_sources)] = ()
    mcp: _Names = ()
    openapi: _Names = ()
    tools_headers: Mapping[str, str] = Field(default_factory=dict, repr=False)
    include: _Names = ()
    exclude: _Names = ()
    prompts: _Names = ()
    system: str | None = None
    probes: _Names = ()
    features: _Names = ()
    cases: int = 100
    repeat: int = 1
    seed: int = 0
    level: int | None = None
    strength: int = 2
    offer: int | Literal["all"] = 24
    max_input: int | None = None
    allow_remote_refs: bool = False
    inline_refs: bool = False
    respell: bool = False
    base_url: str | None = None
    format: str | None = None
    key_env: str | None = None
    headers: Mapping[str, str] = Field(default_factory=dict, repr=False)
    secret_headers: _Names = ()
    params: JsonObject = Field(default_factory=dict)
    stream: StreamMode = "plain"
    concurrency: Concurrency = "auto"
    rpm: float | None = None
    tpm: float | None = None
    timeout: float = 120.0
    max_reply: Annotated[int, BeforeValidator(read_size)] = MAX_REPLY
    engine_python: str | None = None
    cuts: _Names = ()
    latency_ms: float = 0.0
    workers: int = 1
    ray: str | None = None
    max_calls: int | None = None
    max_time: float | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    price: tuple[float, float] | None = None
    strict: bool = False
    ignore: _Names = ()
    select: _Names = ()
    out: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _usual_number(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "cases" in given:
            return given
        probes = _several(given.get("probes", ()))
        adaptive = isinstance(probes, tuple) and ALL_DIMENSIONS in probes
        if adaptive:
            return {**given, "cases": _SCENARIOS}
        return {**given, "cases": _ALL_PROMPTS} if given.get("prompts") else given

    @classmethod
    def read(cls, given: JsonObject) -> "RunOptions":
        """Make the record of what was given; raises UsageError that names what is wrong."""
        try:
            return cls.model_validate(current_names(given))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            if first["type"] == "extra_forbidden":
                name = str(first["loc"][0])
                near = did_you_mean(name, cls.model_fields) or "help(toolfuzz.run) names them all"
                raise UsageError(f"unknown option: {name}", near) from None
            raise UsageError(f"option {first_error(error)}", "help(toolfuzz.run)") from None

    @property
    def access(self) -> Access:
        """How the targets are reached."""
        return Access(**{name: getattr(self, name) for name in Access.__dataclass_fields__})

    @property
    def limits(self) -> Limits:
        """What may be spent."""
        calls, seconds, tokens, dollars = (
            math.inf if most is None else most
            for most in (self.max_calls, self.max_time, self.max_tokens, self.max_cost)
        )
        return Limits(calls, seconds, tokens, dollars, self.price)

    @property
    def policy(self) -> Policy:
        """Which findings count."""
        return Policy(self.strict, self.ignore, self.select)

    def but(self, **changed: Any) -> "RunOptions":
        """Return the options with some changed."""
        return self.model_copy(update=changed)

    def settings(self) -> JsonObject:
        """Return what the journal keeps: all but the folder, the cluster and what is secret.

        Of headers only the names, of commands and URLs what they don't hide.
        """
        kept = self.model_dump(mode="json", exclude={"out", "ray", *_BY_NAME})
        shown = {name: [without_secrets(spec) for spec in kept[name]] for name in HIDING}
        return {**kept, **shown, **{name: sorted(getattr(self, name)) for name in _BY_NAME}}

    def check(self) -> None:
        """Refuse numbers that make no sense, and what is none (NaN); raises UsageError."""
        for name in ("cases", "repeat", "concurrency", "workers"):
            value = getattr(self, name)
            if value != "auto" and value < 1:
                example = {"concurrency": 8, "workers": 2}.get(name, 100)
                raise UsageError(
                    f"--{name} {value}: at least 1 is needed", f"try --{name} {example}"
                )
        if self.offer != "all" and self.offer < 1:
            raise UsageError(f"--offer {self.offer}: at least 1 is needed", "try --offer all")
        if self.max_input is not None and self.max_input < 1:
            raise UsageError(
                f"--max-input {self.max_input}: at least 1 is needed", "try --max-input 3000"
            )
        if self.ray is not None:
            require_ray()
        self.limits.check()
        self.access.check()
        if not self.timeout > 0:
            raise UsageError(f"--timeout {self.timeout}: seconds above 0 are needed", None)
        self.policy.check()
        if self.out is not None and self.out.exists():
            raise UsageError(
                f"the output folder {self.out} already exists",
                "choose another --out, or move it away: a run never overwrites a run",
            )


_OLD_NAMES = {"api": "format", "twins": "respell"}


_BY_NAME = ("headers", "tools_headers")
"""Options of which only the names are stored."""

HIDING = ("mcp", "openapi")
"""Options whose values may hide secrets: they are stored without, and given again on resume."""


def current_names(options: JsonObject) -> JsonObject:
    """Return the options under the names of today; two had other names once."""
    return {_OLD_NAMES.get(name, name): value for name, value in options.items()}
