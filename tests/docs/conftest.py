"""The folder and the stand-ins of the pages' commands, once for all tests of a process."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_here import Here
from made_here import made as make
from made_xinference import callers_here

from toolfuzz.engines import store
from toolfuzz.runs import sweep
from toolfuzz.sources.http import _tls
from toolfuzz.sources.tokens import tokens_of


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    with make(tmp_path_factory.mktemp("made")) as made:
        yield made


@pytest.fixture
def here(made: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of that folder, as the working folder and home of a reader."""
    folder = tmp_path / "here"
    shutil.copytree(made.folder, folder, symlinks=True)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("HOME", str(folder))
    paths = [str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(paths))
    monkeypatch.setattr(store, "available", lambda engine: set[str]())
    monkeypatch.setattr(sweep, "open_callers", callers_here)
    # What is trusted is read once a process.
    monkeypatch.setenv("SSL_CERT_FILE", made.env["SSL_CERT_FILE"])
    _tls.cache_clear()
    yield folder
    _tls.cache_clear()
    tokens_of.cache_clear()
