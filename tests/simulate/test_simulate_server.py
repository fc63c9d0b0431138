"""The endpoint over real HTTP, also as the official SDKs see it."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from functools import cache

import anthropic
import httpx
import needs
import openai
import pytest
from sim_asks import APIS, ARGUMENTS, NOTE, NOTE_2, PLAIN, RICH, batch, body, echo

from toolfuzz.core.errors import EndpointError
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.talk import play
from toolfuzz.formats import wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.process import start
from toolfuzz.simulate.server import MOST_BODY

PATHS = {
    "openai-chat": "/chat/completions",
    "openai-responses": "/responses",
    "anthropic-messages": "/messages",
}
TWO = batch((PLAIN, NOTE), (PLAIN, NOTE_2))
PROMPTS = {
    "rich": (echo(RICH, ARGUMENTS), [("update_records", ARGUMENTS)]),
    "two": (TWO, [("send_note", NOTE), ("send_note", NOTE_2)]),
}


@cache
def http():
    return httpx.Client()


@pytest.fixture(scope="module", autouse=True)
def _hang_up():
    """Until these tests go on, when others came between."""
    yield
    http().close()
    http.cache_clear()


def ask(base_url, api, **options):
    request = body(api, options.pop("prompt", PROMPTS["two"][0]), **options)
    return http().post(base_url + PATHS[api], json=request)


def chat(base_url, request, stream):
    client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
    if stream:
        with client.chat.completions.stream(**request) as events:
            reply = events.get_final_completion()
    else:
        reply = client.chat.completions.create(**request)
    choice = reply.choices[0]
    calls = [(c.function.name, json.loads(c.function.arguments)) for c in choice.message.tool_calls]
    return choice.finish_reason, calls, [c.id for c in choice.message.tool_calls]


def responses(base_url, request, stream):
    client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
    if stream:
        with client.responses.stream(**request) as events:
            reply = events.get_final_response()
    else:
        reply = client.responses.create(**request)
    assert reply.status == "completed"
    calls = [c for c in reply.output if c.type == "function_call"]
    return (
        "tool_calls",
        [(c.name, json.loads(c.arguments)) for c in calls],
        [c.call_id for c in calls],
    )


def messages(base_url, request, stream):
    client = anthropic.Anthropic(base_url=base_url[:-3], api_key="none", max_retries=0)
    if stream:
        with client.messages.stream(**request) as events:
            reply = events.get_final_message()
    else:
        reply = client.messages.create(**request)
    calls = [block for block in reply.content if block.type == "tool_use"]
    finish = {"tool_use": "tool_calls"}[reply.stop_reason]
    return finish, [(c.name, c.input) for c in calls], [c.id for c in calls]


SDKS = {"openai-chat": chat, "openai-responses": responses, "anthropic-messages": messages}


@pytest.mark.parametrize("model", ["clean", "legal-variations"])
@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS)
def test_official_sdks_see_the_right_calls(base_url, api, stream, prompt, model):
    text, expected = PROMPTS[prompt]
    request = body(api, text, model=model, max_tokens=20_000)
    request.pop("stream")
    finish, calls, ids = SDKS[api](base_url, request, stream)
    assert finish == "tool_calls"
    assert calls == expected
    assert len(set(ids)) == len(ids) and all(ids)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS)
def test_labels(base_url, api, stream):
    clean = ask(base_url, api, stream=stream)
    model = "fault:missing-required+name-empty"
    faulty = ask(base_url, api, stream=stream, model=model, prompt=PROMPTS["rich"][0])
    for reply in (clean, faulty):
        assert reply.status_code == 200
        assert reply.headers["x-toolfuzz-simulated"] == "1"
        assert reply.headers["server"] == "toolfuzz-simulator"
    assert "x-toolfuzz-fault" not in clean.headers
    assert faulty.headers["x-toolfuzz-fault"] == "missing-required,name-empty"
    assert "missing-required" not in faulty.text.replace(model, "")


def test_the_same_run_repeats_and_the_same_question_may_differ():
    def run():
        with start(seed=5) as simulator:
            return [
                ask(simulator.base_url, "openai-chat", model="fault:no-call@0.5", stream=n % 2 == 0)
                for n in range(12)
            ]

    first, second = run(), run()
    assert [r.content for r in first] == [r.content for r in second]
    assert {r.headers.get("x-toolfuzz-fault") for r in first} == {None, "no-call"}


def test_another_seed_rolls_otherwise():
    def struck(seed):
        with start(seed=seed, profile="fault:no-call@0.5") as simulator:
            replies = [ask(simulator.base_url, "openai-chat", model="any") for _ in range(12)]
        return [r.headers.get("x-toolfuzz-fault") for r in replies]

    assert struck(1) != struck(2)


def test_a_profile_serves_unknown_models():
    with start(profile="fault:no-call") as simulator:
        reply = ask(simulator.base_url, "openai-chat", model="gpt-anything")
    assert reply.headers["x-toolfuzz-fault"] == "no-call"


def test_latency():
    # Of a busy machine's delays the first chunk may have more than the last one.
    with start(latency_ms=300) as simulator, httpx.Client() as client:
        url = simulator.base_url + "/chat/completions"
        started = time.perf_counter()
        client.post(url, json=body("openai-chat", TWO))
        assert time.perf_counter() - started >= 0.3
        arrived = []
        with client.stream("POST", url, json=body("openai-chat", TWO, stream=True)) as reply:
            arrived += [time.perf_counter() for _ in reply.iter_raw()]
        assert len(arrived) > 5 and arrived[-1] - arrived[0] > 0.2


@pytest.mark.parametrize(
    ("content", "path", "status", "words"),
    [
        (b"no json", "/chat/completions", 400, "not JSON"),
        (b"[]", "/chat/completions", 400, "not a JSON object"),
        (b'{"model": "clean"}', "/chat/completions", 400, "messages"),
        (b'{"model": "clean", "messages": [1]}', "/chat/completions", 400, "messages"),
        (
            b'{"model": "clean", "messages": [], "tools": [{}]}',
            "/chat/completions",
            400,
            "tools[0]",
        ),
        (b'{"model": "clean", "messages": []}', "/messages", 400, "max_tokens"),
        (b'{"model": "fault:no-kall", "messages": []}', "/chat/completions", 404, "no-kall"),
        (b"[" * 100_000, "/responses", 400, "not JSON"),
    ],
)
def test_bad_requests_are_refused(base_url, content, path, status, words):
    reply = http().post(base_url + path, content=content)
    assert reply.status_code == status
    assert words in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("packed", "status"),
    [
        (gzip.compress(json.dumps(body("openai-chat", TWO)).encode(), mtime=0), 200),
        (gzip.compress(b"{}", mtime=0)[:-4], 400),
        (gzip.compress(b" " * MOST_BODY + b" ", mtime=0), 413),
    ],
    ids=["whole", "cut off", "a bomb"],
)
def test_a_compressed_request_is_read(base_url, packed, status):
    named = {"content-encoding": "gzip"}
    reply = http().post(base_url + "/chat/completions", content=packed, headers=named)
    assert reply.status_code == status


def test_models_are_the_profiles(base_url):
    names = [m["id"] for m in http().get(base_url + "/models").json()["data"]]
    assert {"clean", "glm-4.7", "legal-variations"} <= set(names)


def test_a_simulator_that_cannot_start_says_why():
    with pytest.raises(EndpointError) as caught, start(profile="claen"):
        pass
    assert "clean" in str(caught.value.hint)


def test_it_is_gone_afterwards():
    with start() as simulator:
        url = simulator.base_url
        assert http().get(url + "/models").status_code == 200
    with pytest.raises(httpx.ConnectError):
        http().get(url + "/models")


@needs.signals
def test_it_dies_with_its_parent():
    script = (
        "import time\nfrom toolfuzz.simulate.process import start\n"
        "with start() as s:\n    print(s.base_url, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with parent:
        url = parent.stdout.readline().strip()
        assert http().get(url + "/models").status_code == 200
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            http().get(url + "/models")
        except httpx.HTTPError:
            return
        time.sleep(0.05)
    pytest.fail("the simulator outlived its parent")


def test_imports_stay_lean():
    script = (
        "import sys, toolfuzz.simulate.__main__, toolfuzz.simulate.server\n"
        "print(sorted({'scipy','hypothesis','rich','openai','httpx','jsonschema',"
        "'anthropic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("stream", [False, True])
def test_a_response_is_remembered_by_its_id(base_url, stream):
    (case,) = draw_cases(1, probes=["remembered"])
    talk = play(case)
    format = wire_format("openai-responses")
    for _ in case.turns:
        request = format.request(talk.ask(model="clean", stream=stream)).body
        answer = http().post(base_url + "/responses", json=request)
        attempt = Attempt(0.0, 0.0, 0.0, 200, dict(answer.headers), ((0.0, answer.content),))
        judged = judge(case, [*talk.replies, format.read(attempt, stream=stream)])
        assert judged.status == "pass", judged
        talk.answer(judged)
    assert request["previous_response_id"] in talk.replies[0].chunk_ids
    lost = http().post(base_url + "/responses", json={**request, "previous_response_id": "resp_x"})
    assert lost.status_code == 400 and "'resp_x' not found" in lost.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_the_sdk_runs_a_tool_in_a_thread(base_url, stream):
    """Its later requests send neither the history nor the tools."""

    @anthropic.beta_tool
    def add(a: int, b: int) -> str:
        """Add."""
        return str(a + b)

    said = 'Call add with exactly these arguments:\n```json\n{"a": 2, "b": 40}\n```'
    with anthropic.Anthropic(base_url=base_url.removesuffix("/v1"), api_key="k") as client:
        runner = client.beta.messages.tool_runner(
            model="clean", max_tokens=500, tools=[add], stream=stream,
            messages=[{"role": "user", "content": said}],
        )  # fmt: skip
        replies = [r.get_final_message() if stream else r for r in runner]
    assert [reply.content[0].type for reply in replies] == ["tool_use", "text"]
    assert replies[1].content[0].text == "The tool answered: 42"
