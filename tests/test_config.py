import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

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


def test_pyproject_counts_when_it_speaks_of_toolfuzz(tmp_path: Path) -> None:
    Path("pyproject.toml").write_text('[project]\nname = "x"\n')
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
