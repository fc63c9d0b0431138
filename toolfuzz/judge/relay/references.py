"""References of a schema that lead nowhere."""

from collections.abc import Iterator

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import resolve_ref
from toolfuzz.judge.relay.difference import Difference

__all__ = ["dangling"]


def dangling(schema: JsonObject, where: str) -> Iterator[Difference]:
    """Yield the references of a schema that lead nowhere in it."""
    yield from _dangling(schema, schema, where)


def _dangling(node: Json, root: JsonObject, where: str) -> Iterator[Difference]:
    if isinstance(node, list):
        for n, item in enumerate(node):
            yield from _dangling(item, root, f"{where}/{n}")
    elif isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith("#") and resolve_ref(root, ref) is None:
            yield Difference(
                "relay-ref-dangling", f"{where}/$ref", None, ref, "leads nowhere", kind="$ref"
            )
        for key, item in node.items():
            yield from _dangling(item, root, f"{where}/{key}")
