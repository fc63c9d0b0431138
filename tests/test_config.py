import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from local_http import Handler, Local, running

import toolfuzz
from toolfuzz.cli import cli
from toolfuzz.config import Config, config_schema, load_config, starter
from toolfuzz.core.errors import UsageError


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def test_no_file_means_defaults() -> None:
    assert load_config() == Config()
    assert load_config().given("run", "judge") == {}


def test_the_nearest_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("toolfuzz.toml").write_text('[run]\ncases = 7\nmodels = ["sim/clean"]\ntimeout = 9\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    given = load_config().given("run", "judge")
    assert given == {"cases": 7, "models": ["sim/clean"], "timeout": 9.0}


def test_a_file_above_the_project_is_not_read(tmp_path: Path) -> None:
    """It may be anybody's (in /tmp, say), and it can name commands to run."""
    (tmp_path / ".git").rmdir()
    Path("toolfuzz.toml").write_text('[run]\nmcp = ["sh -c id"]\n')
    inner = tmp_path / "project" / "src"
    inner.mkdir(parents=True)
    assert load_config(inner) == Config(), "without a repository, only the folder itself counts"
    (tmp_path / "project" / ".git").mkdir()
    assert load_config(inner) == Config()
    (tmp_path / "project" / "toolfuzz.toml").write_text("[run]\ncases = 3\n")
    assert load_config(inner).run.cases == 3


@pytest.mark.parametrize("text", ['[project]\nname = "x"\n', "tool = 3\n"], ids=["none", "odd"])
def test_pyproject_counts_when_it_speaks_of_toolfuzz(text: str, tmp_path: Path) -> None:
    Path("pyproject.toml").write_text(text)
    assert load_config(tmp_path) == Config()
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text("[tool.toolfuzz.run]\ncases = 3\n")
    assert load_config(other).run.cases == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[run]\ncase = 7", "did you mean cases"),
        ("[runs]\ncases = 7", "did you mean run"),
        ('[run]\ncases = "7"', "run.cases"),
        ("[check]\nmargin = 2.0", "check.margin"),
        ("[run\n", "not TOML"),
    ],
)
def test_mistakes_are_named(text: str, words: str) -> None:
    Path("toolfuzz.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config()
    assert words in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("name", ["format", "api"])
def test_the_wire_format_has_its_old_name_too(name: str) -> None:
    Path("toolfuzz.toml").write_text(f'[run]\n{name} = "anthropic-messages"\n')
    assert load_config().given("run") == {"format": "anthropic-messages"}


def test_the_starter_is_valid_with_every_key_uncommented() -> None:
    text = starter().replace("\n# ", "\n")
    lines = [line for line in text.splitlines() if " = " in line or line.startswith("[")]
    data = tomllib.loads("\n".join(lines))
    assert Config.model_validate(data)
    jsonschema.Draft202012Validator.check_schema(config_schema())
    jsonschema.validate(data, config_schema())


def test_init_writes_once() -> None:
    runner = CliRunner()
    assert runner.invoke(cli, ["init"]).exit_code == 0
    assert load_config() == Config()
    again = runner.invoke(cli, ["init"])
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert json.loads(runner.invoke(cli, ["init", "--schema"]).output)["title"] == "Config"


def test_flags_win_over_the_environment_and_that_over_the_file() -> None:
    Path("toolfuzz.toml").write_text('[run]\ncases = 7\nmodels = ["sim/clean"]\n')
    runner = CliRunner()

    def cases(*flags: str, **env: str) -> int:
        done = runner.invoke(cli, ["run", "--dry-run", "--json", *flags], env=env)
        assert done.exit_code == 0, done.output
        return int(json.loads(done.stdout)[0]["cases"])

    assert cases() == 7
    assert cases(TOOLFUZZ_RUN_CASES="5") == 5
    assert cases("--cases", "3", TOOLFUZZ_RUN_CASES="5") == 3


GATEWAY = """
[[endpoint]]
name = "gateway"
url = "{url}"
model = "glm-4.7"
headers = {{ x-team = "evals", x-tenant-key = "${{TENANT_KEY}}" }}
params = {{ temperature = 0.25 }}
price = [1.0, 2.0]

[[endpoint]]
name = "other"
url = "{url}"
format = "anthropic-messages"
key_env = "OTHER_KEY"
"""


class _Recorder(Handler):
    """A service that keeps what arrives; it answers with a text, which is no call."""

    server: Local

    def post(self) -> None:
        self.server.asked.append((self.path, self.said, json.loads(self.body())))
        said = {"role": "assistant", "content": "no"}
        choice = {"index": 0, "message": said, "finish_reason": "stop"}
        answer = {"id": "x", "object": "chat.completion", "choices": [choice]}
        self.answer(200, json.dumps(answer).encode())


def test_endpoints_of_ones_own_are_asked_in_one_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Their headers arrive with the variables' values, which stand in no file."""
    monkeypatch.setenv("TENANT_KEY", "tenant-canary-4711")
    monkeypatch.setenv("OTHER_KEY", "other-canary-4712")
    with running(_Recorder) as server:
        Path("toolfuzz.toml").write_text(GATEWAY.format(url=f"{server.url}/v1"))
        result = toolfuzz.run(["gateway", "other/claude-x"], cases=2, out=tmp_path / "run")
    assert [target["target"] for target in result["targets"]] == ["gateway", "other/claude-x"]
    asked = {path: (headers, body) for path, headers, body in server.asked}
    headers, body = asked["/v1/chat/completions"]
    assert headers["x-tenant-key"] == "tenant-canary-4711"
    assert headers["x-team"] == "evals"
    assert body["model"] == "glm-4.7" and body["temperature"] == 0.25
    headers, body = asked["/v1/messages"]
    assert headers["authorization"] == "Bearer other-canary-4712"
    assert body["model"] == "claude-x"
    written = (tmp_path / "run" / "run.jsonl").read_text()
    assert "canary" not in written and "gateway" in written


def test_the_price_of_an_endpoint_of_ones_own_is_known() -> None:
    Path("toolfuzz.toml").write_text(GATEWAY.format(url="http://127.0.0.1:9/v1"))
    done = CliRunner().invoke(cli, ["run", "-m", "gateway", "--cases", "3", "--dry-run", "--json"])
    assert done.exit_code == 0, done.output
    [target] = json.loads(done.stdout)
    tokens = target["input_tokens"] + 2 * target["output_tokens"]
    assert target["price_usd"] == pytest.approx(tokens / 1e6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "openai"\nurl = "http://x/v1"', "knows a service of that name"),
        ('name = "a"\nurl = "x"', "not a base URL"),
        ('name = "a"\nulr = "http://x/v1"', "did you mean url"),
        ('name = "a b"\nurl = "http://x/v1"', "endpoint.0.name"),
        ('name = "a"\nurl = "http://x/v1"\nprice = [1.0, 1.0]', "that of a model"),
        (
            'name = "a"\nurl = "http://x/v1"\nheaders = { authorization = "Bearer abc" }',
            "no file may hold",
        ),
        (
            'name = "a"\nurl = "http://x/v1"\nheaders = { x = "${NOT_THERE_4711}" }',
            "NOT_THERE_4711 is not set",
        ),
        ('name = "a"\nurl = "http://x/v1"\n[[endpoint]]\nname = "a"\nurl = "http://y"', "twice"),
        ('name = "a"\nurl = "http://x/v1"', "is a service, not a model"),
    ],
)
def test_a_wrong_endpoint_says_what_is_wrong(text: str, words: str) -> None:
    if "not a model" not in words and "model =" not in text and "price" not in text:
        text = text.replace('url = "http://x/v1"', 'url = "http://x/v1"\nmodel = "m"', 1)
    Path("toolfuzz.toml").write_text(f"[[endpoint]]\n{text}\n")
    done = CliRunner().invoke(cli, ["run", "-m", "a", "--cases", "1"])
    assert done.exit_code == 2
    assert words in done.output, done.output
