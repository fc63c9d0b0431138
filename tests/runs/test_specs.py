"""What a journal may say of where tools came from."""

import json
from pathlib import Path

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.resume import resumed_options
from toolfuzz.runs.specs import config_without_secrets, without_secrets


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("npx -y server-files /data", None),
        ("python server.py --port 8000 --name 'a b'", None),
        ("api.yaml", None),
        ("https://api.example.org/openapi.json", None),
        ("KEY=abc npx server", "KEY=*** npx server"),
        ("env A=1 B=2 npx server x=1", "env A=*** B=*** npx server x=1"),
        ("server --api-key abc --port 1", "server --api-key *** --port 1"),
        ("server --token=abc -v", "server --token=*** -v"),
        ("https://me:pw@example.org/a?token=abc&b=", "https://***@example.org/a?token=***&b=***"),
        ("proxy https://me:pw@example.org/", "proxy https://***@example.org/"),
    ],
)
def test_secrets_of_commands_and_urls_are_hidden(spec: str, shown: str | None) -> None:
    assert without_secrets(spec) == (shown or spec)


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ("api_key: sk-proj-0123456789abcdef\nport: {port}", "api_key: ***\nport: {port}"),
        ('{"master-key": "sk-0123456789abcdef", "url": "{upstream}"}',
         '{"master-key": "***", "url": "{upstream}"}'),
        ("[a]\nAUTH_TOKEN = 'eyJhbGciOiJIUzI1NiJ9'", "[a]\nAUTH_TOKEN = '***'"),
        ("  params: {model: a, api_key: sk-x}", None),
        ("api_key: os.environ/OPENAI_API_KEY\ntoken: ${VERY_LONG_VARIABLE_NAME}", None),
        ("keyboard: a-very-long-value-of-something", None),
    ],
)  # fmt: skip
def test_credentials_of_a_configuration_are_hidden(config: str, shown: str | None) -> None:
    assert config_without_secrets(config) == (shown or config)


def test_a_quote_that_never_ends_hides_nothing_less() -> None:
    assert "hunter2" not in without_secrets("it's --secret hunter2")


def test_what_was_hidden_must_be_given_again(tmp_path: Path) -> None:
    options = RunOptions(models=("m",), mcp=("KEY=abc server", "plain"), openapi=("a.yaml",))
    settings = options.settings()
    assert "abc" not in json.dumps(settings)
    with Journal(tmp_path / "run") as journal:
        journal.append([RunStarted(1.0, "0", (), settings)])
    with pytest.raises(UsageError, match="KEY=\\*\\*\\* server"):
        resumed_options(tmp_path / "run")
    with pytest.raises(UsageError, match="another server than then"):
        resumed_options(tmp_path / "run", mcp=("KEY=abc other", "plain"))
    again = resumed_options(tmp_path / "run", mcp=options.mcp)
    assert again == options
