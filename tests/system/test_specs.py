"""What may be shown of commands, URLs and configurations, and what must be masked elsewhere."""

import pytest

from toolfuzz.system.specs import (
    HIDDEN,
    config_without_secrets,
    environment_secrets,
    masked,
    named_without_secrets,
    secrets_of_command,
    secrets_of_config,
    secrets_of_named,
    without_secrets,
)


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
        ("db: postgres://me:pw@host/x?a=b", "db: postgres://***@host/x?a=b"),
    ],
)  # fmt: skip
def test_credentials_of_a_configuration_are_hidden(config: str, shown: str | None) -> None:
    assert config_without_secrets(config) == (shown or config)


def test_a_quote_that_never_ends_hides_nothing_less() -> None:
    assert "hunter2" not in without_secrets("it's --secret hunter2")


@pytest.mark.parametrize(
    ("command", "secrets"),
    [
        ("KEY=abc npx server --port=1", {"abc"}),
        ("env A=1 server --api-key abc --token=d=e -v", {"1", "abc", "d=e"}),
        ("https://me:p%40w@example.org/a?token=a%20b&b=", {"me", "p%40w", "p@w", "a%20b", "a b"}),
        ("proxy https://me:pw@example.org/", {"me", "pw"}),
        ("server --key 'a b", {"'a"}),
        ("npx server /data", set()),
    ],
)
def test_what_a_command_hides(command: str, secrets: set[str]) -> None:
    assert secrets_of_command(command) - {""} == secrets
    assert not any(len(secret) > 1 and secret in without_secrets(command) for secret in secrets)


def test_what_variables_and_configurations_hide() -> None:
    given = {"MY_API_KEY": "abc", "DB": "postgres://me:pw@host/x", "PORT": "80", "X-Gate": "gate"}
    assert secrets_of_named(given, ["x-gate"]) == {"abc", "me", "pw", "gate"}
    shown = {"MY_API_KEY": HIDDEN, "DB": f"postgres://{HIDDEN}@host/x", "PORT": "80"}
    assert named_without_secrets(given, ["x-gate"]) == {**shown, "X-Gate": HIDDEN}
    config = "api_key: sk-proj-0123456789abcdef\ndb: postgres://me:pw@host/x"
    assert secrets_of_config(config) == {"sk-proj-0123456789abcdef", "me", "pw"}


def test_what_a_program_says_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "token-0123456789")
    monkeypatch.setenv("SOME_OTHER_TOKEN", "short")
    assert "token-0123456789" in environment_secrets()
    assert "short" not in environment_secrets()
    said = "bad token-0123456789-abc, not token-0123456789: try a test"
    masks = {"token-0123456789", "token-0123456789-abc", "test", ""}
    assert masked(said, masks) == "bad ***, not ***: try a test"
