import tomllib
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import toolfuzz.sources.registry as registry
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import format_names, wire_format
from toolfuzz.generate import feature_names
from toolfuzz.sources.registry import endpoints, key_for, resolve
from toolfuzz.sources.registry import filled as ready

EXPECTED = [
    "openai",
    "anthropic",
    "zai",
    "minimax",
    "moonshot",
    "deepseek",
    "qwen",
    "mistral",
    "google",
    "xai",
    "groq",
    "together",
    "fireworks",
    "openrouter",
    "ollama",
    "vllm",
    "sglang",
    "lmstudio",
    "llama.cpp",
    "litellm",
    "sim",
]


def test_what_a_service_refuses_is_a_feature():
    for endpoint in endpoints().values():
        assert set(endpoint.refuses) <= set(feature_names())


VARIABLES = {
    "AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com/",
    "OPENAI_API_VERSION": "2024-10-21",
    "GOOGLE_CLOUD_PROJECT": "pets",
    "ANTHROPIC_VERTEX_PROJECT_ID": "pets",
}


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    for name in ("GOOGLE_VERTEX_BASE_URL", "ANTHROPIC_VERTEX_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GOOGLE_CLOUD_LOCATION", "CLOUD_ML_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        (None, "aiplatform.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("europe-west1", "europe-west1-aiplatform.googleapis.com"),
    ],
)
def test_a_region_has_its_host(monkeypatch, region, host):
    for name, variable in (
        ("vertex", "GOOGLE_CLOUD_LOCATION"),
        ("vertex-claude", "CLOUD_ML_REGION"),
    ):
        if region:
            monkeypatch.setenv(variable, region)
        url = ready(endpoints()[name]).base_url
        assert urlsplit(url).hostname == host
        assert f"/projects/pets/locations/{region or 'global'}/publishers/" in url


def test_an_address_whose_variable_is_not_set(monkeypatch):
    assert ready(endpoints()["azure"]).base_url == "https://mine.openai.azure.com/openai/v1"
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "mine.openai.azure.com")
    with pytest.raises(UsageError, match="not a base URL"):
        ready(endpoints()["azure"])
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT")
    with pytest.raises(UsageError, match="AZURE_OPENAI_ENDPOINT is not set"):
        ready(endpoints()["azure"])


def test_a_service_with_paths_of_its_own_has_one_format():
    with pytest.raises(UsageError, match="speaks openai-chat alone"):
        resolve("azure-deployments/d", format="openai-responses")
    assert resolve("azure-deployments/d", format="openai-chat")[1] == "d"


def test_every_service_is_there_and_whole():
    assert set(EXPECTED) <= set(endpoints())
    for endpoint in endpoints().values():
        assert endpoint.format in format_names()
        if endpoint.name == "sim":
            assert endpoint.base_url == ""
            continue
        assert urlsplit(endpoint.docs).scheme == "https", endpoint.name
        for url in (ready(endpoint).base_url, *endpoint.format_urls.values()):
            parts = urlsplit(url)
            local = parts.hostname == "127.0.0.1"
            assert parts.scheme == ("http" if local else "https"), url
            assert parts.hostname and not url.endswith("/") and not parts.query
            assert not url.endswith(wire_format(endpoint.format).path("", False))
        assert set(endpoint.format_urls) <= set(format_names()) - {endpoint.format}
        if not local and not (endpoint.credentials and endpoint.key_env is None):
            assert endpoint.key_env
            assert urlsplit(endpoint.key_url).scheme == "https"
            # Where requests can be signed, credentials do instead of a key.
            assert endpoint.key_optional == (wire_format(endpoint.format).sign is not None)


def test_aliases_mean_one_model_each():
    named = Counter(
        name
        for e in endpoints().values()
        for name in {n.casefold() for pair in e.models.items() for n in pair}
    )
    assert [name for name, times in named.items() if times > 1] == []
    assert not set(named) & set(endpoints())


def test_the_file_has_no_field_that_nothing_reads():
    text = Path(registry.__file__).with_name("endpoints.toml").read_text()
    fields = {field for entry in tomllib.loads(text).values() for field in entry}
    assert fields <= set(registry.Endpoint.__dataclass_fields__)


@pytest.mark.parametrize(
    ("model", "name", "model_id"),
    [
        ("glm-4.7", "zai", "glm-4.7"),
        ("GLM-4.7", "zai", "glm-4.7"),
        ("minimax-m2.1", "minimax", "MiniMax-M2.1"),
        ("MiniMax-M2.1", "minimax", "MiniMax-M2.1"),
        ("claude-opus", "anthropic", "claude-opus-5-5"),
        ("anthropic/claude-opus", "anthropic", "claude-opus-5-5"),
        ("anthropic/claude-next", "anthropic", "claude-next"),
        ("openrouter/z-ai/glm-4.7", "openrouter", "z-ai/glm-4.7"),
        ("vllm/Qwen/Qwen3-8B", "vllm", "Qwen/Qwen3-8B"),
        ("sim/glm-4.7", "sim", "glm-4.7"),
        ("llama.cpp/any", "llama.cpp", "any"),
        ("deepseek-chat", "deepseek", "deepseek-chat"),
        ("gpt-oss-20b", "groq", "openai/gpt-oss-20b"),
        # Groq's own spelling begins with the name of a service, and the service wins.
        ("openai/gpt-oss-20b", "openai", "gpt-oss-20b"),
    ],
)
def test_names_resolve(model, name, model_id):
    endpoint, found = resolve(model)
    assert (endpoint.name, found) == (name, model_id)


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("glm-4,7", "glm-4.7"),
        ("zia/glm-4.7", "zai/glm-4.7"),
        ("nothing-like-it-at-all", "toolfuzz list models"),
        ("zai", "zai/glm"),
        ("nobody/", "endpoint/model"),
        ("zai/", "zai/glm"),
        ("", "toolfuzz list models"),
    ],
)
def test_unknown_names_are_explained(model, hint):
    with pytest.raises(UsageError) as raised:
        resolve(model)
    assert hint in (raised.value.hint or "")


def test_a_base_url_takes_any_model():
    endpoint, model = resolve("Qwen/Qwen3-8B", base_url="http://127.0.0.1:8000/v1/")
    assert (endpoint.name, endpoint.base_url, model) == (
        "127.0.0.1:8000",
        "http://127.0.0.1:8000/v1",
        "Qwen/Qwen3-8B",
    )
    assert endpoint.key_optional
    pasted, _ = resolve("m", base_url="https://host.example/v1/chat/completions")
    assert pasted.base_url == "https://host.example/v1"
    messages, _ = resolve("m", base_url="https://host.example/v1", format="anthropic-messages")
    assert messages.key_env == "ANTHROPIC_API_KEY"


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000/v1",
        "ftp://x/v1",
        "",
        "http://",
        "http://h:99999/v1",
        "http://[::1/v1",
        "https://user:pw@host/v1",
        "https://host/v1?key=1",
    ],
)
def test_what_is_no_base_url_is_refused(url):
    with pytest.raises(UsageError):
        resolve("m", base_url=url)


def test_another_wire_format_may_live_elsewhere():
    endpoint, _ = resolve("glm-4.7", format="anthropic-messages")
    assert endpoint.base_url == "https://api.z.ai/api/anthropic/v1"
    assert endpoint.format == "anthropic-messages"
    with pytest.raises(UsageError, match="unknown wire format"):
        resolve("glm-4.7", format="openai-chats")


def test_defaults_know_streams():
    endpoint, _ = resolve("glm-4.7")
    assert endpoint.defaults(stream=True) == {"tool_stream": True}
    assert endpoint.defaults(stream=False) == {}


def test_keys(monkeypatch):
    endpoint, _ = resolve("glm-4.7")
    monkeypatch.delenv("ZAI_API_KEY", raising=False)
    with pytest.raises(UsageError) as raised:
        key_for(endpoint)
    assert "ZAI_API_KEY" in raised.value.message
    assert endpoint.key_url in raised.value.hint
    assert "toolfuzz run -m sim/glm-4.7" in raised.value.hint
    monkeypatch.setenv("ZAI_API_KEY", "  ")
    with pytest.raises(UsageError):
        key_for(endpoint)
    monkeypatch.setenv("ZAI_API_KEY", " abc123\n")
    assert key_for(endpoint) == "abc123"
    monkeypatch.setenv("ZAI_API_KEY", "“abc”")
    with pytest.raises(UsageError, match="characters"):
        key_for(endpoint)


def test_servers_of_ones_own_need_no_key(monkeypatch):
    for variable in ("VLLM_API_KEY", "OPENAI_API_KEY", "MY_KEY"):
        monkeypatch.delenv(variable, raising=False)
    assert key_for(resolve("ollama/x")[0]) is None
    assert key_for(resolve("vllm/x")[0]) is None
    own, _ = resolve("m", base_url="http://127.0.0.1:1/v1")
    assert key_for(own) is None
    monkeypatch.setenv("OPENAI_API_KEY", "sk-12345678")
    assert key_for(own) == "sk-12345678"
    named, _ = resolve("m", base_url="http://127.0.0.1:1/v1", key_env="MY_KEY")
    with pytest.raises(UsageError, match="MY_KEY"):
        key_for(named)
