"""Programs for other people are the same whichever SDKs are installed here."""

import inspect
from importlib import import_module
from operator import attrgetter

import pytest


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
