"""JSON pointers (RFC 6901), and references within one schema."""

from toolfuzz.core.case import Json

__all__ = ["follow", "pointer_of", "resolve", "step", "tokens_of"]


def pointer_of(tokens: list[str | int]) -> str:
    """Return the JSON pointer of a path (RFC 6901)."""
    return "".join("/" + str(t).replace("~", "~0").replace("/", "~1") for t in tokens)


def tokens_of(pointer: str) -> list[str]:
    """Return the unescaped tokens of a JSON pointer."""
    return [t.replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:]]


def step(node: Json, key: str | int) -> Json:
    """Return the member or item, or None when there is none."""
    if isinstance(node, dict):
        return node.get(str(key))
    if isinstance(node, list) and isinstance(key, int) and key < len(node):
        return node[key]
    return None


def resolve(root: Json, reference: str) -> Json:
    """Return the target of a reference into the same document, else None."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    node = root
    for token in tokens_of(reference[1:]):
        is_index = isinstance(node, list) and token.isdigit()
        node = step(node, int(token) if is_index else token)
    return node


def follow(root: Json, schema: Json) -> Json:
    """Follow a chain of references to a schema without one."""
    for _ in range(8):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str):
            return schema
        schema = resolve(root, reference)
    return schema
