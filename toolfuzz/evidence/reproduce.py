"""A request that anybody can send again: as curl, and as Python with the official SDK."""

import inspect
import json
from dataclasses import dataclass

from toolfuzz.core.case import JsonObject

__all__ = ["Service", "curl", "http_text", "python_sdk"]


@dataclass(frozen=True, slots=True)
class Service:
    """Where a request goes. ``key_env`` names the key's variable; None: no key needed."""

    base_url: str
    path: str
    api: str
    key_env: str | None

    @property
    def url(self) -> str:
        """The full address."""
        return f"{self.base_url}{self.path}"


def curl(service: Service, body: JsonObject) -> str:
    """Return a shell command that sends the body; the key comes from the environment."""
    lines = [f"curl -sS '{service.url}'", "-H 'content-type: application/json'"]
    lines += [f'-H "{header}"' for header in _auth_headers(service)]
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
    headers = "".join(f"{h}\n" for h in _auth_headers(service))
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


def _auth_headers(service: Service) -> list[str]:
    if service.api == "anthropic-messages":
        key = [f"x-api-key: ${service.key_env}"] if service.key_env else []
        return [*key, "anthropic-version: 2023-06-01"]
    return [f"authorization: Bearer ${service.key_env}"] if service.key_env else []


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
