"""A request that anybody can send again: as curl, and as Python with the official SDK."""

import json
import os
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.nature import nature_of
from toolfuzz.formats import Request, WireFormat, wire_format
from toolfuzz.sources.registry import endpoints, located, resolve

__all__ = ["Service", "http_text", "native_text", "sent", "service_of"]

_SIMULATOR = "http://127.0.0.1:8399/v1"
_OWN_SERVER = "http://127.0.0.1:8000/v1"


@dataclass(frozen=True, slots=True)
class Service:
    """Where a request goes. ``key_env`` names the key's variable; None: no key needed.

    ``start`` says how a server that isn't there all the time is started. In ``headers``, which the
    service or the user wants beside, ``${NAME}`` is the value of a variable; ``left_out`` are the
    usual ones that it doesn't get. ``cloud`` (google, azure) is whose login stands in the place of
    a key; ``key_header`` carries the key, where that isn't the wire format's.
    """

    base_url: str
    api: str
    key_env: str | None = None
    start: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    cloud: str = ""
    key_header: str = ""

    @property
    def format(self) -> WireFormat:
        """The wire format."""
        return wire_format(self.api)

    def url(self, request: Request) -> str:
        """Return the full address of a request."""
        return self.base_url + request.path

    def curl(self, request: Request, *, stream: bool) -> str:
        """Return a shell command that sends the request; see WireFormat.curl."""
        return self.format.curl(
            request,
            self.base_url,
            None if self.key_header else self.key_env,
            stream=stream,
            own=self._shown(),
            left_out=self.left_out,
        )

    def python(self, request: Request) -> str:
        """Return a Python program that sends the request through the official SDK."""
        return self.format.python(request, self.base_url, self.key_env, self.headers, self.cloud)

    def sent_headers(self) -> dict[str, str]:
        """Return the headers of a request, with names of variables in the place of secrets."""
        own = self._shown()
        without = {name.lower() for name in (*self.left_out, *own)}
        key = f"${self.key_env}" if self.key_env and not self.key_header else None
        usual = self.format.headers(key)
        return {n: value for n, value in usual.items() if n.lower() not in without} | own

    def _shown(self) -> dict[str, str]:
        """Return the further headers where nothing logs in by itself."""
        login = {"authorization": "Bearer ${ACCESS_TOKEN}"} if self.cloud else {}
        if self.key_header and self.key_env:
            login = {self.key_header: f"${{{self.key_env}}}"}
        return {**login, **self.headers}


def service_of(target: Target, settings: Mapping[str, Any]) -> Service:
    """Return where others can reach what a run asked over HTTP; ``settings`` are the run's."""
    nature = nature_of(target)
    if not nature.remote:
        start = f"toolfuzz serve --profile {shlex.quote(target.model)} --port 8399"
        return Service(_SIMULATOR, target.format, start=start)
    if "judged" in settings and not settings.get("base_url"):
        return _elsewhere(target)
    _check_address(settings)
    try:
        endpoint, _ = resolve(
            target.name,
            base_url=settings.get("base_url"),
            format=target.format,
            key_env=settings.get("key_env"),
        )
    except UsageError:
        if target.endpoint in endpoints() or settings.get("base_url"):
            raise
        return _elsewhere(target)  # somebody's [[endpoint]], which isn't known here
    with suppress(UsageError):  # the variables of an address may be set elsewhere alone
        endpoint = located(endpoint)
    # Where requests are signed otherwise, a key is the only thing that a shell command can show.
    signed = wire_format(target.format).sign is not None
    optional = (endpoint.key_optional or endpoint.credentials) and not signed
    keyless = optional and not os.environ.get(endpoint.key_env or "")
    key_env = None if keyless else endpoint.key_env
    return Service(
        endpoint.base_url,
        target.format,
        key_env,
        headers={**endpoint.headers, **_of_the_user(settings)},
        left_out=frozenset(endpoint.leaves_out),
        cloud=endpoint.credentials or "" if key_env is None else "",
        key_header=endpoint.key_header,
    )


def _of_the_user(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the run's own headers: a journal has their names alone, so variables stand for them.

    Anybody may have written those names.
    """
    named = settings.get("headers")
    names = [n for n in named if isinstance(n, str)] if isinstance(named, list) else []
    return {
        name: f"${{{re.sub(r'[^A-Z0-9]', '_', name.upper())}}}"
        for name in names
        if _HEADER.fullmatch(name)
    }


def _elsewhere(target: Target) -> Service:
    start = f"serve {shlex.quote(target.model)} at port 8000"
    return Service(_OWN_SERVER, target.format, start=start)


_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%[\]-]+")


def _check_address(settings: Mapping[str, Any]) -> None:
    """Refuse what is no variable and no URL: both go into commands that people run."""
    key_env, base_url = settings.get("key_env"), settings.get("base_url")
    if key_env is not None and not (isinstance(key_env, str) and _VARIABLE.fullmatch(key_env)):
        raise UsageError("the run's key_env is not the name of a variable", _NOT_OURS)
    if base_url is not None and not (isinstance(base_url, str) and _ADDRESS.fullmatch(base_url)):
        raise UsageError("the run's base_url is not an http address", _NOT_OURS)


_NOT_OURS = "toolfuzz wrote no such run: don't trust its folder"


def sent(target: Target, body: JsonObject, *, stream: bool) -> Request:
    """Return the request that a body was sent in."""
    request = Request(wire_format(target.format).path(target.model, stream), body)
    endpoint = endpoints().get(target.endpoint)
    if endpoint:
        with suppress(UsageError):  # what isn't set here stays a variable
            endpoint = located(endpoint)
    return endpoint.placed(request, target.model, stream=stream) if endpoint else request


def native_text(exchange: Exchange) -> str:
    """Return what the model wrote: the input of a parser on trial."""
    request = exchange.request
    return str(request.get("text") or "".join(map(str, request.get("deltas", ()))))


def http_text(service: Service, request: Request, status: int | None, reply: bytes) -> str:
    """Return request and response as the text of an ``.http`` file, without secrets."""
    lines = "".join(f"{name}: {value}\n" for name, value in service.sent_headers().items())
    return (
        f"POST {service.url(request)}\ncontent-type: application/json\n{lines}\n"
        f"{json.dumps(request.body, indent=2)}\n\n"
        f"### the response, as it came (status {status})\n\n{service.format.show(reply)}\n"
    )
