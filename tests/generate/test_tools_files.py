import json
from pathlib import Path

import needs
import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from toolfuzz.core.errors import UsageError
from toolfuzz.core.validation import errors
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.generate.tools import catalogues, describe_catalogue, load

DATA = Path(__file__).parents[1] / "data"
SCHEMA = {"type": "object", "properties": {"z": {"type": "integer"}, "a": {"type": "string"}}}
CHAT = {
    "type": "function",
    "function": {"name": "f", "description": "d", "parameters": SCHEMA, "strict": True},
}
RESPONSES = {"type": "function", "name": "f", "description": "d", "parameters": SCHEMA}
ANTHROPIC = {"name": "f", "description": "d", "input_schema": SCHEMA}
MCP = {"name": "f", "title": "F", "description": "d", "inputSchema": SCHEMA, "annotations": {}}
BARE = {"name": "f", "description": "d", "parameters": SCHEMA}

SHAPES = {
    "chat": [CHAT],
    "chat in a request body": {"model": "m", "messages": [], "tools": [CHAT]},
    "responses": [RESPONSES],
    "anthropic": {"tools": [ANTHROPIC]},
    "mcp result": {"tools": [MCP], "nextCursor": None},
    "mcp in JSON-RPC": {"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP]}},
    "bare": [BARE],
    "one tool alone": BARE,
    "one chat tool alone": CHAT,
    "legacy functions": {"functions": [BARE]},
}


def checker(tool):
    draft = validator_for(tool.parameters, default=Draft202012Validator)
    return draft(tool.parameters, format_checker=draft.FORMAT_CHECKER)


def written(tmp_path, content):
    path = tmp_path / "tools.json"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_recognised_and_its_schema_left_alone(name, tmp_path):
    found = load(written(tmp_path, SHAPES[name]))
    assert found.origin == "tools:tools.json"
    assert found.skipped == ()
    (tool,) = found.tools
    assert (tool.name, tool.description) == ("f", "d")
    assert json.dumps(tool.parameters) == json.dumps(SCHEMA), "key order included"
    assert tool.strict is ("chat" in name)


def test_shapes_may_be_mixed(tmp_path):
    entries = [CHAT, {**ANTHROPIC, "name": "g"}, {**MCP, "name": "h"}]
    assert [t.name for t in load(written(tmp_path, entries)).tools] == ["f", "g", "h"]


@pytest.mark.parametrize("entry", [{"name": "f"}, {"name": "f", "parameters": None}, CHAT])
def test_a_tool_without_schema_takes_no_arguments(entry, tmp_path):
    if entry is CHAT:
        entry = {"type": "function", "function": {"name": "f"}}
    (tool,) = load(written(tmp_path, [entry])).tools
    assert tool.parameters == {"type": "object", "properties": {}}
    assert tool.description is None


def test_a_byte_order_mark_is_no_trouble(tmp_path):
    assert load(written(tmp_path, b"\xef\xbb\xbf" + json.dumps([BARE]).encode())).tools


def test_what_is_not_usable_is_skipped_by_tool_and_place(tmp_path):
    entries = [
        BARE,
        {"name": "bad", "parameters": {"type": "object", "properties": {"x": {"type": "strin"}}}},
        {"name": "never", "parameters": {"type": "object", "required": ["x"], "maxProperties": 0}},
        {"type": "web_search"},
        "f",
        {"description": "nameless"},
        {"name": "listed", "parameters": []},
        {"name": "remote", "parameters": {"properties": {"x": {"$ref": "https://a.example/s"}}}},
    ]
    found = load(written(tmp_path, {"tools": entries}))
    assert [tool.name for tool in found.tools] == ["f"]
    assert {(s.tool, s.pointer) for s in found.skipped} == {
        ("bad", "/properties/x/type"),
        ("never", ""),
        ("#4", "/tools/3"),
        ("#5", "/tools/4"),
        ("#6", "/tools/5"),
        ("#7", "/tools/6/parameters"),
        ("remote", "/properties/x/$ref"),
    }
    assert all(s.reason and "\n" not in s.reason for s in found.skipped)


def test_an_optional_parameter_without_values_is_reported_and_left_out(tmp_path):
    parameters = {
        "type": "object",
        "properties": {
            "fine": {"type": "integer"},
            "never": {"type": "integer", "minimum": 2, "maximum": 1},
            "unmatched": {"type": "string", "pattern": "a^b"},
            "nested": {
                "type": "object",
                "properties": {"deep": {"type": "string", "pattern": "a^b"}},
                "required": ["deep"],
            },
            "forbidden": False,
            "forbidden too": {"not": {}},
        },
    }
    found = load(written(tmp_path, [{"name": "f", "parameters": parameters}]))
    assert [(s.tool, s.pointer) for s in found.skipped] == [
        ("f", "/properties/never"),
        ("f", "/properties/unmatched"),
        ("f", "/properties/nested/properties/deep"),
    ]
    drawn = [draw_value(parameters, Pick(words(seed))) for seed in range(50)]
    assert {name for value in drawn for name in value} == {"fine"}


def deep(levels):
    return b'{"a":' * levels + b"1" + b"}" * levels


BAD_FILES = {
    "not JSON": (b'{"tools": [\n  {"name": }\n]}', "line 2, column 12"),
    "cut off": (b'[{"name": "f"', "not JSON"),
    "not UTF-8": (b'["\xff\xfe"]', "UTF-8"),
    "empty": (b"", "line 1, column 1"),
    "no tools": (b'{"model": "gpt"}', "no tools"),
    "empty list": (b"[]", "no tools"),
    "a scalar": (b"3", "no tools"),
    "two of one name": (json.dumps([BARE, BARE]).encode(), "two tools are named 'f'"),
    "only invalid ones": (
        b'[{"name": "t", "parameters": {"properties": {"x": {"type": 1}}}}]',
        "t at /properties/x/type",
    ),
    "nested 100,000 levels": (deep(100_000), "nested too deeply"),
    "a tool nested 500 levels": (
        b'[{"name": "t", "parameters": ' + deep(500) + b"}]",
        "nested",
    ),
    "NaN": (b'[{"name": "f", "parameters": {"default": NaN}}]', "NaN"),
    "a huge number": (b"[" + b"9" * 5000 + b"]", "not JSON"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_get_one_line_that_names_the_place(name, tmp_path):
    content, words = BAD_FILES[name]
    path = written(tmp_path, content)
    with pytest.raises(UsageError) as caught:
        load(path)
    assert path in caught.value.message
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_above_10_mb_is_not_read(tmp_path):
    with pytest.raises(UsageError, match="larger than 10 MB"):
        load(written(tmp_path, b" " * 10_000_001))


@needs.devices
def test_a_file_without_end_is_not_read_to_the_end():
    with pytest.raises(UsageError, match="larger than 10 MB"):
        load("/dev/zero")


def test_tools_given_in_place_of_a_path_are_no_path():
    with pytest.raises(UsageError, match="no such file"):
        load(json.dumps([BARE] * 50))


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(UsageError, match="can't be read"):
        load(str(tmp_path))


def test_a_missing_file_or_catalogue_gets_the_nearest_name():
    with pytest.raises(UsageError) as caught:
        load("data_imprt")
    assert caught.value.hint == "did you mean data_import?"


def test_the_first_catalogue_is_the_import_tool():
    found = load("data_import")
    (tool,) = found.tools
    assert found.origin == "tools:data_import.json"
    properties = tool.parameters["properties"]
    assert list(properties) == ["operation", "file_path", "batch_number", "environment"]
    assert properties["environment"]["$ref"] == "#/$defs/EnvironmentConfig"


def test_the_catalogues_are_many_and_all_of_their_tools_are_drawn():
    found = load("all")
    assert len(catalogues()) >= 12
    assert len(found.tools) >= 80
    assert found.skipped == ()
    names = [tool.name for tool in found.tools]
    assert len(set(names)) == len(names), "told apart even when all are offered together"
    for tool in found.tools:
        assert tool.description
        validator = checker(tool)
        for seed in range(10):
            value = draw_value(tool.parameters, Pick(words(seed)))
            validator.validate(value)
            assert errors(tool.parameters, value) == [], "the judge agrees"


def test_the_catalogues_carry_what_real_agents_carry():
    facts = [describe_catalogue(name) for name in catalogues()]
    features = {feature for each in facts for feature in each.features}
    assert {"ref", "nullable", "enum", "map", "oneOf", "pattern", "format", "tuple"} <= features
    assert max(each.depth for each in facts) >= 5


REAL = sorted((DATA / "mcp").glob("*.json"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_tool_of_real_mcp_servers_is_drawn(path):
    found = load(str(path))
    listed = json.loads(path.read_text(encoding="utf-8"))["result"]["tools"]
    assert found.skipped == ()
    assert [t.parameters for t in found.tools] == [entry["inputSchema"] for entry in listed]
    for tool in found.tools:
        validator = checker(tool)
        for seed in range(30):
            value = draw_value(tool.parameters, Pick(words(seed)))
            validator.validate(value)
            assert errors(tool.parameters, value) == [], "the judge agrees"


def test_seven_real_servers_are_kept():
    assert len(REAL) == 7


FUNCTION = {"name": "find", "description": "d", "parameters": {"type": "object", "properties": {}}}
NAMESPACE = {"type": "namespace", "name": "crm", "tools": [{"type": "function", **FUNCTION}]}
GOOGLES = {
    "name": "find",
    "parameters": {"type": "OBJECT", "properties": {"q": {"type": "STRING", "nullable": True}}},
}
NEWER = {"name": "find", "parametersJsonSchema": {"type": "object"}}
SPEC = {"toolSpec": {"name": "find", "inputSchema": {"json": FUNCTION["parameters"]}}}


@pytest.mark.parametrize(
    ("document", "parameters"),
    [
        ([NAMESPACE], FUNCTION["parameters"]),
        (
            {"tools": [{"functionDeclarations": [GOOGLES]}]},
            {"type": "object", "properties": {"q": {"type": ["string", "null"]}}},
        ),
        (
            [
                {
                    "function_declarations": [
                        {"name": "find", "parametersJsonSchema": {"type": "object"}}
                    ]
                }
            ],
            {"type": "object"},
        ),
        ({"toolConfig": {"tools": [SPEC]}}, FUNCTION["parameters"]),
        (SPEC, FUNCTION["parameters"]),
    ],
)
def test_functions_in_the_shapes_of_other_formats(document, parameters, tmp_path):
    found = load(written(tmp_path, document))
    assert [(tool.name, tool.parameters) for tool in found.tools] == [("find", parameters)]
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"type": "custom", "name": "apply_patch"}, "free text"),
        ({"type": "custom", "custom": {"name": "apply_patch"}}, "free text"),
        (
            {"type": "namespace", "name": "n", "tools": [{"type": "custom", "name": "p"}]},
            "free text",
        ),
        ({"type": "bash_20250124", "name": "bash"}, "'bash_20250124' is defined by its provider"),
        ({"type": "text_editor_20250728", "name": "edit"}, "defined by its provider"),
        ({"type": "computer_toolset_20260801"}, "defined by its provider"),
        ({"type": "web_search_20250305", "name": "web_search"}, "defined by its provider"),
        ({"type": "mcp", "server_label": "s"}, "defined by its provider"),
        ({"type": "shell"}, "defined by its provider"),
        ({"googleSearch": {}}, "'googleSearch' is its provider's own tool"),
        ({"functionDeclarations": [], "codeExecution": {}}, "'codeExecution' is its provider's"),
        ({"systemTool": {"name": "nova_grounding"}}, "'systemTool' is its provider's own tool"),
    ],
)
def test_what_is_no_function_is_named_with_its_reason(entry, reason, tmp_path):
    found = load(written(tmp_path, [FUNCTION, entry]))
    assert [tool.name for tool in found.tools] == ["find"]
    (skipped,) = found.skipped
    assert reason in skipped.reason
