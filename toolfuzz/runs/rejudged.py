"""What the judge said of a file of exchanges, kept as a run."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.expecting import ByHand
from toolfuzz.runs.journal import find_journal, has_journal
from toolfuzz.runs.keeping import Keeper
from toolfuzz.runs.offline import Judged, judge_file
from toolfuzz.runs.reading import load_run, read_journal
from toolfuzz.runs.stored import stored_options
from toolfuzz.runs.summary import write_summary

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

    It lies within the run's folder, is made once, and stands there only when it is whole.
    Raises UsageError.
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
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as making:
        made = Path(making) / folder.name
        with keeping(journal, made, policy) as keep:
            for judged in judge_file(journal, policy, told):
                if not isinstance(judged, BadEntry) and judged.by_hand:
                    keep(judged)
        if made.exists():
            _put(made, folder)
    return folder


def _put(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another process has made the same meanwhile.
        if not has_journal(folder):
            raise
    else:
        write_summary(folder, load_run(folder))


def _opening(path: Path) -> RunStarted | None:
    """Return how the run began whose journal a file is; None for any other file."""
    if not path.is_file():
        return None
    try:
        first = next(read_journal(path), None)
    except UsageError:
        return None
    return first if isinstance(first, RunStarted) else None
