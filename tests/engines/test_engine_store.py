"""Fetching, listing and removing engines, with wheels that lie in a folder instead of an index."""

import os

import pytest
from made_engines import make_wheel

from toolfuzz.core.errors import UsageError
from toolfuzz.engines import environment, store
from toolfuzz.engines.releases import releases
from toolfuzz.engines.trial import EngineTrial

SOURCES = {
    "sglang/__init__.py": "import torch",
    "sglang/srt/environ.py": "",
    "sglang/srt/function_call/core_types.py": "",
    "sglang/srt/entrypoints/openai/protocol.py": "import a_module_that_nobody_has",
    "sglang/srt/layers/attention.py": "",
    "sglang/srt/models/glm.py": "",
    "sglang/srt/kernel.so": "",
}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of wheels that is all that pip knows, and an empty cache."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for version in ("0.5.5", "0.5.6", "0.5.9", "0.5.10"):
        make_wheel(wheels, version, SOURCES)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path / "cache"))
    return wheels


def test_fetch_list_remove(shelf) -> None:
    assert store.cached() == []
    newer = store.fetch("sglang", "0.5.10")
    folder = store.fetch("sglang", "0.5.6")
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert files == {
        "sglang/srt/environ.py",
        "sglang/srt/function_call/core_types.py",
        "sglang/srt/entrypoints/openai/protocol.py",
    }
    assert [(c.engine, c.version, c.path) for c in store.cached()] == [
        ("sglang", "0.5.6", folder),
        ("sglang", "0.5.10", newer),
    ]
    store.remove("sglang", "0.5.6")
    assert [c.version for c in store.cached()] == ["0.5.10"]
    with pytest.raises(UsageError) as error:
        store.remove("sglang", "0.5.6")
    assert error.value.hint == "fetched: 0.5.10"


def test_the_releases_are_those_that_pip_finds_and_those_at_hand(shelf) -> None:
    (store.cache_folder() / "sglang" / "0.4.10").mkdir(parents=True)
    assert releases("sglang") == ["0.4.10", "0.5.5", "0.5.6", "0.5.9", "0.5.10"]


def test_a_fetched_release_needs_no_wheel(shelf) -> None:
    first = store.fetch("sglang", "0.5.6")
    for wheel in shelf.iterdir():
        wheel.unlink()
    assert store.fetch("sglang", "0.5.6") == first


def test_a_version_that_does_not_exist_names_those_around_it(shelf) -> None:
    with pytest.raises(UsageError, match=r"sglang has no version 0\.5\.8") as error:
        store.fetch("sglang", "0.5.8")
    assert error.value.hint == "near it: 0.5.5, 0.5.6, 0.5.9, 0.5.10"
    assert list((store.cache_folder() / "sglang").iterdir()) == []


def test_without_a_network_it_says_so(shelf, monkeypatch) -> None:
    for wheel in shelf.iterdir():
        wheel.unlink()
    with pytest.raises(UsageError, match="could not be downloaded") as error:
        store.fetch("sglang", "0.5.6")
    assert "network" in str(error.value.hint)
    with pytest.raises(UsageError, match="environment could not be built"):
        environment.parser_python("sglang")


def test_an_engine_that_is_not_fetched(shelf) -> None:
    with pytest.raises(UsageError) as error:
        store.fetch("sglan", "0.5.6")
    assert error.value.hint == "did you mean sglang?"
    with pytest.raises(UsageError) as error:
        store.fetch("vllm", "0.11.0")
    assert "--engine-python" in str(error.value.hint)


@pytest.mark.parametrize("version", ["../../etc", "", "0.5.6;rm", "latest", "--index-url=x"])
def test_only_version_numbers_reach_pip_and_the_disk(shelf, version: str) -> None:
    with pytest.raises(UsageError, match="no version number"):
        store.fetch("sglang", version)
    with pytest.raises(UsageError, match="no version number"):
        store.remove("sglang", version)


async def test_a_wheel_that_does_not_import_names_the_missing_module(shelf, monkeypatch) -> None:
    import sys

    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)
    with pytest.raises(UsageError, match="the module a_module_that_nobody_has is missing"):
        async with EngineTrial("engine/sglang@0.5.6:glm45"):
            pass


def test_the_cache_folder_is_the_users_choice(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    assert store.cache_folder() == tmp_path / "engines"
    monkeypatch.delenv("TOOLFUZZ_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(store.sys, "platform", "linux")
    assert store.cache_folder() == tmp_path / "xdg" / "toolfuzz" / "engines"
