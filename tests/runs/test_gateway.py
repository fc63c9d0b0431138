"""How a gateway is started: where its configuration lies, and what it is told of that."""

import sys

import pytest

from toolfuzz.runs.gateway import Gateway, prefix_of, running

LISTEN = """
import os, socket, sys, time
with open(os.path.join(os.environ["HOME"], ".made/conf")) as given:
    print(os.environ["HOME"] in sys.argv[2], given.read(), flush=True)
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""


async def test_a_configuration_may_lie_where_the_gateway_looks_for_it() -> None:
    gateway = Gateway(
        [sys.executable, "-c", LISTEN, "{port}", "{config}"],
        env={"HOME": "{folder}"},
        config="asks {upstream} at {origin}",
        config_name=".made/conf",
        wait=20,
    )
    async with running(gateway, "http://up/v1") as made:
        assert made._log.read_text() == "True asks http://up/v1 at http://up\n"


@pytest.mark.parametrize(
    ("front", "given", "prefix"),
    [("openai-chat", None, "/v1"), ("gemini", None, "/v1beta"), ("gemini", "", "")],
)
def test_doors_are_where_the_formats_own_services_have_them(
    front: str, given: str | None, prefix: str
) -> None:
    assert prefix_of(front, given) == prefix
