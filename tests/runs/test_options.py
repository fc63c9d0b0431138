"""One record of options: what a resumed run, an old journal and a caller from Python make of it."""

import json
from datetime import date
from typing import get_type_hints

import pytest

from toolfuzz.analyze.check import CheckRule
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.access import Access
from toolfuzz.runs.check_options import CheckOptions
from toolfuzz.runs.options import Options, RunOptions
from toolfuzz.runs.stored import same_questions, stored_options

# Every option at a value that is not its default.
CHANGED = RunOptions(
    models=("a", "b"),
    tools=("t.json",),
    mcp=("cmd",),
    openapi=("api.yaml",),
    include=("get_*",),
    exclude=("tag:old",),
    prompts=("asked.jsonl",),
    system="Be brief.",
    probes=("echo",),
    features=("object",),
    cases=7,
    repeat=3,
    seed=5,
    level=5,
    strength=3,
    offer=7,
    allow_remote_refs=True,
    inline_refs=True,
    respell=True,
    base_url="http://127.0.0.1:1/v1",
    format="openai-responses",
    key_env="KEY",
    headers={"X-Secret": "s3cret-value"},
    secret_headers=("X-Secret",),
    tools_headers={"X-Tools": "t0ken"},
    params={"temperature": 0, "nested": {"a": [1]}},
    stream="both",
    concurrency=2,
    rpm=30.0,
    tpm=9000.0,
    max_input=3000,
    timeout=3.5,
    max_reply=4096,
    engine_python="/py",
    cuts=("whole", "chars:2"),
    latency_ms=4.0,
    workers=3,
    ray="127.0.0.1:1",
    max_calls=5,
    max_time=6.0,
    max_tokens=7,
    max_cost=8.0,
    price=(1.0, 2.0),
    strict=True,
    ignore=("A",),
    select=("B",),
    out="folder",  # type: ignore[arg-type]
)


def journalled(options: RunOptions | CheckOptions) -> dict[str, object]:
    read: dict[str, object] = json.loads(json.dumps(options.settings()))
    return read


def test_the_example_changes_every_option() -> None:
    defaults = RunOptions()
    same = [n for n in RunOptions.model_fields if getattr(defaults, n) == getattr(CHANGED, n)]
    assert same == []


def test_a_journal_gives_back_every_option() -> None:
    back = stored_options(journalled(CHANGED))
    assert back == CHANGED.but(out=None, headers={}, tools_headers={}, ray=None)


def test_a_journal_names_no_cluster_that_gets_the_keys() -> None:
    assert stored_options({**journalled(CHANGED), "ray": "evil:6379"}).ray is None


def test_values_of_headers_are_never_stored() -> None:
    settings = journalled(CHANGED)
    assert settings["headers"] == ["X-Secret"]
    assert "s3cret" not in json.dumps(settings) + repr(CHANGED)
    check = CheckOptions(
        run=CHANGED, baseline="old", baseline_access=Access(headers={"X-Old": "s3cret-value"})
    )
    assert "s3cret" not in json.dumps(journalled(check))


def test_a_journal_of_before_is_read() -> None:
    """It lacked some options, ``policy`` was nested, and two had other names."""
    settings = {
        "models": ["sim/clean"],
        "tools": [],
        "cases": 40,
        "seed": 2,
        "twins": True,
        "stream": "both",
        "base_url": None,
        "api": "openai-responses",
        "params": {"a": 1},
        "policy": {"strict": True, "ignore": ["A"], "select": []},
    }
    read = stored_options(settings)
    assert (read.cases, read.seed, read.respell, read.stream) == (40, 2, True, "both")
    assert (read.format, read.params, read.inline_refs) == ("openai-responses", {"a": 1}, False)
    assert read.policy.strict and read.policy.ignore == ("A",)
    assert stored_options({"study": "x"}) == RunOptions()
    assert stored_options({**settings, "option_of_tomorrow": 1}) == read


def test_python_may_give_one_name_or_several_and_old_names() -> None:
    read = RunOptions.read({"models": "m", "tools": "t.json", "api": "openai-responses"})
    assert (read.models, read.tools, read.format) == (("m",), ("t.json",), "openai-responses")
    assert set(get_type_hints(Options)) == set(RunOptions.model_fields) - {"models"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"case": 3}, "unknown option: case"),
        ({"cases": "many"}, "option cases: Input should be a valid integer"),
        ({"stream": "sideways"}, "option stream: Input should be 'plain', 'stream' or 'both'"),
    ],
)
def test_a_wrong_option_is_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        RunOptions.read(given)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cases": 0}, "--cases 0: at least 1"),
        ({"repeat": 0}, "--repeat 0"),
        ({"concurrency": 0}, "--concurrency 0"),
        ({"timeout": 0.0}, "--timeout 0.0: seconds above 0"),
        ({"ignore": ("nonsense",)}, "no defect or group"),
        ({"params": {"top_p": {"deep": [float("nan")]}}}, "--param top_p: .*no JSON value"),
        ({"params": {"since": date(2026, 1, 1)}}, "--param since: .*no JSON value"),
    ],
)
def test_values_that_make_no_sense_are_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        RunOptions(models=("m",)).but(**changed).check()


def test_what_is_asked_must_be_the_same_and_how_fast_may_change() -> None:
    one = RunOptions(models=("m",)).settings()
    for name in ("timeout", "concurrency", "rpm", "tpm", "engine_python", "latency_ms", "max_calls",
                 "max_time", "max_tokens", "max_cost", "price"):  # fmt: skip
        assert same_questions(one, {**one, name: journalled(CHANGED)[name]})
    for name in ("models", "inline_refs", "seed", "params", "strict", "format", "respell"):
        assert not same_questions(one, {**one, name: journalled(CHANGED)[name]})


def test_a_check_is_the_same_against_the_same_baseline() -> None:
    check = CheckOptions(run=RunOptions(models=("m",)), baseline="old")
    stored = journalled(check)
    assert stored["check"]["margin"] == 0.05  # type: ignore[index]
    assert same_questions(stored, journalled(check))
    older = {"baseline": "old", "baseline_model": None, "margin": 0.05}
    assert same_questions(stored, {**stored, "check": older})
    for changed in ({"baseline": "new"}, {"rule": CheckRule(margin=0.1)}):
        assert not same_questions(stored, journalled(check.model_copy(update=changed)))
