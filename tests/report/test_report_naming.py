"""Names of thousands of characters: people see how they begin and end, JSON has them whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.core.text import NAME_LENGTH, shortly
from toolfuzz.report.naming import names_in

MODEL = f"vendor/{'model-name-' * 270}<b>\x1b[31m"
TOOL = f"tool_{'t' * 3000}_end"
RUN = 40
"""So many characters of the repeated part stand nowhere that people read."""


def test_a_name_is_cut_in_its_middle_only_where_it_is_long() -> None:
    assert shortly("a" * NAME_LENGTH) == "a" * NAME_LENGTH
    short = shortly(MODEL)
    assert len(short) == NAME_LENGTH and MODEL.startswith(short.partition("…")[0])
    assert MODEL.endswith(short.partition("…")[2]), "versions stand at the end"


def test_no_two_names_are_shortened_alike() -> None:
    names = [f"{'a' * 100}{middle}{'z' * 100}" for middle in "bcd"]
    shorter = names_in({"rows": [{"label": name} for name in names]})
    short = [shorter.of(name) for name in names]
    assert len({*short}) == 3
    assert shorter.of({names[1]: [f"on {names[1]}.", 7]}) == {short[1]: [f"on {short[1]}.", 7]}


def exchange(number: int, model: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    call = {"name": TOOL, "arguments": json.dumps({"n": str(number)})}
    message = {"role": "assistant", "content": None,
               "tool_calls": [{"id": "c", "type": "function", "function": call}]}  # fmt: skip
    return {
        "format": "openai-chat",
        "request": {
            "model": model,
            "messages": [{"role": "user", "content": f"Save {number}."}],
            "tools": [{"type": "function", "function": {"name": TOOL, "parameters": schema}}],
        },
        "response": {"body": {
            "id": "r", "object": "chat.completion", "created": 1, "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        }},
    }  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long")
    lines = [json.dumps(exchange(n, model)) for n in range(4) for model in (MODEL, "other")]
    (folder / "e.jsonl").write_text("\n".join(lines))
    out = folder / "run"
    done = CliRunner().invoke(cli, ["judge", str(folder / "e.jsonl"), "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out


def test_reports_and_terminal_are_readable_and_json_is_whole(run: Path) -> None:
    words = [
        word for form in ("markdown", "junit", "github", "badge") for word in ("--report", form)
    ]
    runner = CliRunner()
    said = {
        command: runner.invoke(cli, [*command.split(), str(run), *more]).stdout
        for command, more in (("report", words), ("compare", []), ("show", []))
    }
    for name in ("report.md", "junit.xml", "github.md", "badge.svg"):
        said[name] = (run / name).read_text()
    for place, text in said.items():
        assert text and "model-name-" * (RUN // 11) not in text, place
        assert "t" * RUN not in text, place
    # What may be pasted is whole, so that it can be.
    (target, _) = json.loads((run / "summary.json").read_text())["targets"]
    assert target["target"] == target["model"] == MODEL and TOOL in target["tools"]


def test_a_page_names_them_shortly_outside_of_the_evidence(run: Path) -> None:
    CliRunner().invoke(cli, ["report", str(run), "--report", "html"])
    page = (run / "report.html").read_text()
    shown, _, failures = page.partition('id="failures"')
    assert "model-name-" * (RUN // 11) not in shown and "t" * RUN not in shown
    assert "t" * RUN in failures, "the bytes are whole"
