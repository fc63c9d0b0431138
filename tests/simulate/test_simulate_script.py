"""Scripts: what the first requests are answered, one after the other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.simulate import script
from toolfuzz.simulate.script import load_script
from toolfuzz.simulate.thread import Server, in_thread

TOOLS = [{"type": "function", "function": {"name": "ping", "parameters": {"type": "object"}}}]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with in_thread() as running:
        yield running


def post(server: Server, said: str = "ping", **changed: Any) -> httpx.Response:
    messages = [{"role": "user", "content": said}]
    body = {"model": "m", "messages": messages, "tools": TOOLS, **changed}
    return httpx.post(f"{server.url}/chat/completions", json=body, timeout=10)


def said(reply: httpx.Response) -> Any:
    message = reply.json()["choices"][0]["message"]
    calls = [c["function"] for c in message.get("tool_calls") or ()]
    return [(c["name"], c["arguments"]) for c in calls] or message["content"]


def test_a_script_is_answered_in_order_and_then_as_without(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "replies.toml"
    path.write_text(
        '[[reply]]\nfault = "http-429"\nseconds = 2\n'
        '[[reply]]\ncall = "get_weather"\narguments = { city = "Paris" }\n'
        '[[reply]]\ncalls = [{ name = "a" }, { name = "b", arguments = { n = 1 } }]\n'
        '[[reply]]\ntext = "It is sunny."\ntimes = 2\n'
        '[[reply]]\nfault = "args-truncated"\ncall = "get_weather"\narguments = { c = "P" }\n'
    )
    server.use(script=path)
    refused, *replies = [post(server) for _ in range(7)]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    (cut,) = said(replies[4])
    assert [said(reply) for reply in replies] == [
        [("get_weather", '{"city":"Paris"}')],
        [("a", "{}"), ("b", '{"n":1}')],
        "It is sunny.",
        "It is sunny.",
        [cut],
        [("ping", "{}")],
    ]
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut[1])
    assert [asked.step for asked in server.requests] == [f"{n}/6" for n in range(1, 7)] + ["ended"]
    assert replies[-1].headers["x-toolfuzz-script"] == "ended"


def test_the_module_shows_a_script_that_works(tmp_path: Path) -> None:
    lines = (script.__doc__ or "").splitlines()
    path = tmp_path / "s.toml"
    path.write_text("\n".join(line[4:] for line in lines if line.startswith("    ")))
    assert len(load_script(path)) == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no replies"),
        ("[[reply]", "no TOML"),
        ("[[replies]]\n", "'replies' is no part of a script"),
        ('[[reply]]\nfalut = "x"', "reply 1: unknown key 'falut' did you mean fault"),
        ('[[reply]]\n[[reply]]\nfault = "http-42"', "reply 2: there is no simulated fault"),
        ("[[reply]]\narguments = {}", "reply 1: arguments without a call"),
        ('[[reply]]\ncall = "a"\ncalls = []', "reply 1: call and calls"),
        ("[[reply]]\ntimes = 0", "reply 1: times"),
        ("[[reply]]\nseconds = nan", "reply 1: seconds"),
        ('[[reply]]\nfault = "no-call"\nseconds = 2', "reply 1: seconds of what?"),
        ("[[reply]]\ncalls = [{ name = 3 }]", "reply 1: calls.0.name"),
    ],
)
def test_what_is_wrong_with_a_script_is_said(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        load_script(path)
    assert told in f"{error.value.message} {error.value.hint}"
    assert error.value.hint
