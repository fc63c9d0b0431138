"""Bedrock's official SDK as the referee: recorded bytes, read by boto3."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats.client_reader import ClientReader

__all__ = ["READERS"]

Call = tuple[str, Json]

_ASKED: Any = {
    "modelId": "recorded",
    "messages": [{"role": "user", "content": [{"text": "recorded"}]}],
}


def _converse(attempt: Attempt) -> Iterator[Call]:
    """As AWS's guide does it: tools are run when the stop reason says that they were called.

    https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html
    """
    reply = _client(attempt).converse(**_ASKED)
    message = reply["output"]["message"]
    # It goes back with the results, so it must have a role.
    assert message["role"] == "assistant"
    if reply["stopReason"] == "tool_use":
        for block in message["content"]:
            if "toolUse" in block and _is_ours(use := block["toolUse"]):
                yield use["name"], use["input"]


def _by_block(attempt: Attempt) -> Iterator[Call]:
    """As AWS's guide reads a stream: one block after another, each done when it stops."""
    message: dict[str, Any] = {"content": []}
    tool: dict[str, Any] = {}
    stop_reason = None
    for event in _events(attempt):
        match event:
            case {"messageStart": start}:
                message["role"] = start["role"]
            case {"contentBlockStart": {"start": {"toolUse": opened}}}:
                tool = {**opened, "input": ""}
            case {"contentBlockDelta": {"delta": {"toolUse": piece}}}:
                tool["input"] += piece["input"]
            case {"contentBlockStop": _} if tool:
                # A tool without arguments is often streamed without any input.
                tool["input"] = json.loads(tool["input"] or "{}")
                message["content"].append(tool)
                tool = {}
            case {"messageStop": stop}:
                stop_reason = stop["stopReason"]
    assert message["role"] == "assistant"
    if stop_reason == "tool_use":
        for use in message["content"]:
            if _is_ours(use):
                yield use["name"], use["input"]


def _by_index(attempt: Attempt) -> Iterator[Call]:
    """As clients do that keep all blocks open until the end."""
    calls: dict[Any, tuple[Any, list[str]]] = {}
    for event in _events(attempt):
        match event:
            case {"contentBlockStart": {"start": {"toolUse": opened}, **rest}}:
                calls[rest["contentBlockIndex"]] = (opened, [])
            case {"contentBlockDelta": {"delta": {"toolUse": piece}, **rest}}:
                calls[rest["contentBlockIndex"]][1].append(piece["input"])
    for use, pieces in calls.values():
        if _is_ours(use):
            yield use["name"], json.loads("".join(pieces) or "{}")


def _is_ours(use: Any) -> bool:
    """Whether the client runs this tool; its result goes back under the id."""
    return use.get("type") != "server_tool_use" and isinstance(use["toolUseId"], str)


READERS = (
    ClientReader("boto3", False, _converse, "converse()", since="1.39"),
    ClientReader("boto3", True, _by_block, "converse_stream(), block by block", since="1.39"),
    ClientReader("boto3", True, _by_index, "converse_stream(), by index", since="1.39"),
)


# --- a client that is answered from the recording

_replaying: list[Attempt] = []


def _events(attempt: Attempt) -> Any:
    return _client(attempt).converse_stream(**_ASKED)["stream"]


def _client(attempt: Attempt) -> Any:
    _replaying[:] = [attempt]
    return _recorded_client()


@cache
def _recorded_client() -> Any:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    client = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url="http://recorded.invalid",
        # Whatever credentials the environment has: a token of Bedrock's would want https.
        config=Config(retries={"total_max_attempts": 1}, signature_version=UNSIGNED),
    )
    client.meta.events.register("before-send.bedrock-runtime", _answer)
    return client


def _answer(request: Any, **_: Any) -> Any:
    """Return the recording as the response; botocore then sends nothing."""
    from botocore.awsrequest import AWSResponse
    from botocore.exceptions import EndpointConnectionError

    (attempt,) = _replaying
    if attempt.status is None:
        raise EndpointConnectionError(endpoint_url=request.url, error=attempt.error)
    return AWSResponse(request.url, attempt.status, dict(attempt.headers), _Body(attempt))


class _Body:
    """A recorded body as urllib3 hands it out."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def stream(self, *args: Any, **options: Any) -> Iterator[bytes]:
        yield from (chunk for _, chunk in self._attempt.chunks)
        if self._attempt.error:
            raise ConnectionError(self._attempt.error)

    def close(self) -> None:
        """Nothing is open."""
