"""What Langfuse's SDK 5.0.4 wrote of OpenAI's, in the shape in which the API lists it."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

FILE = Path(__file__).parents[1] / "data/recordings/langfuse.json"
OBSERVATIONS = json.loads(FILE.read_text(encoding="utf-8"))["data"]


def judged(path: Path) -> list[Judged | BadEntry]:
    return list(judge_file(path, Policy()))


def written(tmp_path: Path, value: Any) -> list[Judged | BadEntry]:
    path = tmp_path / "observations"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return judged(path)


def test_observations_of_the_real_sdk() -> None:
    found = [one for one in judged(FILE) if isinstance(one, Judged)]
    assert [one.recorded.format for one in found] == [
        "openai-chat", "openai-chat", "openai-responses",
    ]  # fmt: skip
    assert {one.recorded.rebuilt_from for one in found} == {"Langfuse"}
    assert [len(one.judgement.reply.calls) for one in found] == [1, 1, 1]
    assert [one.judgement.status for one in found] == ["pass"] * 3


def test_observations_of_the_callback_for_langchain() -> None:
    """LangChain-OpenAI parses what it can; what it can't stands as text under a key of its own."""
    second, wrong, torn = judged(FILE.with_name("langfuse-langchain.json"))
    assert isinstance(second, Judged) and isinstance(wrong, Judged) and isinstance(torn, Judged)
    assert (second.judgement.status, second.recorded.turn, second.recorded.note) == ("pass", 1, "")
    assert [tool.name for tool in second.recorded.case.tools] == ["paint"]
    assert [f.slug for f in wrong.judgement.findings] == ["boolean-as-string"]
    assert [f.slug for f in torn.judgement.findings] == ["args-truncated"]


def test_where_no_tools_were_kept_no_call_is_of_an_unknown_one(tmp_path: Path) -> None:
    asked = {"messages": OBSERVATIONS[0]["input"]["messages"]}
    (found,) = written(tmp_path, [{**OBSERVATIONS[0], "input": asked}])
    assert isinstance(found, Judged)
    assert (found.judgement.status, found.judgement.findings) == ("pass", ())


def exported(observation: dict[str, Any]) -> dict[str, Any]:
    """The observation as an export to a bucket spells it: bodies as text, other names."""
    held = {key: json.dumps(observation[key]) for key in ("input", "output", "metadata")}
    return {**observation, **held, "trace_id": observation["traceId"], "traceId": None}


@pytest.mark.parametrize(
    "spelled",
    [
        json.dumps(OBSERVATIONS, indent=1),
        "\n".join(map(json.dumps, map(exported, OBSERVATIONS))),
        json.dumps([{**OBSERVATIONS[0], "type": "SPAN", "input": None}, *OBSERVATIONS]),
    ],
    ids=["a list", "lines of an export", "with a span"],
)
def test_every_container(spelled: str, tmp_path: Path) -> None:
    assert len(written(tmp_path, spelled)) == 3


def test_a_wrong_value_is_found(tmp_path: Path) -> None:
    wrong = json.dumps(OBSERVATIONS[0]).replace(r"\"coats\":2", r"\"coats\":\"2\"")
    assert wrong != json.dumps(OBSERVATIONS[0])
    (found,) = written(tmp_path, wrong)
    assert isinstance(found, Judged)
    assert [f.slug for f in found.judgement.findings] == ["number-as-string"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"output": None}, "its output was not kept"),
        ({"output": None, "statusMessage": "429"}, "its output was not kept: 429"),
        ({"input": "hello"}, "its input holds no messages"),
        ({"input": {"prompt": "hello"}}, "its input holds no messages"),
    ],
)
def test_what_was_not_kept_is_said(changed: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert written(tmp_path, [{**OBSERVATIONS[0], **changed}]) == [BadEntry(1, told)]
