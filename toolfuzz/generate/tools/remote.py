"""Remote references of a schema, fetched and bundled so that the schema stands alone.

Bundling as JSON Schema describes it (https://json-schema.org/understanding-json-schema/structuring
#bundling): the fetched document is embedded under its own ``$id``; no reference is rewritten.
"""

from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools.reading import Deadline, fetch, parse_json

__all__ = ["bundled"]

_MOST_DOCUMENTS = 50
_PUBLISHED = ("http://json-schema.org/", "https://json-schema.org/")


def bundled(schema: JsonObject, deadline: Deadline) -> JsonObject:
    """Return the schema with every document embedded that it refers to; raises UsageError."""
    found: dict[str, Json] = {}
    waiting = list(_remote(schema, str(schema.get("$id", ""))))
    while waiting:
        url = waiting.pop()
        if url in found:
            continue
        if len(found) >= _MOST_DOCUMENTS:
            raise UsageError(f"{url}: more than {_MOST_DOCUMENTS} remote schemas")
        document = parse_json(fetch(url, deadline=deadline), url)
        if not isinstance(document, dict):
            raise UsageError(f"{url}: not a JSON Schema")
        found[url] = {**document, "$id": url}
        waiting += _remote(document, url)
    if not found:
        return schema
    keyword = "definitions" if "draft-07" in str(schema.get("$schema")) else "$defs"
    return {**schema, keyword: {**schema.get(keyword, {}), **found}}


def _remote(schema: Json, base: str) -> Iterator[str]:
    """Yield the URLs of other documents that the schema refers to."""
    own = {urldefrag(base).url}
    found: list[str] = []
    stack = [(schema, base)]
    while stack:
        node, around = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$id"), str):
                around = urljoin(around, node["$id"])
                own.add(urldefrag(around).url)
            if isinstance(node.get("$ref"), str):
                found.append(urldefrag(urljoin(around, node["$ref"])).url)
            stack += [(item, around) for item in node.values()]
        elif isinstance(node, list):
            stack += [(item, around) for item in node]
    for url in sorted(set(found) - own):
        if url.startswith(("http://", "https://")) and not url.startswith(_PUBLISHED):
            yield url
