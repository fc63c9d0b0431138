"""A Gemini request as a Python program with the ``google-genai`` package."""

import json
import re

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import json_literal

__all__ = ["python"]


def python(request: Request, base_url: str, key_env: str | None) -> str:
    """Return a program that sends the request again and prints what came before the SDK reads it.

    The SDK puts the API version before its paths itself, and it takes what a body has beside its
    contents, unseen, as ``extra_body``.
    """
    root, _, version = base_url.rpartition("/")
    if not re.fullmatch(r"v\d\w*", version):
        root, version = base_url, ""
    model, _, method = request.path.removeprefix("/models/").partition("?")[0].rpartition(":")
    body = dict(request.body)
    contents = body.pop("contents", [])
    key = f'os.environ["{key_env}"]' if key_env else '"none"'
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
            f"    api_key={key},",
            "    http_options={",
            f'        "base_url": {json.dumps(root)},',
            f'        "api_version": {json.dumps(version)},',
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
