"""Which services are known, and which of them a model name means."""

import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.credentials import is_credential
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats import USUAL, Request, wire_format
from toolfuzz.sources.own import own
from toolfuzz.system import variables
from toolfuzz.system.specs import without_secrets

__all__ = ["Endpoint", "endpoints", "filled", "key_for", "located", "own_endpoint", "resolve"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service: one entry of ``endpoints.toml``, where each field is explained.

    The values of ``headers`` may hold ``${NAME}``, the variables whose values stand there
    (``filled``). ``secret_headers`` names those that then hold one. ``model`` is the one that is
    meant where the service alone is named; ``price`` is in dollars for a million tokens in and out.
    """

    name: str
    title: str
    base_url: str
    format: str = USUAL
    key_env: str | None = None
    key_optional: bool = False
    key_url: str = ""
    docs: str = ""
    simulated: str = "glm-4.7"
    models: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    stream_params: dict[str, Any] = field(default_factory=dict)
    format_urls: dict[str, str] = field(default_factory=dict)
    refuses: list[str] = field(default_factory=list)
    most_tools: int | None = None
    credentials: str | None = None
    hosts: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)
    key_header: str = ""
    leaves_out: list[str] = field(default_factory=list)
    secret_headers: tuple[str, ...] = ()
    model: str | None = None
    price: tuple[float, float] | None = None

    def refused(self, case: Case) -> list[str]:
        """Return what of a drawn case the service is known to refuse, by the features' names.

        The user's own tools are asked about as they are, a refusal is then the answer; but nobody
        is asked with more tools than are taken, where a conversation brings some of its own.
        """
        made = self.refuses and (case.is_drawn or case.respelled_from is not None)
        found = sorted(set(self.refuses) & set(case.features)) if made else []
        if self.most_tools and len(case.tools) > self.most_tools:
            found.append(f"more than {self.most_tools} tools")
        return found

    def defaults(self, *, stream: bool) -> JsonObject:
        """Return the body fields that this service wants beside the question, which wins."""
        return {**self.params, **self.stream_params} if stream else dict(self.params)

    def placed(self, request: Request, model: str, *, stream: bool) -> Request:
        """Return the wire format's request as this service takes it."""
        if not self.paths:
            return request
        path = self.paths[stream].format(model=quote(model, safe="@"))
        path += f"?{urlencode(self.query)}" if self.query else ""
        return Request(path, {k: v for k, v in request.body.items() if k not in self.leaves_out})


def endpoints() -> dict[str, Endpoint]:
    """Return the user's own services and the known ones by name, in the files' order.

    Raises UsageError for an own one that has a known one's name.
    """
    found = {endpoint.name: endpoint for endpoint in own()}
    for name in found:
        if name in _presets():
            raise UsageError(
                f"[[endpoint]] {name}: toolfuzz knows a service of that name",
                "choose another, my-" + name + " for example",
            )
    return found | _presets()


def own_endpoint(
    name: str, url: str, *, format: str | None = None, key_env: str | None = None, **more: Any
) -> Endpoint:
    """Return a service of the user's own; ``more`` are fields of Endpoint. Raises UsageError."""
    if format is not None:
        wire_format(format)
    place = f"[[endpoint]] {name}"
    for header, text in more.get("headers", {}).items():
        if is_credential(header) and not variables.holds_variable(text):
            raise UsageError(
                f"{place}: the header {header} carries a credential, which no file may hold",
                f'write {header} = "${{NAME}}" and set the variable NAME',
            )
    if more.get("price") and not more.get("model"):
        raise UsageError(f"{place}: a price is that of a model", 'add model = "…"')
    found = _elsewhere(url, format or USUAL, key_env)
    return replace(found, name=name, title=name, key_env=key_env, **more)


def filled(endpoint: Endpoint) -> Endpoint:
    """Return the service with the variables' values in its address and headers.

    Raises UsageError for one that isn't set, and for an address that is none.
    """
    endpoint = located(endpoint)
    headers = {
        name: variables.filled(text, f"{endpoint.title}: its header {name}")
        for name, text in endpoint.headers.items()
    }
    secret = tuple(n for n, text in endpoint.headers.items() if variables.holds_variable(text))
    return replace(endpoint, headers=headers, secret_headers=secret)


def located(endpoint: Endpoint) -> Endpoint:
    """Return the service with the variables' values in its address; raises UsageError."""
    query = {
        name: variables.filled(text, f"{endpoint.title}: its {name}")
        for name, text in endpoint.query.items()
    }
    endpoint, url = replace(endpoint, query=query), endpoint.base_url
    if not variables.holds_variable(url):
        return endpoint
    # What stands where a variable isn't set may name others.
    for _ in range(2):
        url = variables.filled(url, f"{endpoint.title}: its address")
    scheme, found, rest = url.partition("://")
    host, slash, path = re.sub("/+", "/", rest).partition("/")
    url = f"{scheme}{found}{endpoint.hosts.get(host, host)}{slash}{path}"
    return replace(endpoint, base_url=_elsewhere(url, endpoint.format, None).base_url)


@cache
def _presets() -> dict[str, Endpoint]:
    data = tomllib.loads(files(__package__).joinpath("endpoints.toml").read_text("utf-8"))
    return {name: Endpoint(name=name, **entry) for name, entry in data.items()}


def resolve(
    model: str,
    *,
    base_url: str | None = None,
    format: str | None = None,
    key_env: str | None = None,
) -> tuple[Endpoint, str]:
    """Say who serves a model and what it is called there.

    ``glm-4.7`` is an alias, ``openrouter/z-ai/glm-4.7`` names the service before the first
    slash. With ``base_url`` any model name goes. Raises UsageError for a name that nothing
    knows, a wire format that doesn't exist, or a base URL that isn't one.
    """
    if format is not None:
        wire_format(format)
    if base_url is not None:
        return _elsewhere(base_url, format or USUAL, key_env), model
    endpoint, model_id = _known(model)
    if format is not None and format != endpoint.format:
        if endpoint.paths:
            raise UsageError(
                f"{endpoint.title} speaks {endpoint.format} alone", "leave --format out"
            )
        url = endpoint.format_urls.get(format, endpoint.base_url)
        endpoint = replace(endpoint, format=format, base_url=url)
    if key_env is not None:
        endpoint = replace(endpoint, key_env=key_env, key_optional=False)
    return endpoint, model_id


def key_for(endpoint: Endpoint) -> str | None:
    """Return the key from the environment, None where none is needed or a token does as well.

    Raises UsageError that names the variable, where to get a key, and what works without one.
    """
    if endpoint.key_env is None:
        return None
    key = os.environ.get(endpoint.key_env, "").strip()
    if key:
        if not (key.isascii() and key.isprintable()):
            raise UsageError(
                f"{endpoint.key_env} holds characters that no HTTP header can carry",
                "set it to the key alone, without quotes or line breaks",
            )
        return key
    if endpoint.key_optional or endpoint.credentials:
        return None
    where = f" (keys: {endpoint.key_url})" if endpoint.key_url else ""
    raise UsageError(
        f"{endpoint.title} needs a key and {endpoint.key_env} is not set",
        f"export {endpoint.key_env}=…{where}; "
        f"works now, simulated: toolfuzz run -m sim/{endpoint.simulated}",
    )


def _aliases() -> dict[str, tuple[str, str]]:
    return {
        name.casefold(): (endpoint.name, model_id)
        for endpoint in endpoints().values()
        for alias, model_id in endpoint.models.items()
        for name in (alias, model_id)
    }


def _known(model: str) -> tuple[Endpoint, str]:
    name, slash, rest = model.partition("/")
    known_by_name = endpoints()
    endpoint = known_by_name.get(name) or known_by_name.get(name.casefold())
    if slash and rest and endpoint:
        return endpoint, endpoint.models.get(rest.casefold(), rest)
    if alias := _aliases().get(model.casefold()):
        return endpoints()[alias[0]], alias[1]
    if endpoint and endpoint.model:
        return endpoint, endpoint.model
    if endpoint:
        example = next(iter(endpoint.models), "MODEL")
        raise UsageError(f"{model!r} is a service, not a model", f"try {endpoint.name}/{example}")
    if slash and not rest:
        raise UsageError(f"{model!r} names no model", "write endpoint/model")
    known = [f"{e}/{rest}" for e in endpoints()] if slash else [*_aliases(), *endpoints()]
    near = did_you_mean(model.casefold(), known)
    advice = "`toolfuzz list models` shows all; endpoint/model and --base-url take any name"
    raise UsageError(f"unknown model {model!r}", f"{near} {advice}" if near else advice)


def _can_be_asked(url: str) -> bool:
    """Whether the client takes the address: no control characters, a host that can be one."""
    import httpx

    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return True


def _elsewhere(base_url: str, format: str, key_env: str | None) -> Endpoint:
    url = base_url.strip().rstrip("/").removesuffix(wire_format(format).path("", False))
    wrong = UsageError(
        f"{without_secrets(base_url)!r} is not a base URL", "write http://127.0.0.1:8000/v1"
    )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.scheme not in ("http", "https") or not _can_be_asked(url):
        raise wrong
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "a base URL takes no user, password, query or fragment",
            "put the key into an environment variable and name it with --key-env",
        )
    return Endpoint(
        name=f"{host}:{port}" if port else host,
        title=host,
        base_url=url,
        format=format,
        key_env=key_env or wire_format(format).key_env,
        key_optional=key_env is None,
    )
