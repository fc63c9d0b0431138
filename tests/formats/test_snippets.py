"""Programs for other people are the same whichever SDKs are installed here."""

import inspect
import os
import subprocess
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import needs
import pytest

from toolfuzz.formats import Request, wire_format


@pytest.mark.parametrize(
    ("format", "package", "client", "method"),
    [
        ("openai_chat", "openai", "OpenAI", "chat.completions"),
        ("openai_responses", "openai", "OpenAI", "responses"),
        ("anthropic_messages", "anthropic", "Anthropic", "messages"),
    ],
)
def test_the_parameters_that_a_program_names_are_the_sdks(
    format: str, package: str, client: str, method: str
) -> None:
    resource = attrgetter(method)(getattr(import_module(package), client)(api_key="none"))
    there = inspect.signature(resource.create).parameters
    named = import_module(f"toolfuzz.formats.{format}.snippet").PARAMETERS
    assert named <= there.keys()


@needs.shell
def test_own_headers_come_from_variables_and_nothing_else_is_the_shells(tmp_path: Path) -> None:
    own = {
        "X-Gate": "Bearer ${GATE_KEY}",
        "X-Odd": '$(touch odd) `touch odd` \\ "${GATE_KEY:-x}" $1',
    }
    command = wire_format("openai-chat").curl(
        Request("/chat/completions", {}), "https://x.example/v1", None, stream=False, own=own
    )
    assert "canary" not in command
    shown = subprocess.run(
        ["bash", "-c", 'curl() { printf "%s\\n" "$@"; }\n' + command],
        env={**os.environ, "GATE_KEY": "canary-key"}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "X-Gate: Bearer canary-key" in shown.stdout.splitlines()
    assert f"X-Odd: {own['X-Odd']}" in shown.stdout.splitlines()
    assert not list(tmp_path.iterdir())
