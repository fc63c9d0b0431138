import json
from enum import StrEnum
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.generate.tools import load_openapi

GITHUB = Path(__file__).parents[1] / "data" / "openapi" / "github_excerpt.json"


def written(tmp_path, content, name="api.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def described(tmp_path, *, version="3.1.0", components=None, **operation):
    document = {
        "openapi": version,
        "paths": {"/things/{id}": {"post": {"operationId": "op", **operation}}},
        "components": components or {},
    }
    (tool,) = load_openapi(written(tmp_path, document)).tools
    return tool.parameters


def body(schema, required=True, kind="application/json"):
    return {"required": required, "content": {kind: {"schema": schema}}}


@pytest.mark.parametrize("inline_refs", [False, True])
def test_github_s_operations_are_all_drawn(inline_refs):
    found = load_openapi(str(GITHUB), inline_refs=inline_refs)
    assert len(found.tools) == 13
    assert found.skipped == ()
    for tool in found.tools:
        assert "#/components" not in json.dumps(tool.parameters)
        Draft202012Validator.check_schema(tool.parameters)
        for seed in range(30):
            Draft202012Validator(tool.parameters).validate(
                draw_value(tool.parameters, Pick(words(seed)))
            )


def test_github_s_parameters_and_body_stand_side_by_side():
    tools = {tool.name: tool for tool in load_openapi(str(GITHUB)).tools}
    create = tools["issues_create"].parameters
    assert {"owner", "repo", "title", "body", "labels"} <= create["properties"].keys()
    assert create["required"] == ["owner", "repo", "title"]
    assert tools["issues_create"].description.startswith("Create an issue\n\n")


def test_a_fastapi_app(tmp_path):
    from fastapi import FastAPI, Header, Query
    from pydantic import BaseModel, Field

    class Size(StrEnum):
        small = "small"
        large = "large"

    class Node(BaseModel):
        label: str
        children: list["Node"] = []

    class Order(BaseModel):
        item: str = Field(min_length=1)
        size: Size = Size.small
        note: str | None = None
        price: float = Field(gt=0)
        tree: Node

    app = FastAPI()

    @app.post("/shops/{shop_id}/orders", summary="Place an order")
    def place_order(
        shop_id: int,
        order: Order,
        dry_run: bool = False,
        tags: list[str] = Query(default=[]),  # noqa: B008
        x_trace: str | None = Header(default=None),
    ) -> None:
        """Puts an order into the queue of a shop."""

    @app.get("/health")
    def health() -> None: ...

    path = written(tmp_path, app.openapi())
    kept = load_openapi(path)
    assert [t.name for t in kept.tools] == [
        "place_order_shops__shop_id__orders_post",
        "health_health_get",
    ]
    place, health_tool = kept.tools
    assert place.description == "Place an order\n\nPuts an order into the queue of a shop."
    assert list(place.parameters["properties"]) == [
        *("shop_id", "dry_run", "tags", "x-trace"),
        *("item", "size", "note", "price", "tree"),
    ]
    assert set(place.parameters["required"]) == {"shop_id", "item", "price", "tree"}
    assert place.parameters["properties"]["tree"] == {"$ref": "#/$defs/Node"}
    assert set(place.parameters["$defs"]) == {"Size", "Node"}
    assert health_tool.parameters == {"type": "object", "properties": {}}

    inlined = load_openapi(path, inline_refs=True).tools[0].parameters
    assert inlined["properties"]["size"]["enum"] == ["small", "large"]
    assert inlined["properties"]["tree"]["$ref"] == "#/$defs/Node", "recursive: stays a reference"
    for parameters in (place.parameters, inlined):
        for seed in range(30):
            Draft202012Validator(parameters).validate(draw_value(parameters, Pick(words(seed))))


def test_parameters_of_path_and_operation(tmp_path):
    document = {
        "openapi": "3.0.3",
        "paths": {
            "/a/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "string"}},
                    {"$ref": "#/components/parameters/Shared"},
                ],
                "get": {
                    "parameters": [
                        {"name": "page", "in": "query", "schema": {"type": "integer"}},
                        {"name": "id", "in": "query", "schema": {"type": "boolean"}},
                        {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                        {"name": "X-Org", "in": "header", "schema": {"type": "string"}},
                        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                    ]
                },
            }
        },
        "components": {
            "parameters": {
                "Shared": {
                    "name": "filter",
                    "in": "query",
                    "description": "A filter.",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }
            }
        },
    }
    (tool,) = load_openapi(written(tmp_path, document)).tools
    assert tool.name == "get_a_id"
    assert tool.description == "GET /a/{id}"
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "page": {"type": "integer"},
            "filter": {"type": "object", "description": "A filter."},
            "id__query": {"type": "boolean"},
            "X-Org": {"type": "string"},
        },
        "required": ["id"],
    }


def test_a_body_that_is_no_plain_object_is_one_parameter(tmp_path):
    for schema in (
        {"type": "array", "items": {"type": "string"}},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ):
        parameters = described(tmp_path, requestBody=body(schema))
        assert parameters["properties"] == {"body": schema}
        assert parameters["required"] == ["body"]


def test_a_body_that_is_not_required_requires_nothing(tmp_path):
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert "required" not in described(tmp_path, requestBody=body(schema, required=False))


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.api+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ],
)
def test_the_members_of_json_and_forms_are_parameters(tmp_path, kind):
    schema = {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, "n": {"type": "integer"}},
        "required": ["file"],
    }
    assert described(tmp_path, requestBody=body(schema, kind=kind)) == schema


def test_json_goes_before_a_form_and_a_form_before_text(tmp_path):
    kinds = ("text/plain", "multipart/form-data", "application/json")
    for n in (3, 2, 1):
        content = {kind: {"schema": {"const": kind}} for kind in kinds[:n]}
        parameters = described(tmp_path, requestBody={"content": content})
        assert parameters["properties"] == {"body": {"const": kinds[n - 1]}}


def test_a_text_body_without_a_schema_is_a_string(tmp_path):
    parameters = described(tmp_path, requestBody={"content": {"text/plain": {}}})
    assert parameters["properties"] == {"body": {"type": "string"}}


def test_what_no_call_can_hold_is_said(tmp_path):
    xml = {"content": {"application/xml": {"schema": {"type": "string"}}}}
    found = load_openapi(
        written(
            tmp_path,
            {
                "openapi": "3.1.0",
                "paths": {
                    "/a": {
                        "post": {"operationId": "must", "requestBody": xml | {"required": True}}
                    },
                    "/b": {
                        "post": {
                            "operationId": "may",
                            "requestBody": xml,
                            "parameters": [
                                {"name": "sid", "in": "cookie", "schema": {"type": "string"}},
                                {"$ref": "#/components/parameters/gone"},
                                {"name": "old", "in": "formData", "type": "string"},
                                {"name": "Accept", "in": "header"},
                            ],
                        }
                    },
                },
            },
        )
    )
    assert [tool.name for tool in found.tools] == ["may"]
    assert [(s.tool, s.pointer, s.reason) for s in found.skipped] == [
        ("must", "/paths/~1a/post/requestBody",
         "its body is application/xml; a call can hold JSON, a form or plain text"),
        ("may", "/paths/~1b/post/parameters/1",
         "left out of every call: it says neither its name nor its place, or its $ref points "
         "nowhere"),
        ("may", "/paths/~1b/post/parameters",
         "left out of every call: the cookie 'sid' is the client's to send"),
        ("may", "/paths/~1b/post/parameters",
         "left out of every call: 'old' is in 'formData', which is no place in OpenAPI 3"),
        ("may", "/paths/~1b/post/requestBody",
         "left out of every call: its body is application/xml; a call can hold JSON, a form or "
         "plain text"),
    ]  # fmt: skip


def test_a_body_member_named_like_a_parameter_gets_a_name_of_its_own(tmp_path):
    parameters = described(
        tmp_path,
        parameters=[{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        requestBody=body(
            {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
        ),
    )
    assert parameters["properties"] == {"id": {"type": "integer"}, "id__body": {"type": "string"}}
    assert parameters["required"] == ["id", "id__body"]


def test_read_only_members_are_not_asked_for(tmp_path):
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer", "readOnly": True}, "a": {"type": "string"}},
        "required": ["id", "a"],
    }
    assert described(tmp_path, requestBody=body(schema)) == {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
    }


def test_what_3_0_spells_differently_becomes_json_schema(tmp_path):
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "nullable": True},
            "b": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 9},
            "c": {"type": "integer", "maximum": 5, "exclusiveMaximum": False},
        },
    }
    assert described(tmp_path, version="3.0.2", requestBody=body(schema))["properties"] == {
        "a": {"type": ["string", "null"]},
        "b": {"type": "number", "exclusiveMinimum": 0, "maximum": 9},
        "c": {"type": "integer", "maximum": 5},
    }


def test_two_components_of_one_name_stay_apart(tmp_path):
    parameters = described(
        tmp_path,
        components={
            "schemas": {"X": {"type": "string"}},
            "responses": {"X": {"type": "integer"}},
        },
        requestBody=body(
            {
                "type": "object",
                "properties": {
                    "a": {"$ref": "#/components/schemas/X"},
                    "b": {"$ref": "#/components/responses/X"},
                },
            }
        ),
    )
    assert parameters["$defs"] == {"X": {"type": "string"}, "X_2": {"type": "integer"}}


def test_names_fit_every_provider_and_differ(tmp_path):
    paths = {f"/p{n}": {"get": {"operationId": "long name/" + "x" * 80}} for n in range(3)}
    found = load_openapi(written(tmp_path, {"openapi": "3.1.0", "paths": paths}))
    names = [tool.name for tool in found.tools]
    assert len(set(names)) == 3
    assert all(len(name) <= 64 and name.replace("_", "").isalnum() for name in names)


def test_yaml(tmp_path):
    pytest.importorskip("yaml")
    text = "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      operationId: list_a\n"
    (tool,) = load_openapi(written(tmp_path, text, "api.yaml")).tools
    assert tool.name == "list_a"


BAD = {
    "not JSON": ("{", "not JSON"),
    "Swagger 2": ({"swagger": "2.0", "paths": {}}, "Swagger 2.0"),
    "not OpenAPI": ({"paths": {}}, "not an OpenAPI"),
    "a list": ([], "not an OpenAPI"),
    "no paths": ({"openapi": "3.1.0"}, "no operations"),
    "paths of nonsense": (
        {"openapi": "3.1.0", "paths": {"/a": 3, "/b": {"get": []}}},
        "no operations",
    ),
    "every reference leads nowhere": (
        {
            "openapi": "3.1.0",
            "paths": {
                "/a": {
                    "get": {
                        "parameters": [
                            {
                                "name": "a",
                                "in": "query",
                                "required": True,
                                "schema": {"$ref": "b.json"},
                            }
                        ]
                    }
                }
            },
        },
        "/properties/a/$ref",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_descriptions_get_one_line(name, tmp_path):
    content, words = BAD[name]
    with pytest.raises(UsageError) as caught:
        load_openapi(written(tmp_path, content))
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_cycle_of_parameters_ends(tmp_path):
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/A"}]}}},
        "components": {"parameters": {"A": {"$ref": "#/components/parameters/A"}}},
    }
    assert load_openapi(written(tmp_path, document)).tools[0].parameters["properties"] == {}


def doubling(levels):
    schemas = {
        f"L{n}": {
            "type": "object",
            "properties": {k: {"$ref": f"#/components/schemas/L{n + 1}"} for k in "ab"},
        }
        for n in range(levels)
    }
    return {**schemas, f"L{levels}": {"type": "string"}}


def test_inlining_that_doubles_at_every_level_is_refused(tmp_path):
    body_schema = {"$ref": "#/components/schemas/L0"}
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"post": {"operationId": "op", "requestBody": body(body_schema)}}},
        "components": {"schemas": doubling(30)},
    }
    path = written(tmp_path, document)
    with pytest.raises(UsageError, match="50,000 parts; keep its references"):
        load_openapi(path, inline_refs=True)
    assert len(load_openapi(path).tools[0].parameters["$defs"]) == 30


def test_a_description_nested_without_measure_is_refused(tmp_path):
    text = '{"openapi": "3.1.0", "x": ' + "[" * 600 + "]" * 600 + "}"
    with pytest.raises(UsageError, match="levels deep"):
        load_openapi(written(tmp_path, text))
