"""What LiteLLM 1.108.7 logged through ``generic_api``, of a simulator behind three front doors."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

FILE = Path(__file__).parents[1] / "data/recordings/litellm.json"


def test_what_the_real_proxy_logged() -> None:
    *answered, failed = judge_file(FILE, Policy())
    assert all(isinstance(one, Judged) for one in answered)
    calls = [one for one in answered if isinstance(one, Judged)]
    assert [one.recorded.format for one in calls] == [
        "openai-chat", "openai-chat", "openai-chat", "openai-responses",
    ]  # fmt: skip
    assert {one.recorded.rebuilt_from for one in calls} == {"LiteLLM"}
    assert [one.judgement.status for one in calls] == ["pass", "fail", "pass", "pass"]
    assert [tool.name for tool in calls[2].recorded.case.tools] == ["paint"]
    assert isinstance(failed, BadEntry)
    assert failed.reason.startswith("LiteLLM got no reply: litellm.APIConnectionError")


@pytest.mark.parametrize("between", ["\n", "", "\n\n"], ids=["lines", "as files joined", "blank"])
def test_objects_of_a_bucket_put_together(between: str, tmp_path: Path) -> None:
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    path = tmp_path / "logs"
    path.write_text(between.join(map(json.dumps, entries)))
    assert len([one for one in judge_file(path, Policy()) if isinstance(one, Judged)]) == 4


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"messages": "redacted-by-litellm"}, "was told not to keep messages"),
        ({"response": "redacted"}, "was told not to keep messages"),
        ({"call_type": "aembedding"}, None),
        ({"model_parameters": None}, ""),
    ],
)
def test_odd_entries(changed: dict[str, Any], told: str | None, tmp_path: Path) -> None:
    entry = json.loads(FILE.read_text(encoding="utf-8"))[0] | changed
    path = tmp_path / "logs"
    path.write_text(json.dumps(entry))
    found = list(judge_file(path, Policy()))
    if told is None:
        assert found == []
    elif told:
        (bad,) = found
        assert isinstance(bad, BadEntry) and told in bad.reason
    else:
        assert isinstance(found[0], Judged)
