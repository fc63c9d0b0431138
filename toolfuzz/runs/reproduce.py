"""A request that anybody can send again: as curl, and as Python with the official SDK."""

import inspect
import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.formats import wire_format
from toolfuzz.sources.registry import resolve

__all__ = ["Service", "curl", "http_text", "python_sdk", "service_of"]

_SIMULATOR = "http://127.0.0.1:8399/v1"
_OWN_SERVER = "http://127.0.0.1:8000/v1"


@dataclass(frozen=True, slots=True)
class Service:
    """Where a request goes. ``key_env`` names the key's variable; None: no key needed.

    ``start`` says how a server that isn't there all the time is started.
    """

    base_url: str
    api: str
    key_env: str | None = None
    start: str = ""

    @property
    def url(self) -> str:
        """The full address."""
        return f"{self.base_url}{wire_format(self.api).path}"

    @property
    def headers(self) -> dict[str, str]:
        """What is sent besides the content type; the key stands there as ``$NAME``."""
        return wire_format(self.api).headers(f"${self.key_env}" if self.key_env else None)


def service_of(target: Target, settings: Mapping[str, Any]) -> Service:
    """Return where others can reach what a run asked; ``settings`` are the run's."""
    nature = nature_of(target)
    if nature.over_http and not nature.remote:
        start = f"toolfuzz serve --profile {shlex.quote(target.model)} --port 8399"
        return Service(_SIMULATOR, target.format, start=start)
    if not nature.over_http:
        start = "serve a model of this family with this parser at port 8000"
        return Service(_OWN_SERVER, target.format, start=start)
    endpoint, _ = resolve(
        target.name,
        base_url=settings.get("base_url"),
        format=target.format,
        key_env=settings.get("key_env"),
    )
    keyless = endpoint.key_optional and not os.environ.get(endpoint.key_env or "")
    return Service(endpoint.base_url, target.format, None if keyless else endpoint.key_env)


def curl(service: Service, body: JsonObject) -> str:
    """Return a shell command that sends the body; the key comes from the environment."""
    quiet = "-sSN" if body.get("stream") else "-sS"
    lines = [f"curl {quiet} {shlex.quote(service.url)}", "-H 'content-type: application/json'"]
    lines += [f'-H "{name}: {value}"' for name, value in service.headers.items()]
    lines.append("--data-binary @- <<'JSON'")
    # JSON text has no raw line break inside a string, so no line of it can be the end mark.
    return " \\\n  ".join(lines) + f"\n{json.dumps(body, indent=2)}\nJSON\n"


def python_sdk(service: Service, body: JsonObject) -> str:
    """Return a Python program that sends the body through the provider's official SDK."""
    sdk = _SDKS[service.api]
    known, extra = _split(sdk, body)
    key = f'os.environ["{service.key_env}"]' if service.key_env else '"none"'
    base_url = service.base_url.removesuffix("/v1") if sdk.own_version else service.base_url
    call = f"client.{sdk.method}.with_raw_response.create(**body"
    call += f", extra_body=json.loads({json.dumps(extra)!r}))" if extra else ")"
    return "\n".join(
        [
            "import json",
            "import os",
            "",
            f"from {sdk.module} import {sdk.client}",
            "",
            f"client = {sdk.client}(base_url={base_url!r}, api_key={key}, max_retries=0)",
            "body = json.loads(",
            f"    {json.dumps(known)!r}",
            ")",
            f"reply = {call}",
            "print(reply.http_response.read().decode())",
            "",
        ]
    )


def http_text(service: Service, body: JsonObject, status: int | None, reply: bytes) -> str:
    """Return request and response as the text of an ``.http`` file, without secrets."""
    headers = "".join(f"{name}: {value}\n" for name, value in service.headers.items())
    answer = reply.decode("utf-8", "backslashreplace")
    return (
        f"POST {service.url}\ncontent-type: application/json\n{headers}\n"
        f"{json.dumps(body, indent=2)}\n\n"
        f"### the response, as it came (status {status})\n\n{answer}\n"
    )


@dataclass(frozen=True, slots=True)
class _Sdk:
    module: str
    client: str
    method: str
    own_version: bool = False


_SDKS = {
    "openai-chat": _Sdk("openai", "OpenAI", "chat.completions"),
    "openai-responses": _Sdk("openai", "OpenAI", "responses"),
    # This SDK puts /v1 before its paths itself.
    "anthropic-messages": _Sdk("anthropic", "Anthropic", "messages", own_version=True),
}


def _split(sdk: _Sdk, body: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Tell the fields that the SDK's method names from those that it must pass on unseen."""
    import importlib

    client = getattr(importlib.import_module(sdk.module), sdk.client)(api_key="none")
    method = client
    for name in sdk.method.split("."):
        method = getattr(method, name)
    names = inspect.signature(method.create).parameters
    known = {k: v for k, v in body.items() if k in names}
    return known, {k: v for k, v in body.items() if k not in names}
