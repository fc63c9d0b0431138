"""Signatures are botocore's own; what is missing is said in one line."""

import sys
from datetime import datetime
from typing import Any
from unittest.mock import patch

import boto3
import httpx
import pytest
from botocore.config import Config

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Message
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.formats import wire_format
from toolfuzz.formats.bedrock_converse import signing
from toolfuzz.formats.bedrock_converse.request import path
from toolfuzz.sources.answer import Answer, by_httpx
from toolfuzz.sources.http import HttpSession, HttpSource
from toolfuzz.sources.registry import resolve
from toolfuzz.sources.transport import Headers

_MODELS = [
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "us.amazon.nova-pro-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.meta.llama3-70b-v1:0",
]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Nothing of the machine's own credentials is seen."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", signing.KEY_ENV):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    signing._credentials.cache_clear()
    yield
    signing._credentials.cache_clear()


class _SentError(Exception):
    pass


def _sent_by_boto3(model: str, region: str, stream: bool) -> Any:
    """Return the request that boto3 would send."""
    sent = []

    def stop(request: Any, **_: Any) -> None:
        sent.append(request)
        raise _SentError

    client = boto3.session.Session().client(
        "bedrock-runtime", region_name=region, config=Config(retries={"total_max_attempts": 1})
    )
    client.meta.events.register("before-send.bedrock-runtime", stop)
    ask = client.converse_stream if stream else client.converse
    with pytest.raises(_SentError):
        ask(modelId=model, messages=[{"role": "user", "content": [{"text": "größer"}]}])
    return sent[0]


@pytest.mark.parametrize("model", _MODELS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("token", ["", "a-session-token"])
def test_the_same_request_has_the_same_path_and_signature_as_from_boto3(
    model: str, stream: bool, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    theirs = _sent_by_boto3(model, "eu-west-1", stream)
    said = {name.lower(): value.decode() for name, value in _bytes(theirs.headers)}
    url = "https://bedrock-runtime.eu-west-1.amazonaws.com" + path(model, stream)
    assert url == theirs.url
    then = datetime.strptime(said["x-amz-date"], "%Y%m%dT%H%M%SZ")
    with patch("botocore.auth.get_current_datetime", return_value=then):
        ours = signing.authorized(url, {"content-type": "application/json"}, theirs.body, None)
    assert ours["authorization"] == said["authorization"]
    assert ours.get("x-amz-security-token") == (token or None)
    assert "secret" not in str(ours)
    other = patch("botocore.auth.get_current_datetime", return_value=then.replace(year=2001))
    with other:
        later = signing.authorized(url, {"content-type": "application/json"}, theirs.body, None)
    assert later["authorization"] != said["authorization"]


async def test_what_is_signed_is_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-session-token")
    got: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        got.append(request)
        body = httpx.ByteStream(b'{"message":"no a-session-token"}')
        return httpx.Response(403, stream=body)

    endpoint, model = resolve(f"bedrock/{_MODELS[-1]}")
    target = Target("x", "bedrock", model, endpoint.format)
    source = HttpSource(target, endpoint)
    request = wire_format(endpoint.format).request(
        Ask(model, said=(Message("user", "größer"),), stream=True)
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:

        async def post(url: httpx.URL, headers: Headers, content: bytes) -> Answer:
            sent = httpx.Request("POST", url, headers=list(headers), content=content)
            return await by_httpx(http, sent)

        session = HttpSession(source, post, None)
        attempt = await session.ask_once(request)
    (sent,) = got
    assert sent.url.raw_path.decode() == path(model, True)
    then = datetime.strptime(sent.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
    url = f"https://{sent.headers['host']}{sent.url.raw_path.decode()}"
    kept = {"content-type": sent.headers["content-type"]}
    with patch("botocore.auth.get_current_datetime", return_value=then):
        again = signing.authorized(url, kept, sent.content, None)
    assert again["authorization"] == sent.headers["authorization"]
    written = session.redaction.attempt(attempt)
    assert b"a-session-token" not in written.body, "a secret that comes back is masked"


def _bytes(headers: Any) -> Any:
    return ((k, v if isinstance(v, bytes) else v.encode()) for k, v in headers.items())


def test_a_key_goes_before_credentials_and_plain_http_is_not_signed() -> None:
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"
    assert signing.authorized(url, {}, b"", "K") == {"authorization": "Bearer K"}
    assert signing.authorized("http://127.0.0.1:1/model/m/converse", {}, b"", None) == {}


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"),
        ("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/", "us-gov-west-1"),
        ("https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("https://bedrock-runtime.eu-west-3.api.aws", "eu-west-3"),
        ("https://vpce-1a-2b.bedrock-runtime.us-west-2.vpce.amazonaws.com", "us-west-2"),
        ("https://gateway.example.com/bedrock-runtime.us-east-1.amazonaws.com", "ap-south-1"),
    ],
)
def test_the_region_stands_in_the_host_or_in_the_environment(
    url: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    assert signing.region_named(url) == region


def test_what_is_missing_is_said_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"
    with pytest.raises(UsageError, match="no AWS credentials") as error:
        signing.authorized(aws, {}, b"", None)
    assert "export AWS_BEARER_TOKEN_BEDROCK" in (error.value.hint or "")
    with pytest.raises(UsageError, match="no AWS region") as error:
        signing.authorized("https://gateway.example.com/model/m/converse", {}, b"", None)
    assert "AWS_REGION" in (error.value.hint or "")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(UsageError, match="nobody"):
        signing.authorized(aws, {}, b"", None)


def test_without_botocore_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(UsageError, match="botocore") as error:
        signing.authorized("https://bedrock-runtime.us-east-1.amazonaws.com/x", {}, b"", None)
    assert "pip install 'toolfuzz[bedrock]'" in (error.value.hint or "")
