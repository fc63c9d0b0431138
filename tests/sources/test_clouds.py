"""Azure and Vertex are asked as their official SDKs ask, which log in by themselves.

The SDKs, google-auth and azure-identity are the real ones; cloud and token services are a server
on this machine.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from local_http import Handler, Local, running

from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.core.talk import play
from toolfuzz.runs.reproduce import sent, service_of
from toolfuzz.sources import tokens
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.registry import filled, key_for, resolve

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CASE = Case(
    origin="own",
    probe="echo",
    features=(),
    tools=(Tool("weather", "Says it.", SCHEMA),),
    turns=(Turn((Message("user", "Weather in Bonn?"),), Expectation("unknown")),),
)
Asked = tuple[str, dict[str, str], dict[str, Any]]


class Cloud(Handler):
    """Gives tokens that hold for an hour, numbered, and refuses all else once it is noted."""

    server: Local
    given = 0

    def get(self) -> None:
        self.token({"access_token": f"entra-token-{self.number()}", "expires_on": "4102444800"})

    def post(self) -> None:
        body = self.body()
        if self.path == "/token":
            self.token({"access_token": f"google-token-{self.number()}", "expires_in": 3600})
            return
        self.server.asked.append((self.path, self.said, json.loads(body)))
        said = json.dumps({"error": self.said.get("authorization", "")}).encode()
        self.answer(400, said)

    def number(self) -> int:
        Cloud.given += 1
        return Cloud.given

    def token(self, found: dict[str, Any]) -> None:
        self.answer(200, json.dumps({"token_type": "Bearer", "resource": "x", **found}).encode())


@pytest.fixture
def cloud() -> Iterator[Local]:
    tokens.tokens_of.cache_clear()
    with running(Cloud) as server:
        yield server
    tokens.tokens_of.cache_clear()


@pytest.fixture
def url(cloud: Local) -> str:
    return cloud.url


@pytest.fixture
def google(url, tmp_path, monkeypatch) -> None:
    """A service account whose tokens this machine gives."""
    pytest.importorskip("google.auth")
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    from cryptography.hazmat.primitives import serialization as form

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    )
    account = {
        "type": "service_account",
        "client_email": "toolfuzz@pets.iam.gserviceaccount.com",
        "private_key": key.decode(),
        "token_uri": f"{url}/token",
    }
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account), encoding="utf-8")
    for name, value in {
        "GOOGLE_APPLICATION_CREDENTIALS": str(file),
        "GOOGLE_CLOUD_PROJECT": "pets",
        "GOOGLE_CLOUD_LOCATION": "europe-west1",
        "GOOGLE_VERTEX_BASE_URL": url,
        "ANTHROPIC_VERTEX_PROJECT_ID": "pets",
        "CLOUD_ML_REGION": "europe-west1",
        "ANTHROPIC_VERTEX_BASE_URL": f"{url}/v1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def source_of(name: str) -> HttpSource:
    endpoint, model = resolve(name)
    target = Target(name, endpoint.name, model, endpoint.format)
    return HttpSource(target, filled(endpoint), key_for(endpoint), attempts=1)


async def ours(cloud: Local, name: str, *, stream: bool) -> Asked:
    source = source_of(name)
    request = source.request(play(CASE), stream=stream)
    async with source.open() as session:
        attempt = session.redaction.attempt(await session.ask_once(request))
    assert b"token-" not in attempt.body, "an echo of the token is masked"
    return cloud.asked[-1]  # type: ignore[no-any-return]


def theirs(cloud: Local, call: Any) -> Asked:
    """What an SDK sends; the refusal that it raises is none of ours."""
    before = len(cloud.asked)
    with pytest.raises(Exception, match="400"):
        call()
    (asked,) = cloud.asked[before:]
    return asked  # type: ignore[no-any-return]


def same(one: Asked, other: Asked, *, prefix: str) -> None:
    """Path, body, and how the token is carried."""
    assert (one[0], one[2]) == (other[0], other[2])
    for _, headers, _ in (one, other):
        assert headers["authorization"].startswith(f"Bearer {prefix}")
        assert not {"x-goog-api-key", "api-key", "anthropic-version", "x-api-key"} & set(headers)


@pytest.mark.parametrize("stream", [False, True])
async def test_claude_on_vertex(cloud, google, stream):
    anthropic = pytest.importorskip("anthropic")
    asked = await ours(cloud, "vertex-claude/claude-opus-5@20260101", stream=stream)
    told = {name: v for name, v in asked[2].items() if name not in ("anthropic_version", "stream")}
    sdk = anthropic.AnthropicVertex(max_retries=0)
    other = theirs(
        cloud,
        lambda: sdk.messages.create(
            model="claude-opus-5@20260101", **told, **({"stream": True} if stream else {})
        ),
    )
    same(asked, other, prefix="google-token-")


@pytest.mark.parametrize("stream", [False, True])
async def test_gemini_on_vertex(cloud, google, stream):
    genai = pytest.importorskip("google.genai")
    asked = await ours(cloud, "vertex/gemini-2.5-flash", stream=stream)
    (declared,) = asked[2]["tools"][0]["functionDeclarations"]
    types = genai.types
    declaration = types.FunctionDeclaration(
        name=declared["name"],
        description=declared["description"],
        parameters_json_schema=declared["parametersJsonSchema"],
    )
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declaration])])
    sdk = genai.Client(vertexai=True, project="pets", location="europe-west1")
    ask = sdk.models.generate_content_stream if stream else sdk.models.generate_content
    text = asked[2]["contents"][0]["parts"][0]["text"]
    other = theirs(cloud, lambda: list(ask(model="gemini-2.5-flash", contents=text, config=config)))
    # Both spellings of a field are JSON of a protocol buffer.
    (theirs_declared,) = other[2]["tools"][0]["functionDeclarations"]
    theirs_declared["parametersJsonSchema"] = theirs_declared.pop("parameters_json_schema")
    assert other[2].pop("generationConfig") == {}
    same(asked, other, prefix="google-token-")


async def test_azure_with_a_key(cloud, url, monkeypatch):
    openai = pytest.importorskip("openai")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"{url}/")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "token-of-azure-0123456789")
    asked = await ours(cloud, "azure/my-deployment", stream=False)
    assert asked[0] == "/openai/v1/chat/completions"
    sdk = openai.OpenAI(
        api_key="token-of-azure-0123456789", base_url=f"{url}/openai/v1/", max_retries=0
    )
    other = theirs(cloud, lambda: sdk.chat.completions.create(**asked[2]))
    same(asked, other, prefix="token-of-azure-0123456789")


async def test_azure_by_its_deployments_and_a_dated_version(cloud, url, monkeypatch):
    openai = pytest.importorskip("openai")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", url)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key-of-azure-0123456789")
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-10-21")
    asked = await ours(cloud, "azure-deployments/my gpt", stream=False)
    assert asked[0] == ("/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21")
    sdk = openai.AzureOpenAI(max_retries=0)
    other = theirs(cloud, lambda: sdk.chat.completions.create(**asked[2]))
    assert (asked[0], asked[2]) == (other[0], other[2])
    for _, headers, _ in (asked, other):
        assert headers["api-key"] == "key-of-azure-0123456789"
        assert "authorization" not in headers
    target = source_of("azure-deployments/my gpt").target
    request = sent(target, asked[2], stream=False)
    program = service_of(target, {}).python(request)
    again = theirs(cloud, lambda: exec(compile(program, "program", "exec"), {}))
    assert (again[0], again[2]) == (asked[0], asked[2])
    assert again[1]["api-key"] == "key-of-azure-0123456789" and "authorization" not in again[1]
    shown = service_of(target, {}).curl(request, stream=False)
    assert '-H "api-key: ${AZURE_OPENAI_API_KEY}"' in shown and "authorization" not in shown
    assert "api-version=2024-10-21" in shown

    monkeypatch.delenv("OPENAI_API_VERSION")
    with pytest.raises(UsageError, match="OPENAI_API_VERSION is not set"):
        source_of("azure-deployments/x")


async def test_azure_with_a_managed_identity(cloud, url, monkeypatch):
    identity = pytest.importorskip("azure.identity")
    openai = pytest.importorskip("openai")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", url)
    monkeypatch.delenv("AZURE_OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "secret-of-the-host")
    asked = await ours(cloud, "azure/my-deployment", stream=False)
    provider = identity.get_bearer_token_provider(
        identity.ManagedIdentityCredential(), "https://cognitiveservices.azure.com/.default"
    )
    sdk = openai.OpenAI(api_key=provider, base_url=f"{url}/openai/v1/", max_retries=0)
    other = theirs(cloud, lambda: sdk.chat.completions.create(**asked[2]))
    same(asked, other, prefix="entra-token-")


async def test_a_token_that_ran_out_is_renewed_and_both_stay_masked(cloud, google, monkeypatch):
    source = source_of("vertex/gemini-2.5-flash")
    request = source.request(play(CASE), stream=False)
    given = iter(["google-token-first", "google-token-first", "google-token-second"])
    monkeypatch.setattr("toolfuzz.sources.http.tokens_of", lambda kind: lambda: next(given))
    async with source.open() as session:
        await session.ask_once(request)
        await session.ask_once(request)
        sent = [headers["authorization"] for _, headers, _ in cloud.asked]
        assert sent == ["Bearer google-token-first", "Bearer google-token-second"]
        masked = session.redaction.text("google-token-first google-token-second")
    assert "token-" not in masked


@pytest.mark.parametrize("name", ["vertex/gemini-2.5-flash", "vertex-claude/claude-opus-5"])
async def test_without_credentials_the_login_is_named(cloud, google, tmp_path, monkeypatch, name):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nowhere.json"))
    with pytest.raises(UsageError) as error:
        async with source_of(name).open():
            raise AssertionError("it was opened")
    assert "gcloud auth application-default login" in (error.value.hint or "")
    assert urlsplit(source_of(name).endpoint.base_url).port == cloud.server_port


def test_curl_names_the_token_and_the_variables_of_own_headers(google, url):
    target = Target("vertex-claude/c", "vertex-claude", "c", "anthropic-messages")
    service = service_of(target, {})
    shown = service.curl(sent(target, {"model": "c", "messages": []}, stream=True), stream=True)
    place = "/v1/projects/pets/locations/europe-west1/publishers/anthropic/models"
    assert f"{url}{place}/c:streamRawPredict" in shown
    assert '-H "authorization: Bearer ${ACCESS_TOKEN}"' in shown
    assert '"model"' not in shown
    # The version stands in the body.
    assert "anthropic-version" not in shown


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("vertex-claude/claude-opus-5@20260101", "google-token-"),
        ("vertex/gemini-2.5-flash", "google-token-"),
        ("azure/my-deployment", "token-of-azure-"),
        ("azure/my-deployment", "entra-token-"),
        ("azure-deployments/my-deployment", "entra-token-"),
    ],
)
async def test_the_program_of_a_report_asks_the_cloud_in_the_same_way(
    cloud, google, url, monkeypatch, name, prefix
):
    pytest.importorskip("azure.identity")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", url)
    monkeypatch.delenv("AZURE_OPENAI_API_KEY", raising=False)
    if prefix.startswith("token-of"):
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "token-of-azure-0123456789")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "secret-of-the-host")
    monkeypatch.setenv("X_TEAM", "blue")
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-10-21")
    asked = await ours(cloud, name, stream=False)
    target = source_of(name).target
    service = service_of(target, {"headers": ["X-Team", "no\nheader"]})
    program = service.python(sent(target, asked[2], stream=False))
    other = theirs(cloud, lambda: exec(compile(program, "program", "exec"), {}))
    other[2].pop("generationConfig", None)  # google-genai adds an empty one
    same(asked, other, prefix=prefix)
    assert other[1]["x-team"] == "blue"
    assert '-H "X-Team: ${X_TEAM}"' in service.curl(sent(target, {}, stream=False), stream=False)


def test_a_service_that_is_known_elsewhere_alone_has_a_place_to_be_served_at():
    service = service_of(Target("gw", "gw", "glm 4.7", "openai-chat"), {})
    assert service.base_url == "http://127.0.0.1:8000/v1"
    assert service.start == "serve 'glm 4.7' at port 8000"
