"""Whether a portion can be compared with those that a monitor's folder holds."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Target
from toolfuzz.core.text import day
from toolfuzz.generate.tools import ToolSet
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.portions import Asked, portion_folder, settings_of
from toolfuzz.runs.stored import stored_options

__all__ = ["check_clock", "check_same", "check_target", "fingerprint"]

_QUESTIONS = (
    "tools", "mcp", "openapi", "include", "exclude", "system", "probes", "features", "seed",
    "offer", "allow_remote_refs", "inline_refs", "base_url", "params", "stream", "strict", "ignore",
    "select",
)  # fmt: skip


def check_clock(folder: Path, last: Asked, now: float) -> None:
    """Raise UsageError when the last portion began later than now."""
    if now < last.started:
        raise UsageError(
            f"the clock ran backwards: it is {day(now)}, and the last portion began "
            f"{day(last.started)}",
            f"set the clock, or move {portion_folder(folder, last.number)} away",
        )


def check_target(folder: Path, then: Target, now: Target) -> None:
    """Raise UsageError when the folder watches something else."""
    for name in ("name", "endpoint", "model", "format"):
        was, given = getattr(then, name), getattr(now, name)
        if was != given:
            what = "model" if name == "name" else name
            raise UsageError(
                f"{folder} watches the {what} {was}, not {given}", "choose another --dir for it"
            )


def check_same(
    folder: Path,
    begun: RunStarted,
    run: RunOptions,
    tool_sets: Sequence[ToolSet],
    asked_for: Mapping[str, float | None],
) -> None:
    """Raise UsageError when other questions would be asked, or judged or weighed otherwise.

    ``asked_for`` are ``baseline`` and ``margin``, None where the folder's are to stay.
    """
    then, now = stored_options(begun.settings), stored_options(run.settings())
    place = settings_of(begun)["monitor"]
    other = [name for name in _QUESTIONS if getattr(then, name) != getattr(now, name)]
    changed = [name for name, value in asked_for.items() if value not in (None, place[name])]
    if other:
        flags = ", ".join(name.replace("_", "-") for name in other)
        why = f"{folder} was begun with other options: {flags}"
    elif place["tools"] != fingerprint(tool_sets):
        why = "the tools are no longer those that the baseline was asked with"
    elif begun.version != __version__:
        why = f"the baseline was asked by toolfuzz {begun.version}, this is {__version__}"
    elif changed:
        name = changed[0]
        why = f"the folder's {name} is {place[name]:g}, not {asked_for[name]:g}"
    else:
        return
    raise UsageError(why, "change that back, or begin anew with --new-baseline")


def fingerprint(tool_sets: Sequence[ToolSet]) -> str:
    """Return a digest of the user's own tools, as they are offered; empty when there are none."""
    tools = [tool for one in tool_sets for tool in one.tools]
    return hashlib.sha256(repr(tools).encode()).hexdigest()[:16] if tools else ""
