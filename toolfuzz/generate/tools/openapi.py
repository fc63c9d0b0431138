"""Tools from an OpenAPI description: each operation becomes one, as agent frameworks do it.

OpenAPI 3.0 and 3.1, https://spec.openapis.org/oas/. Path, query and header parameters and the
members of an object body (JSON, a form) stand side by side in one object; any other body is one
parameter ``body``. What no call can hold is left out and said. Schemas of 3.0 are rewritten to
JSON Schema where the two differ.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.jsonvalue import a_kind, pointer_of
from toolfuzz.generate.schema.document import levels
from toolfuzz.generate.tools.bodies import Body, body_of, objects
from toolfuzz.generate.tools.reading import Deadline, fetch, parse_json, read_bytes
from toolfuzz.generate.tools.refs import Refs, Written
from toolfuzz.generate.tools.shapes import ShapeError
from toolfuzz.generate.tools.toolset import Labels, Skipped, ToolSet, refuse_many, usable
from toolfuzz.system.specs import without_secrets

__all__ = ["MOST_BYTES", "load_openapi"]

_METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")
# The specification says that parameters of these names are ignored.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
MOST_BYTES = 30_000_000
_LONGEST_NAME = 64
_MOST_LEVELS = 250


def load_openapi(
    file_or_url: str, *, headers: Mapping[str, str] | None = None, inline_refs: bool = False
) -> ToolSet:
    """Read every operation of a description (JSON or YAML) as a tool; raises UsageError.

    ``headers`` go to a URL. References are kept as ``$defs`` of each tool, or written out in place
    (``inline_refs``) except where they are recursive.
    """
    deadline, place = Deadline(), file_or_url
    if re.match(r"https?://", file_or_url):
        place = without_secrets(file_or_url)
        data = fetch(file_or_url, headers=headers, most_bytes=MOST_BYTES, deadline=deadline)
        name = Path(urlsplit(file_or_url).path).name or urlsplit(file_or_url).hostname or "openapi"
    else:
        data = read_bytes(Path(file_or_url), most_bytes=MOST_BYTES)
        name = Path(file_or_url).name
    document = _checked(_parse(data, place, deadline), place)
    tools: list[Tool] = []
    skipped: list[Skipped] = []
    labels: dict[str, Labels] = {}
    for number, (made, label, left_out) in enumerate(_tools(document, inline_refs)):
        deadline.check(place)
        refuse_many(number, place)
        if isinstance(made, Tool):
            tools.append(made)
            labels[made.name] = label
        else:
            skipped.append(made)
            labels[made.tool] = label
        skipped += left_out
    if not (tools or skipped):
        raise UsageError(f"{place}: no operations under paths")
    origin = f"tools:{name}"
    return usable(origin, tools, skipped, place=place, labels=labels, deadline=deadline)


def _parse(data: bytes, place: str, deadline: Deadline) -> Json:
    if not re.search(r"\.ya?ml$", urlsplit(place).path):
        return parse_json(data, place)
    try:
        from toolfuzz.generate.tools.yaml_json import parse_yaml
    except ImportError:
        hint = "pip install pyyaml, or convert it to JSON"
        raise UsageError(f"{place}: reading YAML needs PyYAML", hint) from None
    try:
        return parse_yaml(data, lambda: deadline.check(place))
    except ValueError as error:
        raise UsageError(f"{place}: not YAML that JSON can hold: {error}") from None


def _checked(document: Json, place: str) -> JsonObject:
    version = document.get("openapi") if isinstance(document, dict) else None
    if levels(document) > _MOST_LEVELS:
        raise UsageError(f"{place}: nested more than {_MOST_LEVELS} levels deep")
    if isinstance(version, str) and version.startswith(("3.0", "3.1")):
        found: JsonObject = document
        return found
    if isinstance(document, dict) and "swagger" in document:
        raise UsageError(f"{place}: Swagger 2.0 is not read", "convert it to OpenAPI 3 first")
    raise UsageError(f"{place}: not an OpenAPI 3.0 or 3.1 description", "its key `openapi` says so")


def _tools(
    document: JsonObject, inline_refs: bool
) -> Iterator[tuple[Tool | Skipped, Labels, list[Skipped]]]:
    """Yield a tool for each operation, or why there is none, and what of it is left out."""
    taken: set[str] = set()
    written = Written()
    for path, item in objects(document.get("paths")):
        item = Refs(document).resolved(item)
        for method in _METHODS:
            operation = item.get(method)
            if not isinstance(operation, dict):
                continue
            name = _name(operation.get("operationId") or f"{method}{path}", taken)
            words = [operation.get("summary"), operation.get("description")]
            texts = [word for word in words if isinstance(word, str)]
            description = "\n\n".join(dict.fromkeys(texts)) or f"{method.upper()} {path}"
            place = pointer_of(("paths", path, method))
            refs = Refs(document, inline=inline_refs, written=written)
            labels, left_out = Labels(path, _tags(operation)), list[ShapeError]()
            try:
                parameters = _parameters(refs, item, operation, left_out)
            except ShapeError as error:
                yield Skipped(name, place + error.pointer, error.reason), labels, []
            except RecursionError:
                yield Skipped(name, place, "its references are nested too deeply"), labels, []
            else:
                said = [
                    Skipped(name, place + one.pointer, f"left out of every call: {one.reason}")
                    for one in left_out
                ]
                yield Tool(name, description, parameters), labels, said


def _tags(operation: JsonObject) -> tuple[str, ...]:
    tags = operation.get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _name(wanted: str, taken: set[str]) -> str:
    """Return a name that every provider takes, different from those taken."""
    base = re.sub(r"[^A-Za-z0-9_-]+", "_", str(wanted)).strip("_")[:_LONGEST_NAME] or "operation"
    name, n = base, 2
    while name in taken:
        suffix = f"_{n}"
        name, n = base[: _LONGEST_NAME - len(suffix)] + suffix, n + 1
    taken.add(name)
    return name


def _parameters(
    refs: Refs, item: JsonObject, operation: JsonObject, left_out: list[ShapeError]
) -> JsonObject:
    properties: JsonObject = {}
    required: list[str] = []
    for parameter in _merged(refs, item, operation, left_out):
        name = parameter["name"]
        if name in properties:  # the same name in two places, as in PUT /items/{id}?id=
            name = f"{name}__{parameter['in']}"
        properties[name] = _described(refs.schema(_schema_of(parameter)), parameter)
        if parameter.get("required") is True:
            required.append(name)
    body = body_of(refs, operation, left_out)
    if body is not None:
        _add_body(refs, body, properties, required)
    parameters: JsonObject = {"type": "object", "properties": properties}
    if required:
        parameters["required"] = required
    if definitions := refs.definitions():
        parameters["$defs"] = definitions
    return parameters


def _merged(
    refs: Refs, item: JsonObject, operation: JsonObject, left_out: list[ShapeError]
) -> Iterator[JsonObject]:
    """Yield the parameters of the path and the operation; the operation's own win."""
    found: dict[tuple[str, str], JsonObject] = {}
    for owner in (item, operation):
        listed = owner.get("parameters") or []
        if not isinstance(listed, list):
            raise ShapeError("/parameters", f"must be a list, not {a_kind(listed)}")
        for number, entry in enumerate(listed):
            parameter = refs.resolved(entry)
            name, place = parameter.get("name"), parameter.get("in")
            if isinstance(name, str) and isinstance(place, str):
                found[name, place] = parameter
            else:
                nothing = "it says neither its name nor its place, or its $ref points nowhere"
                left_out.append(ShapeError(f"/parameters/{number}", nothing))
    for (name, place), parameter in found.items():
        if place in ("path", "query") or (
            place == "header" and name.lower() not in _IGNORED_HEADERS
        ):
            yield parameter
        elif place == "cookie":
            said = f"the cookie {name[:100]!r} is the client's to send"
            left_out.append(ShapeError("/parameters", said))
        elif place != "header":
            said = f"{name[:100]!r} is in {place[:100]!r}, which is no place in OpenAPI 3"
            left_out.append(ShapeError("/parameters", said))


def _add_body(refs: Refs, body: Body, properties: JsonObject, required: list[str]) -> None:
    schema, needed = body.schema, body.required
    target = refs.resolved(schema)
    plain = not any(key in target for key in ("allOf", "anyOf", "oneOf", "additionalProperties"))
    if not (plain and isinstance(target.get("properties"), dict)):
        properties[_free("body", properties)] = _described(refs.schema(schema), body.said)
        required += ["body"] if needed else []
        return
    demanded = target.get("required")
    demanded = demanded if isinstance(demanded, list) else []
    for name, member in target["properties"].items():
        if isinstance(member, dict) and member.get("readOnly") is True:
            continue
        key = name if name not in properties else _free(f"{name}__body", properties)
        properties[key] = refs.schema(member)
        if needed and name in demanded:
            required.append(key)


def _free(name: str, taken: JsonObject) -> str:
    while name in taken:
        name += "_"
    return name


def _schema_of(parameter: JsonObject) -> Json:
    if "schema" in parameter:
        return parameter["schema"]
    return next((m["schema"] for _, m in objects(parameter.get("content")) if "schema" in m), {})


def _described(schema: Json, owner: JsonObject) -> Json:
    said = owner.get("description")
    if isinstance(schema, dict) and isinstance(said, str) and "description" not in schema:
        return {**schema, "description": said}
    return schema
