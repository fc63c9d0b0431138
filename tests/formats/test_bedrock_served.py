"""The simulator served to boto3 itself, and bug reports' programs run against it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import boto3
import needs
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

import toolfuzz
from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Message, Tool
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.formats import wire_format
from toolfuzz.formats.bedrock_converse.clients import READERS
from toolfuzz.runs.reproduce import service_of
from toolfuzz.simulate.process import Simulator, start

FORMAT = wire_format("bedrock-converse")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"toolSpec": {"name": "weather", "inputSchema": {"json": SCHEMA}}}
CITY = "Köln am Rhein, Nordrhein-Westfalen"
PROMPT = f'Call weather with exactly these arguments:\n```json\n{{"city": "{CITY}"}}\n```'
ARN = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-v1:0"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with start(profile="clean") as running:
        yield running


@contextmanager
def client(base_url: str, **config: Any) -> Iterator[Any]:
    runtime = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=base_url,
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )
    try:
        yield runtime
    finally:
        runtime.close()


def asked(model: str = ARN, **changes: Any) -> dict[str, Any]:
    return {
        "modelId": model,
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}],
        "toolConfig": {"tools": [WEATHER]},
        **changes,
    }


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_boto3_gets_the_right_call(simulator: Simulator, prefix: str) -> None:
    with client(simulator.base_url.removesuffix("/v1") + prefix) as runtime:
        reply = runtime.converse(**asked())
    (use,) = [b["toolUse"] for b in reply["output"]["message"]["content"] if "toolUse" in b]
    assert (use["name"], use["input"]) == (
        "weather",
        {"city": CITY},
    )
    assert reply["stopReason"] == "tool_use"
    assert reply["usage"]["totalTokens"] == sum(
        reply["usage"][k] for k in ("inputTokens", "outputTokens")
    )


def test_boto3_gets_the_right_call_streamed(simulator: Simulator) -> None:
    with client(simulator.base_url) as runtime:
        events = list(runtime.converse_stream(**asked())["stream"])
    kinds = [kind for event in events for kind in event]
    assert kinds[0] == "messageStart"
    assert kinds[-2:] == ["messageStop", "metadata"]
    (start_,) = [e["contentBlockStart"] for e in events if "contentBlockStart" in e]
    assert start_["start"]["toolUse"]["name"] == "weather"
    deltas = [e["contentBlockDelta"]["delta"] for e in events if "contentBlockDelta" in e]
    pieces = [d["toolUse"]["input"] for d in deltas if "toolUse" in d]
    assert len(pieces) > 1, "the arguments come in pieces"
    assert json.loads("".join(pieces)) == {"city": CITY}


def test_a_whole_tool_loop(simulator: Simulator) -> None:
    question = asked()
    with client(simulator.base_url) as runtime:
        first = runtime.converse(**question)["output"]["message"]
        (use,) = [b["toolUse"] for b in first["content"] if "toolUse" in b]
        result = {"toolUseId": use["toolUseId"], "content": [{"json": {"degrees": 7}}]}
        question["messages"] += [first, {"role": "user", "content": [{"toolResult": result}]}]
        second = runtime.converse(**question)
        del question["toolConfig"]
        with pytest.raises(ClientError, match="toolConfig field must be defined") as error:
            runtime.converse(**question)
    assert second["stopReason"] == "end_turn"
    assert second["output"]["message"]["content"][0]["text"]
    assert error.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": [{"text": ""}]}]}, "is blank"),
        ({"messages": [{"role": "user", "content": []}]}, "is empty"),
        ({"messages": [{"role": "user", "content": [{"text": "x"}]}] * 2}, "alternate"),
        ({"toolConfig": {"tools": []}}, "toolConfig.tools"),
        ({"inferenceConfig": {"maxTokens": 0}}, "maxTokens"),
    ],
)
def test_what_the_service_refuses(simulator: Simulator, changes: dict[str, Any], said: str) -> None:
    with (
        client(simulator.base_url, parameter_validation=False) as runtime,
        pytest.raises(ClientError, match=said) as error,
    ):
        runtime.converse(**asked(**changes))
    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_a_stream_that_breaks_off_is_an_exception_in_boto3(simulator: Simulator) -> None:
    with client(simulator.base_url) as runtime:
        events = runtime.converse_stream(**asked("fault:stream-error-midway"))["stream"]
        with closing(events), pytest.raises(EventStreamError):
            list(events)


@needs.shell
@pytest.mark.parametrize("stream", [False, True])
def test_the_programs_of_a_report_run(simulator: Simulator, stream: bool) -> None:
    tool = Tool("weather", "", SCHEMA)
    ask = Ask(ARN, (tool,), (Message("user", PROMPT),), stream=stream)
    request = FORMAT.request(ask, params={"temperature": 0, "top_k": 3})
    command = FORMAT.curl(request, simulator.base_url, None, stream=stream)
    printed = subprocess.run(
        ["bash"], input=command.encode(), capture_output=True, timeout=60, check=True
    ).stdout
    reader = next(r for r in READERS if r.stream == stream)
    recorded = Attempt(0.0, 1.0, 1.0, 200, {}, ((1.0, printed),))
    assert list(reader.read(recorded)) == [("weather", {"city": CITY})]

    program = FORMAT.python(request, simulator.base_url, None)
    with redirect_stdout(StringIO()) as said:
        exec(compile(program, "reproduction", "exec"), {})
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    if stream:
        wire = [(kind, data) for event in lines for kind, data in event.items()]
        body = b"".join(FORMAT.framing.join(wire))
    else:
        body = json.dumps(lines[0]).encode()
    recorded = Attempt(0.0, 1.0, 1.0, 200, {}, ((1.0, body),))
    assert list(reader.read(recorded)) == [("weather", {"city": CITY})]


def test_a_key_of_another_name_is_handed_to_boto3() -> None:
    request = FORMAT.request(Ask("m", said=(Message("user", "x"),)))
    base_url = "https://bedrock-runtime.eu-west-1.amazonaws.com"
    program = FORMAT.python(request, base_url, "MY_KEY")
    assert 'os.environ["AWS_BEARER_TOKEN_BEDROCK"] = os.environ["MY_KEY"]' in program
    assert "region_name='eu-west-1'" in program
    compile(program, "reproduction", "exec")
    target = Target("bedrock/m", "bedrock", "m", "bedrock-converse")
    assert service_of(target, {}).key_env == "AWS_BEARER_TOKEN_BEDROCK", "set or not"
    usual = FORMAT.python(request, base_url, "AWS_BEARER_TOKEN_BEDROCK")
    assert "os.environ" not in usual
    assert '-H "authorization: Bearer $MY_KEY"' in FORMAT.curl(
        request, base_url, "MY_KEY", stream=False
    )


def test_boto3_takes_a_reply_that_was_cut_for_an_empty_one() -> None:
    key = {"aws_access_key_id": "k", "aws_secret_access_key": "k", "region_name": "us-east-1"}
    hello = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    with toolfuzz.serve("fault:http-429~1") as server:
        own = boto3.client("bedrock-runtime", endpoint_url=server.origin, **key)
        assert own.converse(**hello)["output"]
        assert [one.status for one in server.requests] == [429, 200]
        server.use("fault:http-cut")
        assert "output" not in own.converse(**hello)
        assert [one.status for one in server.requests] == [200]
        own.close()
