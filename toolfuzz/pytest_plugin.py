"""The pytest plugin: ``pytest --toolfuzz-model sim/clean --toolfuzz-tools tools.json``.

A test that takes the fixture ``toolfuzz_run`` gets a run on each model; the marker ``toolfuzz``
sets its options. When models are given and no collected test takes the fixture, one test a model
is added. A test that takes ``toolfuzz_server`` gets a simulated endpoint for its own client; the
marker ``toolfuzz_server`` says what it is like. Nothing of toolfuzz is imported until one of them
is really wanted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from toolfuzz.simulate.thread import Server

__all__ = ["ToolfuzzRun"]

FAIL_UNDER = 0.95


@dataclass(frozen=True)
class ToolfuzzRun:
    """A run on one model: its entry of ``summary.json`` and the folder with every byte."""

    model: str
    target: dict[str, Any]
    folder: Path

    def require(self, rate: float, *, inconclusive: str = "fail") -> None:
        """Fail the test unless the whole 95% interval of the success rate is at least ``rate``.

        ``inconclusive="pass"`` lets a run pass that ``rate`` lies inside the interval of.
        """
        __tracebackhide__ = True
        from toolfuzz.analyze.rates import Rate
        from toolfuzz.analyze.sequential import gate

        measured = Rate(**{k: self.target[k] for k in Rate.__dataclass_fields__})
        given_up = self.target.get("given_up") is not None
        unjudged = self.target.get("unjudged", 0)
        decision = gate(measured, rate, unjudged=unjudged, given_up=given_up)
        if decision.outcome == "FAIL" or (
            decision.outcome == "INCONCLUSIVE" and inconclusive == "fail"
        ):
            defects = ", ".join(f"{s} ({d['replies']})" for s, d in self.target["defects"].items())
            found = f"\nfound: {defects}" if defects else ""
            failing = ", ".join(
                f"{name} ({tool['failed']} of {tool['judged']})"
                for name, tool in self.target["tools"].items()
                if tool["failed"]
            )
            found += f"\ntools that fail: {failing}" if failing else ""
            pytest.fail(
                f"{self.model}: {decision.reason}{found}\nevery byte: {self.folder}", pytrace=False
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ``--toolfuzz-…`` options."""
    group = parser.getgroup("toolfuzz", "tool-calling reliability of model endpoints")
    group.addoption(
        "--toolfuzz-model",
        action="append",
        default=[],
        metavar="MODEL",
        help="ask this model in tests with the fixture toolfuzz_run; repeatable",
    )
    group.addoption(
        "--toolfuzz-tools",
        action="append",
        default=[],
        metavar="FILE",
        help="your own tools, as for `toolfuzz run --tools`; repeatable",
    )
    group.addoption(
        "--toolfuzz-cases", type=int, default=100, metavar="N", help="cases per model (100)"
    )
    group.addoption(
        "--toolfuzz-base-url", metavar="URL", help="a server of one of the wire formats"
    )
    group.addoption(
        "--toolfuzz-fail-under",
        type=float,
        default=FAIL_UNDER,
        metavar="RATE",
        help=f"what the added test requires of the interval ({FAIL_UNDER})",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    config.addinivalue_line(
        "markers",
        "toolfuzz_server(profile='clean', script=(), seed=0, latency_ms=0): what the simulated "
        "endpoint of the fixture toolfuzz_server is like, as for its method `use`.",
    )
    config.addinivalue_line(
        "markers",
        "toolfuzz(fail_under=None, **options): options of toolfuzz.run for the fixture "
        "toolfuzz_run (tools, cases, seed, stream, features, probes, …); with fail_under the "
        "run must be at least that good before the test starts.",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes the fixture once a model."""
    if "toolfuzz_run" in metafunc.fixturenames:
        models = metafunc.config.getoption("--toolfuzz-model")
        skip = pytest.param(None, marks=pytest.mark.skip("no --toolfuzz-model was given"), id="-")
        metafunc.parametrize("toolfuzz_run", models or [skip], indirect=True)


@pytest.fixture(scope="session")
def _toolfuzz_runs(tmp_path_factory: pytest.TempPathFactory) -> "_Runs":
    return _Runs(tmp_path_factory)


@pytest.fixture
def toolfuzz_run(request: pytest.FixtureRequest, _toolfuzz_runs: "_Runs") -> ToolfuzzRun:
    """A run on one model of ``--toolfuzz-model``; runs with the same options are shared."""
    options = _options(request.config)
    fail_under = None
    for marker in reversed(list(request.node.iter_markers("toolfuzz"))):
        given = dict(marker.kwargs)
        fail_under = given.pop("fail_under", fail_under)
        options |= given
    run = _toolfuzz_runs.get(request.param, options)
    if fail_under is not None:
        run.require(fail_under)
    return run


@pytest.fixture(scope="session")
def _toolfuzz_server() -> Iterator["Server"]:
    from toolfuzz.core.errors import UsageError
    from toolfuzz.system.extras import require

    try:
        require("server", "the fixture toolfuzz_server")
    except UsageError as error:
        raise _failure(error) from None
    from toolfuzz.simulate.thread import in_thread

    with in_thread() as server:
        yield server


@pytest.fixture
def toolfuzz_server(request: pytest.FixtureRequest, _toolfuzz_server: "Server") -> "Server":
    """A simulated endpoint on 127.0.0.1 for tests of a client: ``url``, ``requests``, ``use``.

    It is faultless unless the marker ``toolfuzz_server``, or ``use``, says otherwise. All tests
    share its address; each begins with nothing asked.
    """
    from toolfuzz.core.errors import ToolfuzzError

    marker = request.node.get_closest_marker("toolfuzz_server")
    try:
        _toolfuzz_server.use(*(marker.args if marker else ()), **(marker.kwargs if marker else {}))
    except ToolfuzzError as error:
        raise _failure(error) from None
    return _toolfuzz_server


def _failure(error: Any) -> BaseException:
    hint = f"\nnext: {error.hint}" if error.hint else ""
    return pytest.fail.Exception(f"toolfuzz: {error.message}{hint}", pytrace=False)


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add a test a model when models were given and nobody asks for them."""
    if not any("toolfuzz_run" in getattr(item, "fixturenames", ()) for item in items):
        items.extend(_added(session, config))


def _added(session: pytest.Session, config: pytest.Config) -> Iterator[pytest.Item]:
    for model in config.getoption("--toolfuzz-model"):
        yield _ModelItem.from_parent(session, name=f"toolfuzz[{model}]", model=model)


class _ModelItem(pytest.Item):
    """The test that is added: the model's success rate is at least ``--toolfuzz-fail-under``."""

    def __init__(self, *, model: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.model = model

    def runtest(self) -> None:
        """Run and require."""
        factory: pytest.TempPathFactory = self.config._tmp_path_factory  # type: ignore[attr-defined]
        run = _Runs(factory).get(self.model, _options(self.config))
        run.require(self.config.getoption("--toolfuzz-fail-under"))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Say where the test comes from."""
        return self.path, None, self.name


def _options(config: pytest.Config) -> dict[str, Any]:
    options = {
        "tools": config.getoption("--toolfuzz-tools"),
        "cases": config.getoption("--toolfuzz-cases"),
        "base_url": config.getoption("--toolfuzz-base-url"),
    }
    return {name: value for name, value in options.items() if value}


class _Runs:
    """The runs of a session, each made once."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._runs: dict[str, ToolfuzzRun] = {}

    def get(self, model: str, options: dict[str, Any]) -> ToolfuzzRun:
        key = repr((model, sorted(options.items())))
        if key not in self._runs:
            self._runs[key] = self._run(model, options)
        return self._runs[key]

    def _run(self, model: str, options: dict[str, Any]) -> ToolfuzzRun:
        import toolfuzz
        from toolfuzz.core.errors import ToolfuzzError

        folder = self._folders.mktemp("toolfuzz") / "run"
        try:
            summary = toolfuzz.run(models=[model], **{"out": folder, **options})
        except ToolfuzzError as error:
            raise _failure(error) from None
        return ToolfuzzRun(model, summary["targets"][0], Path(summary["folder"]))
