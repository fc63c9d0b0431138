"""toolfuzz: a tool-calling reliability fuzzer for LLM endpoints.

>>> import toolfuzz
>>> result = toolfuzz.run(models=["sim/glm-4.7"], cases=100)   # doctest: +SKIP
>>> result["targets"][0]["rate"]                                # doctest: +SKIP
0.91

These functions do what the commands of the same names do. They raise ``toolfuzz.errors``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolfuzz.core import errors

# What the functions need is imported when they are called: `toolfuzz --help` must not wait for it.
if TYPE_CHECKING:
    from typing import Unpack

    from toolfuzz.analyze.load import RunData
    from toolfuzz.judge.judge import Judgement
    from toolfuzz.runs.options import Options

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "arun",
    "check",
    "compare",
    "errors",
    "judge_reply",
    "load",
    "run",
]


def run(models: str | Sequence[str], **options: "Unpack[Options]") -> dict[str, Any]:
    """Ask models to call tools, judge what comes back, and return what ``summary.json`` holds.

    ``options`` are those of ``toolfuzz run`` (see ``toolfuzz.runs.options.Options``). The result
    holds ``targets``, one entry a model with ``rate`` (None when nothing was judged), ``low`` and
    ``high`` (its 95% interval), ``passed``, ``failed``, ``unjudged``, ``defects`` …, and
    ``folder``, where ``run.jsonl`` has every byte. Raises errors.UsageError before anything is
    asked, and errors.EndpointError.

    >>> result = toolfuzz.run("sim/glm-4.7", cases=40, out="/tmp/example")  # doctest: +SKIP
    >>> result["targets"][0]["rate"]                                        # doctest: +SKIP
    0.925
    """
    import asyncio

    return asyncio.run(arun(models, **options))


async def arun(models: str | Sequence[str], **options: "Unpack[Options]") -> dict[str, Any]:
    """Do what ``run`` does, from async code. Cancelled, it keeps what was answered by then."""
    from toolfuzz.runs.options import RunOptions
    from toolfuzz.runs.run import run

    return await run(RunOptions.read({"models": models, **options}))


def check(
    model: str,
    baseline: str | Path,
    *,
    margin: float = 0.05,
    allow_new_defects: bool = False,
    force: bool = False,
    **options: "Unpack[Options]",
) -> dict[str, Any]:
    """Decide whether ``model`` may stand in for ``baseline``: a model, or the folder of a run.

    ``margin`` is the drop in success that is tolerated; ``allow_new_defects`` asks for the rate
    alone; ``force`` uses a doubtful baseline. Returns the summary of both sides with the decision
    under ``check``: its ``outcome`` is ``PASS``, ``FAIL`` or ``INCONCLUSIVE``, ``reason`` says
    why, ``rate`` and ``defects`` are the answers to the two questions. Raises errors.UsageError and
    errors.EndpointError.
    """
    import asyncio

    from toolfuzz.analyze.check import CheckRule
    from toolfuzz.runs.check import check_against
    from toolfuzz.runs.options import CheckOptions, RunOptions

    rule = CheckRule(margin=margin, allow_new_defects=allow_new_defects)
    run = RunOptions.read({"cases": rule.looks[-1], "models": model, **options})
    given = frozenset(options)
    checked = CheckOptions(run=run, baseline=str(baseline), rule=rule, given=given, force=force)
    return asyncio.run(check_against(checked))


def judge_reply(
    request: dict[str, Any],
    reply: str | dict[str, Any],
    *,
    expect: dict[str, Any] | None = None,
    format: str | None = None,
    stream: bool = False,
    status: int = 200,
) -> "Judgement":
    """Judge one reply of an endpoint without a network.

    ``request`` is the body that was sent, ``reply`` the body that came, as text or JSON; with
    ``stream`` it is the text of the stream. ``expect`` says what is right, for exact judging:
    ``{"calls": [{"name": …, "arguments": {…}}]}`` or ``{"no_call": True}``. ``format`` names the
    wire format and is told by the request where it is left out. Raises errors.UsageError.
    """
    from toolfuzz.runs.offline import judge_one

    return judge_one(request, reply, expect=expect, format=format, stream=stream, status=status)


def compare(*runs: str | Path) -> dict[str, Any]:
    """Set the targets of several runs side by side, given by their folders.

    Returns ``rows`` (best first), ``differences`` and ``groups`` that can't be told apart. Raises
    errors.UsageError.
    """
    from toolfuzz.analyze.compare import compare

    return compare([(str(path), load(path)) for path in runs])


def load(run: str | Path) -> "RunData":
    """Read a run's journal, given by its folder: cases, verdicts, exchanges with every byte.

    Raises errors.UsageError.
    """
    from toolfuzz.runs.reading import load_run

    return load_run(Path(run), keep_exchanges=True)
