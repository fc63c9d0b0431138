"""toolfuzz: a tool-calling reliability fuzzer for LLM endpoints.

>>> import toolfuzz
>>> result = toolfuzz.run("sim/glm-4.7", cases=100)             # doctest: +SKIP
>>> result.targets[0].rate                                      # doctest: +SKIP
0.91
>>> result.failures[0].got                                      # doctest: +SKIP
[{'name': 'save', 'arguments': {'config': '{"env": "prod"}'}}]

These functions do what the commands of the same names do. They raise ``toolfuzz.errors``,
and work in notebooks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolfuzz.core import errors
from toolfuzz.core.errors import EndpointError, ToolfuzzError, UsageError
from toolfuzz.sources.own import look_in

# What the functions need is imported when they are called: `toolfuzz --help` must not wait for it.
if TYPE_CHECKING:
    from typing import Unpack

    from toolfuzz.failures import Failure
    from toolfuzz.judge.judge import Judgement
    from toolfuzz.results import CheckResult, Comparison, Result
    from toolfuzz.runs.options import Options
    from toolfuzz.simulate.thread import Script, Server
    from toolfuzz.sources.registry import Endpoint

__version__ = "0.1.0"
__all__ = [
    "CheckResult",
    "Comparison",
    "EndpointError",
    "Failure",
    "Judgement",
    "Result",
    "Server",
    "ToolfuzzError",
    "UsageError",
    "__version__",
    "arun",
    "check",
    "compare",
    "errors",
    "judge",
    "load",
    "run",
    "serve",
]
_TYPES = {
    "CheckResult": "toolfuzz.results",
    "Comparison": "toolfuzz.results",
    "Failure": "toolfuzz.failures",
    "Judgement": "toolfuzz.judge.judge",
    "Result": "toolfuzz.results",
    "Server": "toolfuzz.simulate.thread",
}
"""What the functions return, for annotations; each is imported when it is named."""

# A package is called like the function ``judge``. Once imported, no later import of it takes the
# function's place here.
import_module("toolfuzz.judge")


if not TYPE_CHECKING:  # a checker would take any name for one that there is

    def __getattr__(name: str) -> Any:
        if name not in _TYPES:
            raise AttributeError(f"module 'toolfuzz' has no attribute {name!r}")
        return getattr(import_module(_TYPES[name]), name)


def _own_endpoints() -> "Iterable[Endpoint]":
    from toolfuzz.config import own_endpoints

    return own_endpoints()


look_in(_own_endpoints)


def run(models: str | Sequence[str], **options: "Unpack[Options]") -> "Result":
    """Ask models to call tools, and judge what comes back.

    ``options`` are those of ``toolfuzz run`` (see ``toolfuzz.runs.options.Options``): ``cases``,
    ``tools`` (models, functions, dicts, files), ``stream`` … The result's ``targets`` have ``rate``
    (None when nothing was judged), ``low`` and ``high`` (its 95% interval) and ``defects``, its
    ``failures`` what was asked, expected and got; it is a dict of what ``summary.json`` holds, too.
    Raises errors.UsageError before anything is asked, and errors.EndpointError.

    >>> result = toolfuzz.run("sim/glm-4.7", cases=40, out="/tmp/example")  # doctest: +SKIP
    >>> result.to_pandas().groupby("probe").status.value_counts()           # doctest: +SKIP
    """
    from toolfuzz.waiting import wait_for

    return wait_for(arun(models, **options))


async def arun(models: str | Sequence[str], **options: "Unpack[Options]") -> "Result":
    """Do what ``run`` does, from async code. Cancelled, it keeps what was answered by then."""
    from toolfuzz.results import Result
    from toolfuzz.runs.options import RunOptions
    from toolfuzz.runs.run import run

    return Result(await run(RunOptions.read({"models": models, **options})))


def check(
    model: str,
    baseline: "str | Path | Result | None" = None,
    *,
    baseline_model: str | None = None,
    baseline_url: str | None = None,
    baseline_format: str | None = None,
    baseline_key_env: str | None = None,
    margin: float = 0.05,
    allow_new_defects: bool = False,
    accept: float | None = None,
    reject: float | None = None,
    force: bool = False,
    trust: bool = False,
    resume: bool = False,
    **options: "Unpack[Options]",
) -> "CheckResult":
    """Decide whether ``model`` may stand in for ``baseline``: a model, or a run (its folder).

    ``baseline_model`` is a target of that run; ``baseline_url``, ``baseline_format`` and
    ``baseline_key_env`` say where a baseline model is served, its wire format, and which variable
    holds its key. ``margin`` is the drop in success that is tolerated; ``allow_new_defects`` asks
    for the rate alone; ``force`` uses a doubtful baseline, ``trust`` the servers and variables that
    a baseline's folder names. ``accept`` and ``reject`` stand in the place of a baseline: one model
    is asked until it is clear whether it is as good as the one rate or as bad as the other.
    ``resume`` goes on with the check in ``out``. The result's ``outcome`` is ``PASS``, ``FAIL`` or
    ``INCONCLUSIVE`` (``ACCEPT``, ``REJECT``), ``reason`` says why, ``targets`` are both sides; as a
    dict it has the decision under ``check``. Raises errors.UsageError and errors.EndpointError.

    >>> toolfuzz.check("glm-4.7", "reports/before", tools="mine.json").outcome  # doctest: +SKIP
    'PASS'
    """
    from toolfuzz.analyze.check import CheckRule
    from toolfuzz.results import CheckResult, Result
    from toolfuzz.runs.check import check_against, check_alone
    from toolfuzz.runs.check_options import CheckOptions, alone, beside, tried_alone
    from toolfuzz.runs.options import RunOptions
    from toolfuzz.waiting import wait_for

    by_itself = accept is not None or reject is not None
    if baseline is None and not by_itself:
        raise UsageError("nothing to check against", "give a baseline, or accept= and reject=")
    if by_itself:
        test = alone(accept, reject, baseline=baseline is not None)
        run = RunOptions.read({"cases": tried_alone(test), "models": model, **options})
        return CheckResult(wait_for(check_alone(run, test, resume=resume)))
    assert baseline is not None
    rule = CheckRule(margin=margin, allow_new_defects=allow_new_defects)
    run = RunOptions.read({"cases": rule.looks[-1], "models": model, **options})
    place = {"base_url": baseline_url, "format": baseline_format, "key_env": baseline_key_env}
    checked = CheckOptions(
        run=run,
        baseline=str(baseline.folder if isinstance(baseline, Result) else baseline),
        baseline_model=baseline_model,
        baseline_access=beside(run.access, **place),
        rule=rule,
        given=frozenset(options),
        force=force,
        resume=resume,
        trust=trust,
    )
    return CheckResult(wait_for(check_against(checked)))


def judge(
    request: bytes | str | Mapping[str, Any],
    response: bytes | str | Mapping[str, Any],
    *,
    expect: dict[str, Any] | None = None,
    format: str | None = None,
    stream: bool | None = None,
    status: int = 200,
    strict: bool = False,
    ignore: str | Sequence[str] = (),
    select: str | Sequence[str] = (),
) -> "Judgement":
    """Judge one reply of an endpoint without a network.

    ``request`` is the body that was sent, ``response`` the body that came: bytes, text or JSON,
    plain or streamed, in any wire format. ``expect`` says what is right, for exact judging:
    ``{"calls": [{"name": …, "arguments": {…}}]}`` or ``{"no_call": True}``; without it the wire,
    the schemas and the history are judged. ``format`` and ``stream`` are told by the bodies where
    they are left out. ``strict``: warnings fail it, too. ``ignore`` leaves defects, or groups of
    them, out, ``select`` all others. The judgement's ``status`` is ``pass``, ``fail`` or
    ``unjudged``, its ``findings`` say what is wrong and where. Raises errors.UsageError.
    """
    from toolfuzz.judge.policy import Policy
    from toolfuzz.runs.offline import judge_one

    ignored, selected = ((n,) if isinstance(n, str) else tuple(n) for n in (ignore, select))
    policy = Policy(strict, ignored, selected)
    policy.check()
    return policy.apply(
        judge_one(request, response, expect=expect, format=format, stream=stream, status=status)
    )


def compare(*runs: "str | Path | Result") -> "Comparison":
    """Set the targets of several runs side by side, given by their folders or results.

    The result has ``rows`` (best first), ``groups`` that can't be told apart, and ``differences``.
    Raises errors.UsageError.
    """
    from toolfuzz.analyze.compare import compare
    from toolfuzz.results import Comparison, Result

    if not runs:
        raise UsageError("no run to compare", "give folders or results of runs")
    folders = [run.folder if isinstance(run, Result) else run for run in runs]
    return Comparison(compare([(str(folder), load(folder).data) for folder in folders]))


def load(run: str | Path) -> "Result":
    """Read a run again, given by its folder: its figures, failures, and every byte (``data``).

    That of a check is a ``CheckResult``. Raises errors.UsageError.
    """
    from toolfuzz.results import CheckResult, Result
    from toolfuzz.runs.reading import load_run
    from toolfuzz.runs.summary import summary_of

    data = load_run(Path(run), keep_exchanges=True)
    summary = summary_of(Path(run), data)
    result = CheckResult(summary) if "check" in summary else Result(summary)
    result.data = data
    return result


@contextmanager
def serve(
    profile: str = "clean",
    *,
    script: "Script" = (),
    port: int = 0,
    seed: int = 0,
    latency_ms: float = 0,
) -> Iterator["Server"]:
    """Serve a simulated endpoint on 127.0.0.1 while a ``with`` block lasts, for tests of clients.

    ``profile`` and ``script`` are those of ``toolfuzz serve``. The server has ``url``, ``requests``
    (what it was asked) and ``use`` (be another one). Raises errors.UsageError.
    """
    from toolfuzz.system.extras import require

    require("server", "toolfuzz.serve")
    from toolfuzz.simulate.thread import in_thread

    with in_thread(profile, script=script, port=port, seed=seed, latency_ms=latency_ms) as server:
        yield server
