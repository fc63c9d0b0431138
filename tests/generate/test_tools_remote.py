import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from jsonschema import Draft202012Validator

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.generate.tools import load, load_openapi


@pytest.fixture
def site():
    """A web server on loopback: bodies by path in ``pages``, what was fetched in ``asked``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            page = server.pages.get(self.path)
            self.send_response(200 if page is not None else 404)
            self.end_headers()
            for chunk in page if isinstance(page, list) else [page or b""]:
                self.wfile.write(chunk)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


def tools(tmp_path, schema):
    path = tmp_path / "tools.json"
    parameters = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
    path.write_text(json.dumps([{"name": "f", "parameters": parameters}]))
    return str(path)


def test_nothing_is_fetched_unless_allowed(site, tmp_path):
    site.pages["/s.json"] = b'{"type": "integer"}'
    with pytest.raises(UsageError, match="not fetched"):
        load(tools(tmp_path, {"$ref": f"{site.url}/s.json"}))
    assert site.asked == []


def test_remote_schemas_are_bundled_and_may_refer_to_each_other(site, tmp_path):
    site.pages["/s.json"] = json.dumps(
        {"properties": {"a": {"$ref": "more/t.json#/$defs/N"}}, "required": ["a"], "type": "object"}
    ).encode()
    site.pages["/more/t.json"] = json.dumps(
        {"$defs": {"N": {"anyOf": [{"type": "null"}, {"$ref": "../s.json"}]}}}
    ).encode()
    path = tools(tmp_path, {"$ref": f"{site.url}/s.json"})
    (tool,) = load(path, allow_remote_refs=True).tools
    assert sorted(site.asked) == ["/more/t.json", "/s.json"]
    assert tool.parameters["properties"] == {"x": {"$ref": f"{site.url}/s.json"}}, "not rewritten"
    for seed in range(20):
        Draft202012Validator(tool.parameters).validate(
            draw_value(tool.parameters, Pick(words(seed)))
        )


def test_a_schema_without_remote_references_is_left_alone(site, tmp_path):
    path = tools(tmp_path, {"type": "integer"})
    assert load(path, allow_remote_refs=True) == load(path)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (None, "HTTP 404"),
        (b"<html>", "not JSON"),
        (b"[]", "not a JSON Schema"),
        ([b" " * 1_000_000] * 12, "larger than 10 MB"),
    ],
)
def test_bad_remote_documents_get_one_line(site, tmp_path, page, words):
    site.pages["/s.json"] = page
    with pytest.raises(UsageError) as caught:
        load(tools(tmp_path, {"$ref": f"{site.url}/s.json"}), allow_remote_refs=True)
    assert words in caught.value.message
    assert site.url in caught.value.message


def test_an_unreachable_host(tmp_path):
    with pytest.raises(UsageError, match=r"127\.0\.0\.1:9"):
        load(tools(tmp_path, {"$ref": "http://127.0.0.1:9/s.json"}), allow_remote_refs=True)


def test_files_are_never_read(site, tmp_path):
    (tmp_path / "secret.json").write_text('{"const": "secret"}')
    for reference in ("secret.json", (tmp_path / "secret.json").as_uri()):
        with pytest.raises(UsageError, match="not fetched"):
            load(tools(tmp_path, {"$ref": reference}), allow_remote_refs=True)


def test_openapi_over_http(site):
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": {"operationId": "list_a"}}}}
    site.pages["/v1/openapi.json"] = json.dumps(document).encode()
    found = load_openapi(f"{site.url}/v1/openapi.json")
    assert found.origin == "tools:openapi.json"
    assert [t.name for t in found.tools] == ["list_a"]
    with pytest.raises(UsageError, match="HTTP 404"):
        load_openapi(f"{site.url}/nowhere")
