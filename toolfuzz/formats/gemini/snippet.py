"""A Gemini request as a Python program with the ``google-genai`` package."""

import json
import re
from collections.abc import Mapping

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import NO_HEADERS, json_literal, python_headers

__all__ = ["python"]


_VERTEX = re.compile(r"(.+)/projects/([^/]+)/locations/([^/]+)/publishers/google")


def python(
    request: Request,
    base_url: str,
    key_env: str | None,
    own: Mapping[str, str] = NO_HEADERS,
    cloud: str = "",
) -> str:
    """Return a program that sends the request again and prints what came before the SDK reads it.

    The SDK puts the API version before its paths itself, and it takes what a body has beside its
    contents, unseen, as ``extra_body``.
    """
    login = [
        f"    api_key={f'os.environ[{json.dumps(key_env)}]' if key_env else json.dumps('none')},"
    ]
    if cloud == "google":
        login = ["    vertexai=True,"]
        if found := _VERTEX.fullmatch(base_url):
            base_url, project, location = found.groups()
            login += [f"    project={project!r},", f"    location={location!r},"]
    root, _, version = base_url.rpartition("/")
    if not re.fullmatch(r"v\d\w*", version):
        root, version = base_url, ""
    model, _, method = request.path.removeprefix("/models/").partition("?")[0].rpartition(":")
    body = dict(request.body)
    contents = body.pop("contents", [])
    call = "generate_content_stream" if method.startswith("stream") else "generate_content"
    return "\n".join(
        [
            "import json",
            "import os",
            "",
            "from google import genai",
            "",
            "",
            "def show(response):",
            "    print(response.read().decode())",
            "",
            "",
            "client = genai.Client(",
            *login,
            "    http_options={",
            f'        "base_url": {json.dumps(root)},',
            f'        "api_version": {json.dumps(version)},',
            *([f'        "headers": {python_headers(own)},'] if own else []),
            '        "client_args": {"event_hooks": {"response": [show]}},',
            "    },",
            ")",
            f"contents = {json_literal(contents)}",
            f"body = {json_literal(body)}",
            f"reply = client.models.{call}(",
            f"    model={json.dumps(model)},",
            "    contents=contents,",
            '    config={"http_options": {"extra_body": body}},',
            ")",
            *(["list(reply)"] if call.endswith("stream") else []),
            "",
        ]
    )
