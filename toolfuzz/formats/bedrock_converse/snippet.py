"""A Converse request as a Python program with boto3."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import NO_HEADERS, json_literal, python_headers

from .signing import KEY_ENV, region_named

__all__ = ["curl_options", "python"]


def curl_options(key_env: str | None) -> list[str]:
    """Return what makes curl print bytes that are no text."""
    return ["--output -"]


def python(
    request: Request,
    base_url: str,
    key_env: str | None,
    own: Mapping[str, str] = NO_HEADERS,
    cloud: str = "",
) -> str:
    """Return a program that sends the request and prints the reply, of a stream a line an event."""
    _, model, operation = request.path.rsplit("?", 1)[0].removeprefix("/").split("/")
    given = {"endpoint_url": base_url, "region_name": region_named(base_url) or "us-east-1"}
    if urlsplit(base_url).scheme != "https":
        # boto3 signs every request, also one to a server that does not look.
        given |= {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    options = "".join(f"    {name}={value!r},\n" for name, value in given.items())
    lines = ["import json", "", "import boto3", ""]
    if own or (key_env and key_env != KEY_ENV):
        lines[1:1] = ["import os"]
    if key_env and key_env != KEY_ENV:
        lines.append(f'os.environ["{KEY_ENV}"] = os.environ["{key_env}"]')
    lines += [
        f'client = boto3.client(\n    "bedrock-runtime",\n{options})',
        *_with_headers(own),
        f"body = {json_literal(request.body)}",
        f"reply = client.{operation.replace('-', '_')}(modelId={unquote(model)!r}, **body)",
        *_PRINTED[operation],
        "client.close()",
        "",
    ]
    return "\n".join(lines)


def _with_headers(own: Mapping[str, str]) -> list[str]:
    if not own:
        return []
    return [
        f"own = {python_headers(own)}",
        "client.meta.events.register(",
        '    "before-call.bedrock-runtime", lambda params, **_: params["headers"].update(own)',
        ")",
    ]


_PRINTED = {
    "converse": ['del reply["ResponseMetadata"]', "print(json.dumps(reply))"],
    "converse-stream": ['for event in reply["stream"]:', "    print(json.dumps(event))"],
}
