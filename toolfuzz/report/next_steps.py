"""What to do next, by what just happened: commands that can be pasted."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from toolfuzz.analyze.check import CheckRule
from toolfuzz.analyze.conclusion import STOPPED
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable, shell_command
from toolfuzz.runs.trust import powers

__all__ = ["asked_again", "next_steps", "next_view"]

_FEW = 1000


def next_view(summary: JsonObject, *, own: bool) -> Text:
    """Return the commands, a line each."""
    lead, *more = next_steps(summary, own=own)
    text = Text("next: ", style="dim")
    text.append(printable(lead), style="not dim")
    for step in more:
        text.append(f"\n      {printable(step)}", style="not dim")
    return text


def next_steps(summary: JsonObject, *, own: bool = False) -> Iterator[str]:
    """Yield commands, the most useful first: going on, looking at a failure, shrinking it.

    ``own``: the user has just asked for what the run's folder names, so that commands which ask it
    again may use it (``--trust``). Of any other folder they first say what that is.
    """
    again = asked_again(summary["settings"]) if own else []
    if "check" in summary:
        return _after_check(summary, again)
    return _after_run(summary, again)


def asked_again(settings: JsonObject) -> list[str]:
    """Return what commands need that ask a run's questions again; headers are in no file."""
    headers = [
        word
        for option, flag in (("headers", "--header"), ("tools_headers", "--tools-header"))
        for name in settings.get(option) or ()
        for word in (flag, f"{name}: …")
    ]
    return [*(["--trust"] if any(powers(settings)) else []), *headers]


def _after_run(summary: JsonObject, again: Sequence[str]) -> Iterator[str]:
    folder = summary.get("folder", "RUN")
    targets = summary["targets"]
    failing = [target for target in targets if target["defects"]]
    asked = "models" in summary["settings"]
    if summary["finish_reason"] in STOPPED and asked:
        yield shell_command("toolfuzz", "run", "--resume", folder, *again)
    if failing:
        slug, case = _looked_at(summary)
        # Of many cases several may begin alike.
        short = case[: 6 if summary["cases"] <= _FEW else 12]
        yield shell_command("toolfuzz", "show", folder, short)
        yield shell_command("toolfuzz", "explain", slug)
        if asked and not any(target.get("dimensions") for target in targets):
            yield shell_command("toolfuzz", "minimize", folder, *again)
    if sum(target["rate"] is not None for target in targets) > 1:
        yield shell_command("toolfuzz", "compare", folder)
    elif not failing:
        yield shell_command("toolfuzz", "report", folder, "--report", "html")


def _looked_at(summary: JsonObject) -> tuple[str, str]:
    """Return a defect and a case that shows it: those that the first sentence speaks of."""
    if cause := (summary.get("conclusion") or {}).get("cause"):
        return cause["slug"], cause["case"]
    defects = next(target["defects"] for target in summary["targets"] if target["defects"])
    slug, entry = next(iter(defects.items()))
    return slug, entry["example_case"]


def _after_check(summary: JsonObject, again: Sequence[str]) -> Iterator[str]:
    check, candidate = summary["check"], summary["targets"][0]
    if check["outcome"] is None:
        resumed = shell_command("--out", check["folder"], "--resume")
        yield f"the same command with {resumed} goes on"
    elif candidate["defects"]:
        model = candidate["target"]
        yield shell_command("toolfuzz", "minimize", check["folder"], "-m", model, *again)
    most = CheckRule().looks[-1]
    if check["outcome"] == "INCONCLUSIVE" and summary["settings"].get("cases", most) < most:
        yield f"the same command with --cases {most} asks as much as may decide it"
    yield shell_command("toolfuzz", "report", check["folder"], "--report", "html")
