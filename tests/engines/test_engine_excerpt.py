"""Taking one class out of a file whose imports can't be had."""

import importlib.util
from pathlib import Path

import pytest

import toolfuzz.engines
from toolfuzz.engines.process import without_secrets

SOURCE = """
from __future__ import annotations
import gpu_stack_that_nobody_has
import json as j
from gpu_stack_that_nobody_has import Request, Response
from os.path import join, gpu_only_name_that_does_not_exist

try:
    from gpu_stack_that_nobody_has import Fast
    FAST = True
except ImportError:
    FAST = False

UNUSED = gpu_stack_that_nobody_has.start()
LIMIT: int = 3

def helper(x: Request) -> Response:
    return inner(x) * LIMIT

def inner(x):
    return len(x)

class Base(gpu_stack_that_nobody_has.Server):
    pass

@gpu_stack_that_nobody_has.register
class Serving(Base, metaclass=gpu_stack_that_nobody_has.Meta):
    unused = Request()

    def __init__(self):
        gpu_stack_that_nobody_has.start()

    def wanted(self, request: Request) -> Response:
        return j.dumps([self._part(request), FAST])

    def _part(self, request):
        return join("a", str(helper(request)))

    def other(self):
        return gpu_stack_that_nobody_has.run()
"""


@pytest.fixture
def take_class():
    path = Path(toolfuzz.engines.__file__).parent / "worker" / "excerpt.py"
    spec = importlib.util.spec_from_file_location("excerpt", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.take_class


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "serving.py"
    path.write_text(SOURCE)
    return path


def test_the_methods_run_without_what_the_rest_needs(take_class, source) -> None:
    serving = take_class(source, "Serving", {"wanted"}, set())
    assert object.__new__(serving).wanted("four") == '["a/12", false]'
    assert not hasattr(serving, "other")


def test_an_optional_method_may_be_missing(take_class, source) -> None:
    serving = take_class(source, "Serving", {"wanted", "later"}, {"later"})
    assert not hasattr(serving, "later")


def test_what_is_missing_is_named(take_class, source) -> None:
    with pytest.raises(RuntimeError, match=r"serving\.py of this version has no later"):
        take_class(source, "Serving", {"wanted", "later"}, set())
    with pytest.raises(RuntimeError, match="no class Server"):
        take_class(source, "Server", {"wanted"}, set())


def test_a_needed_import_that_fails_is_not_hidden(take_class, source) -> None:
    with pytest.raises(ModuleNotFoundError, match="gpu_stack_that_nobody_has"):
        take_class(source, "Serving", {"other"}, set())


def test_keys_do_not_reach_the_engines_process(monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("HF_TOKEN", "hf-1")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/cuda")
    passed = without_secrets()
    assert not {"OPENAI_API_KEY", "HF_TOKEN"} & passed.keys()
    assert passed["LD_LIBRARY_PATH"] == "/opt/cuda"
