"""Odd and hostile sources of tools are drawn from or refused in one line, in bounded time."""

import json
import os
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.generate import draw_cases
from toolfuzz.generate.tools import load, load_openapi
from toolfuzz.generate.tools.reading import Deadline, fetch

SECONDS = 2.0  # of processor time; each takes less than 1 on an idle machine
MEGABYTES = 200


def tool(schema, name="t"):
    return json.dumps([{"name": name, "description": "d", "parameters": schema}])


def obj(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


def doubled(levels, keyword="allOf"):
    below = {"type": "object"}
    defs = {"d0": below}
    for n in range(1, levels + 1):
        part = {"$ref": f"#/$defs/d{n - 1}"}
        defs[f"d{n}"] = {keyword: [part, part]}
    return {"type": "object", "$defs": defs, "allOf": [{"$ref": f"#/$defs/d{levels}"}]}


def doubled_members(levels):
    defs = {"d0": {"type": "object"}}
    for n in range(1, levels + 1):
        part = {"properties": {"a": {"$ref": f"#/$defs/d{n - 1}"}}, "required": ["a"]}
        defs[f"d{n}"] = {"type": "object", "allOf": [part, part, {"$ref": f"#/$defs/d{n - 1}"}]}
    return {"type": "object", "$defs": defs, "allOf": [{"$ref": f"#/$defs/d{levels}"}]}


def written_out(levels):
    schema = {"type": "object"}
    for _ in range(levels):
        schema = {"allOf": [schema, schema]}
    return {"type": "object", **schema}


def deep(levels):
    return '[{"name": "t", "parameters": ' + '{"properties": {"a": ' * levels + "{}" + "}}" * levels


WIDE = {f"p{n}": {"type": "object", "properties": {"a": {"type": "string"}}} for n in range(10_000)}
SURROGATE = "\ud800"
STRING = {"type": "string"}

TOOLS = {
    "9 MB of tools": lambda: json.dumps(
        [{"name": f"t{n}", "description": "x" * 400, "parameters": {}} for n in range(18_000)]
    ),
    "9 MB of empty lists": lambda: "[" + "[]," * 3_000_000 + "[]]",
    "9 MB of numbers": lambda: "[" + "1," * 4_500_000 + "1]",
    "450,000 tools that are none": lambda: "[" + "{}," * 450_000 + "{}]",
    "a description of 9 MB": lambda: tool(obj(a=STRING | {"description": "x" * 9_000_000})),
    "9 MB of members": lambda: tool(obj(**{f"p{n}": STRING for n in range(200_000)})),
    "an enum of 100,000": lambda: tool(obj(a={"enum": [f"value {n}" for n in range(100_000)]})),
    "an enum of 15,000": lambda: tool(obj(a={"enum": [f"value {n}" for n in range(15_000)]})),
    "minLength 99,000": lambda: tool(obj(a={"type": "string", "minLength": 99_000})),
    "minItems 999": lambda: tool(obj(a={"type": "array", "minItems": 999, "items": obj(b=STRING)})),
    "a pattern of 6 MB": lambda: tool(obj(a={"type": "string", "pattern": "a" * 6_000_000})),
    "alternatives of 6 MB": lambda: tool(obj(a={"type": "string", "pattern": "ab|" * 2_000_000})),
    "a pattern that backtracks": lambda: tool(obj(a={"type": "string", "pattern": "^((a)+)+$"})),
    "10,000 wide objects": lambda: tool(obj(**WIDE)),
    "10,000 optional objects": lambda: tool({"type": "object", "properties": WIDE}),
    "3,000 required objects": lambda: tool(obj(**dict(list(WIDE.items())[:3000]))),
    "allOf doubled 19 times": lambda: tool(doubled(19)),
    "anyOf doubled 19 times": lambda: tool(doubled(19, "anyOf")),
    "oneOf doubled 12 times": lambda: tool(doubled(12, "oneOf")),
    "members doubled 15 times": lambda: tool(doubled_members(15)),
    "allOf written out 12 times": lambda: tool(written_out(12)),
    "deep": lambda: deep(5_000),
    "cut off": lambda: deep(50),
    "a $ref to nothing": lambda: tool(obj(a={"$ref": "#/$defs/gone"})),
    "a $ref to a list": lambda: tool({**obj(a={"$ref": "#/required"}), "type": "object"}),
    "a $ref that is a number": lambda: tool(obj(a={"$ref": 5})),
    "a member that is null": lambda: tool(obj(a=None)),
    "parameters that are a number": lambda: json.dumps([{"name": "t", "parameters": 5}]),
    "surrogate as name": lambda: tool(obj(a=STRING), name=SURROGATE),
    "surrogate as key": lambda: tool(obj(**{SURROGATE: STRING})),
    "surrogate as const": lambda: tool(obj(a={"const": SURROGATE})),
    "surrogate in an enum": lambda: tool(obj(a={"enum": ["b", SURROGATE]})),
    "surrogate in a pattern": lambda: tool(obj(a={"type": "string", "pattern": SURROGATE})),
    "surrogate in a description": lambda: tool(obj(a={"type": "string", "description": SURROGATE})),
    "maximum 1e400": lambda: tool(obj(a={"type": "number", "maximum": 77})).replace("77", "1e400"),
    "5,000 digits": lambda: tool(obj(a={"minimum": 77})).replace("77", "9" * 5000),
}  # fmt: skip

REFUSED = {
    "a $ref to nothing": "/properties/a/$ref: $ref '#/$defs/gone' points nowhere",
    "a $ref to a list": "/required: referred to, but not a JSON Schema",
    "a $ref that is a number": "/properties/a/$ref: not a JSON Schema",
    "a member that is null": "/properties/a: not a JSON Schema",
    "parameters that are a number": "/0/parameters: must be a JSON Schema",
    "surrogate as name": "#1 at /name: holds half of a surrogate pair",
    "surrogate as key": "half of a surrogate pair",
    "surrogate as const": "/properties/a/const: holds half of a surrogate pair",
    "surrogate in an enum": "/properties/a/enum/1: holds half of a surrogate pair",
    "surrogate in a pattern": "half of a surrogate pair",
    "surrogate in a description": "/properties/a/description: holds half",
    "an enum of 100,000": "too large to draw from: more than 20,000 values",
    "9 MB of tools": "more than 2,000 tools",
    "9 MB of empty lists": "more than 500,000 objects and lists",
    "9 MB of numbers": "more than 500,000 objects and lists",
    "450,000 tools that are none": "more than 2,000 tools",
    "maximum 1e400": "not JSON: 1e400 is too large",
    "a pattern of 6 MB": "can't be read as an expression",
}


def peak():
    """The most memory that this process ever had, in MB; Windows doesn't say it so simply."""
    if os.name == "nt":
        return 0
    import resource

    unit = 1024 if sys.platform.startswith("linux") else 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def bounded(read, source):
    """Read and draw; returns what was said. Only the documented error, in time and in memory."""
    before = peak()
    began = time.process_time()
    try:
        list(draw_cases(2, tools=[read(str(source))]))
        said = "drawn"
    except UsageError as error:
        said = str(error)
        said.encode()
        assert "\n" not in said and len(said) < 1200
    assert time.process_time() - began < SECONDS
    assert peak() - before < MEGABYTES
    return said


@pytest.mark.parametrize("kind", TOOLS)
def test_a_file_of_tools(tmp_path, kind):
    path = tmp_path / "tools.json"
    path.write_text(TOOLS[kind](), encoding="utf-8")
    said = bounded(load, path)
    assert REFUSED.get(kind, "") in said


def operation(schema):
    body = {"content": {"application/json": {"schema": schema}}, "required": True}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": {"operationId": "op", "requestBody": body}}},
    }


HEAD = 'openapi: 3.1.0\ninfo: {title: t, version: "1"}\n'
POST = (
    HEAD
    + "paths: {/a: {post: {operationId: op, requestBody: {required: true, content: "
    + "{application/json: {schema: %s}}}}}}\n"
)
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
YAML = {
    "a date": (POST % "{type: object, properties: {d: {const: 2026-01-01}}}", "drawn"),
    "keys that are numbers": (POST % "{type: object, properties: {404: {type: string}}}", "drawn"),
    "an anchor": (POST % "{type: object, properties: {a: &s {type: string}, b: *s}}", "drawn"),
    "an anchor inside itself": (
        POST % "&s {type: object, properties: {x: *s}}",
        "*s stands inside itself at line 3",
    ),
    "billion laughs": (HEAD + LAUGHS, "more than 2,000,000 values"),
    "a $ref to nothing": (POST % "{$ref: '#/gone'}", "$ref '#/gone' points nowhere"),
    "parameters: 5": (HEAD + "paths: {/a: {get: {parameters: 5}}}", "must be a list, not a"),
    "a null schema": (POST % "null", "not a JSON Schema"),
    "a Python object": (POST % "!!python/object:os.system {}", "is no JSON type"),
    "a binary": (POST % "!!binary aGk=", "is no JSON type"),
    "not a number": (POST % "{type: number, maximum: .nan}", "is no JSON number"),
    "deep": (HEAD + "x: " + "[" * 900 + "]" * 900, "levels deep"),
    "9 brackets a byte": (HEAD + "x: " + "[" * 500_000, "not YAML that JSON can hold"),
    "two documents": (HEAD + "---\n" + HEAD, "a second document begins"),
    "a long integer": (HEAD + "x: " + "9" * 10_000, "is no int"),
}  # fmt: skip


def test_yaml_gives_what_json_has():
    pytest.importorskip("yaml")
    from toolfuzz.generate.tools.yaml_json import parse_yaml

    text = b"""
    base: &base {when: 2026-01-01, 200: yes, none: ~, half: 0.5,
      hex: 0x1F, text: "12", also: !!str 5}
    more: {<<: *base, when: 1.0e+3}
    ? list
    : [*base, on]
    """
    base = {
        "when": "2026-01-01",
        "200": True,
        "none": None,
        "half": 0.5,
        "hex": 31,
        "text": "12",
        "also": "5",
    }
    wanted = {"base": base, "more": {**base, "when": 1000.0}, "list": [base, True]}
    assert parse_yaml(text, lambda: None) == wanted
    assert parse_yaml(b"", lambda: None) is None


@pytest.mark.parametrize("kind", YAML)
def test_an_openapi_file_in_yaml(tmp_path, kind):
    pytest.importorskip("yaml")
    text, wanted = YAML[kind]
    path = tmp_path / "api.yaml"
    path.write_text(text, encoding="utf-8")
    assert wanted in bounded(load_openapi, path)


ODD = {
    "a path": {"paths": {f"/{SURROGATE}": {"get": {}}}},
    "an operationId": {"paths": {"/a": {"get": {"operationId": SURROGATE}}}},
    "an operationId that is a number": {"paths": {"/a": {"get": {"operationId": 5}}}},
    "a summary": {"paths": {"/a": {"get": {"summary": SURROGATE}}}},
    "a parameter's name": {"paths": {"/a": {"get": {"parameters": [{"name": SURROGATE}]}}}},
    "a parameter that is a number": {"paths": {"/a": {"get": {"parameters": [5]}}}},
    "paths that are a number": {"paths": 5},
    "a path that is a number": {"paths": {"/a": 5}},
    "a path that refers to nothing": {"paths": {"/a": {"$ref": "#/nowhere"}}},
    "a path that refers to itself": {"paths": {"/a": {"$ref": "#/paths/~1a"}}},
    "a body that is a number": {"paths": {"/a": {"post": {"requestBody": 5}}}},
    "a body that refers to nothing": {"paths": {"/a": {"post": {"requestBody": {"$ref": "#/x"}}}}},
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_description_is_drawn_from_or_refused(tmp_path, kind):
    file = tmp_path / "api.json"
    file.write_text(json.dumps(operation(obj(a=STRING)) | ODD[kind]), encoding="utf-8")
    assert bounded(load_openapi, file)


def test_a_chain_of_references_is_longer_than_the_stack(tmp_path):
    document = operation({"$ref": "#/components/schemas/s0"})
    chain = {f"s{n}": obj(a={"$ref": f"#/components/schemas/s{n + 1}"}) for n in range(3000)}
    document["components"] = {"schemas": {**chain, "s3000": STRING}}
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "no usable tool" in bounded(load_openapi, path)


def test_what_all_operations_refer_to_is_not_copied_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("toolfuzz.generate.tools.refs.MOST_OF_SOURCE", 2_000)
    document = operation({"$ref": "#/components/schemas/s"})
    shared = obj(**{f"p{n}": STRING for n in range(300)})
    document["components"] = {"schemas": {"s": obj(a=shared)}}
    ((_, path),) = document["paths"].items()
    document["paths"] = {
        f"/{n}": {"post": {**path["post"], "operationId": f"op{n}"}} for n in range(9)
    }
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    made = load_openapi(str(file))
    assert [tool.name for tool in made.tools] == ["op0", "op1"]
    assert {skipped.tool for skipped in made.skipped} == {f"op{n}" for n in range(2, 9)}
    assert "more than 2,000 parts already; split the source" in made.skipped[0].reason


def test_more_operations_than_are_tools_is_said_at_once(tmp_path):
    document = operation({"type": "object"})
    ((_, path),) = document["paths"].items()
    document["paths"] = {f"/{n}": path for n in range(2_001)}
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert "more than 2,000 tools" in bounded(load_openapi, file)


def test_yaml_that_takes_too_long_is_refused_in_one_line(tmp_path, monkeypatch):
    pytest.importorskip("yaml")
    monkeypatch.setattr("toolfuzz.generate.tools.openapi.Deadline", lambda: Deadline(0.1))
    path = tmp_path / "api.yaml"
    path.write_text(HEAD + "x:\n" + "- {a: 1, b: xyz, c: [1, 2, 3]}\n" * 250_000, encoding="utf-8")
    assert "takes longer than 0.1 s" in bounded(load_openapi, path)


@contextmanager
def dripping(head):
    """Serve one byte every 50 ms after the head, for a minute."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            taken, _ = server.accept()
            with taken:
                taken.recv(10_000)
                taken.sendall(head)
                for _ in range(1200):
                    taken.sendall(b" ")
                    time.sleep(0.05)

        def serve():
            with suppress(OSError):
                drip()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/openapi.json"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: "]
)
def test_a_url_that_drips_has_one_deadline(head):
    began = time.monotonic()
    with (
        dripping(head) as url,
        pytest.raises(UsageError, match=r"takes longer than 0\.5 s to read"),
    ):
        fetch(url, deadline=Deadline(0.5))
    assert time.monotonic() - began < 10
