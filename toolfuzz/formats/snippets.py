"""Requests as texts that anybody can send again."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence, Set

from toolfuzz.core.case import Json, JsonObject

__all__ = ["NO_HEADERS", "curl", "json_literal", "python_headers", "python_sdk"]

_SHELLS = re.compile(r"[\\\"`]|\$(?!\{[A-Za-z_][A-Za-z0-9_]*\})")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
NO_HEADERS: Mapping[str, str] = {}
_GLOB = frozenset("[]{}")
"""In an address curl makes several of them, unless it is told not to (-g)."""


def curl(
    url: str,
    headers: Mapping[str, str],
    body: JsonObject,
    *,
    stream: bool,
    options: Sequence[str] = (),
    own: Mapping[str, str] | None = None,
) -> str:
    """Return a shell command that sends the body; ``options`` are further ones of curl.

    Of ``own`` headers ``${NAME}`` is the value of a variable, and nothing else is the shell's.
    """
    flags = f"-sS{'N' if stream else ''}{'g' if _GLOB.intersection(url) else ''}"
    lines = [f"curl {flags} {shlex.quote(url)}", *options]
    lines.append("-H 'content-type: application/json'")
    lines += [f'-H "{name}: {value}"' for name, value in headers.items()]
    lines += [f'-H "{_said(name)}: {_said(value)}"' for name, value in (own or {}).items()]
    lines.append("--data-binary @- <<'JSON'")
    # JSON text has no raw line break inside a string, so no line of it can be the end mark.
    return " \\\n  ".join(lines) + f"\n{json.dumps(body, indent=2)}\nJSON\n"


def _said(text: str) -> str:
    """Return it for double quotes of a shell, with the variables that it names."""
    return _SHELLS.sub(r"\\\g<0>", text)


def python_headers(own: Mapping[str, str]) -> str:
    """Return a Python expression for headers in which ``${NAME}`` is the value of a variable."""
    return f"{{{', '.join(f'{name!r}: {_filled(value)}' for name, value in own.items())}}}"


def _filled(text: str) -> str:
    # A text without variables, then by turns a variable and what stands behind it.
    first, *rest = _VARIABLE.split(text)
    parts = [repr(first)] if first or not rest else []
    for name, between in zip(rest[::2], rest[1::2], strict=True):
        parts += [f'os.environ["{name}"]', *([repr(between)] if between else [])]
    return " + ".join(parts)


def json_literal(value: Json) -> str:
    """Return a Python expression for a JSON value that people can read."""
    text = json.dumps(value, indent=2)
    # JSON ends in no backslash, so only quotes of the literal's own kind could end it early.
    literal = repr(json.dumps(value)) if "'''" in text else f"r'''\n{text}\n'''"
    return f"json.loads({literal})"


def python_sdk(
    package: str,
    client: str,
    method: str,
    body: JsonObject,
    base_url: str,
    key_env: str | None,
    own: Mapping[str, str],
    cloud: str = "",
    *,
    named: Set[str],
    api_version: str | None = None,
) -> str:
    """Return a Python program that sends the body through an SDK made by Stainless.

    ``method`` is the resource that has ``create``: ``chat.completions``. Fields that are not among
    the parameters ``named`` are passed on by the SDK unseen. ``api_version`` is Azure's.
    """
    known = {k: v for k, v in body.items() if k in named}
    extra = {k: v for k, v in body.items() if k not in named}
    key = f'os.environ["{key_env}"]' if key_env else "login" if cloud == "azure" else '"none"'
    given = f"base_url={base_url!r}, api_key={key}, max_retries=0"
    if api_version:
        who = "azure_ad_token_provider" if key == "login" else "api_key"
        given = f"base_url={base_url!r}, {who}={key}, api_version={api_version!r}, max_retries=0"
    if own:
        given += f", default_headers={python_headers(own)}"
    call = f"client.{method}.with_raw_response.create(**body"
    call += f", extra_body={json_literal(extra)})" if extra else ")"
    return "\n".join(
        [
            "import json",
            "import os",
            "",
            *(_AZURE_IMPORT if key == "login" else []),
            f"from {package} import {client}",
            "",
            *(_AZURE_LOGIN if key == "login" else []),
            f"client = {client}({given})",
            f"body = {json_literal(known)}",
            f"reply = {call}",
            "print(reply.http_response.read().decode())",
            "",
        ]
    )


_AZURE_IMPORT = ["from azure.identity import DefaultAzureCredential, get_bearer_token_provider"]
_AZURE_LOGIN = [
    "login = get_bearer_token_provider(",
    '    DefaultAzureCredential(), "https://cognitiveservices.azure.com/.default"',
    ")",
]
