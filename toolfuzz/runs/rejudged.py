"""What the judge said of a file of exchanges, kept as a run."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.expecting import ByHand
from toolfuzz.runs.journal import find_journal, has_journal
from toolfuzz.runs.keeping import Keeper
from toolfuzz.runs.offline import Judged, judge_file
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.stored import stored_options

__all__ = ["expected_run", "keeping"]


@contextmanager
def keeping(path: Path, out: Path | None, policy: Policy) -> Iterator[Callable[[Judged], None]]:
    """Give what keeps a judged exchange of a file in the run ``out``; None: nothing is kept.

    Nothing is left of the run when the file turns out to be none. Raises UsageError.
    """
    if out is None:
        yield lambda judged: None
        return
    if out.exists():
        raise UsageError(
            f"the output folder {out} already exists", "choose another --out, or move it"
        )
    keeper = Keeper(out, policy, _opening(path), {"judged": path.name})

    def keep(judged: Judged) -> None:
        if judged.recorded.case.world is not None:
            raise UsageError("scenarios can't be kept as another run", "judge them without --out")
        keeper.keep(judged.recorded, judged.judgement, redaction=judged.redaction)

    try:
        yield keep
    except BaseException:
        keeper.discard()
        raise
    keeper.close()


def expected_run(run: Path, told: ByHand) -> Path:
    """Return a run with the cases that something is said of, judged by that.

    It lies within the run's folder and is made once. Raises UsageError.
    """
    journal = find_journal(run)
    name = hashlib.sha256("\n".join(told.named()).encode()).hexdigest()[:8]
    folder = journal.parent / f"expected-{name}"
    if has_journal(folder):
        return folder
    opening = _opening(journal)
    if opening is None:
        raise UsageError(f"{run} is not a run", "`toolfuzz judge FILE --out DIR` makes one of it")
    policy = stored_options(opening.settings).policy
    with keeping(journal, folder, policy) as keep:
        for judged in judge_file(journal, policy, told):
            if not isinstance(judged, BadEntry) and judged.by_hand:
                keep(judged)
    return folder


def _opening(path: Path) -> RunStarted | None:
    """Return how the run began whose journal a file is; None for any other file."""
    if not path.is_file():
        return None
    try:
        first = next(read_journal(path), None)
    except UsageError:
        return None
    return first if isinstance(first, RunStarted) else None
