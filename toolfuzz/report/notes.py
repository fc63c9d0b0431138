"""What must be known beside the table: unjudged answers, retries, what was skipped."""

from collections import Counter
from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.advice import advice
from toolfuzz.report.dimensions import dimension_notes
from toolfuzz.report.repeats import repeat_notes
from toolfuzz.report.tools import left_out, sources
from toolfuzz.report.words import count, first_attempt, given_up, unread

__all__ = ["notes"]

TOOLS_SHOWN = 5


def notes(summary: JsonObject) -> list[RenderableType]:
    """Return a line for each thing that must be known; none where there is nothing."""
    targets = summary["targets"]
    lines = [note for target in targets for note in _notes(target)]
    lines += advice(summary)
    lines += dimension_notes(targets)
    lines += _natures(targets)
    clients = summary.get("clients", {})
    lines += [said for target in clients for one in clients[target] if (said := _sdk(target, one))]
    if loaded := "; ".join(sources(summary)):
        lines.append(f"loaded {loaded}")
    lines += _skips(summary.get("skipped", ()))
    if said := unread(summary):
        lines.append(said)
    return [Text(), *(Text(printable(line), style="dim") for line in lines)] if lines else []


def _skips(skipped: Sequence[JsonObject]) -> list[str]:
    """A line for each of the first tools left out, and of the commonest reasons not to ask."""
    tools = [s for s in skipped if not s["target"]]
    lines = [left_out(skip) for skip in tools[:TOOLS_SHOWN]]
    if len(tools) > TOOLS_SHOWN:
        lines.append(f"… and {len(tools) - TOOLS_SHOWN} more, all in summary.json")
    unasked = Counter((s["target"], s["reason"]) for s in skipped if s["target"])
    for (target, reason), times in unasked.most_common(TOOLS_SHOWN):
        lines.append(f"{target}: {count(times, 'case')} skipped, not blamed: {reason}")
    if len(unasked) > TOOLS_SHOWN:
        lines.append(f"… and {len(unasked) - TOOLS_SHOWN} more reasons, all in summary.json")
    return lines


def _notes(target: JsonObject) -> list[str]:
    notes = []
    if given_up(target):
        notes.append(f"{target['target']}: {given_up(target)}")
    if target["unjudged"]:
        reason, times = next(iter(target["unjudged_reasons"].items()))
        notes.append(
            f"{target['target']}: {target['unjudged']} unjudged, not counted as failures "
            f"({times}× {reason})"
        )
    if target["retries"]:
        worth = f": success is {first_attempt(target)}" if first_attempt(target) else ""
        retries = count(target["retries"], "retry", "retries")
        notes.append(f"{target['target']}: {retries}{worth}")
    notes += [f"{target['target']}: {said}" for said in repeat_notes(target)]
    if target["associated"]:
        strongest = target["associated"][0]
        names = " with ".join(strongest["features"])
        notes.append(
            f"{target['target']}: failures associated with {names} "
            f"(lift {strongest['lift']:.1f}, q {strongest['q']:.2g})"
        )
    return notes


def _natures(targets: Sequence[JsonObject]) -> list[str]:
    """Say which targets are no real models, where the headline can't show it for all at once."""
    said = [(t["target"], t["nature"]["sentence"]) for t in targets]
    if len({sentence for _, sentence in said}) < 2:
        return []
    return [f"{name}: {sentence}" for name, sentence in said if sentence]


def _sdk(target: str, client: JsonObject) -> str:
    """Say how many wrong replies look right to a user of an SDK, and how many right ones don't."""
    said = []
    if read := int(client["failing"]):
        failed = int(client.get("failed", read))
        hidden = client["different"] + client["nothing"]
        note = f"hides {hidden} of {_read(read, failed, 'failure')}"
        note += " (another call or none, silently)" if hidden else ""
        note += f", {client['same']} come out right" if client["same"] else ""
        said.append(note + (f", {client['exception']} raise" if client["exception"] else ""))
    right = int(client.get("passing", 0))
    if spoiled := right - client.get("passing_same", 0):
        passed = _read(right, int(client.get("passed", right)), "right reply", "right replies")
        said.append(f"gets other calls from {spoiled} of {passed}")
    return f"{target}: {client['client']} {'; '.join(said)}" if said else ""


def _read(read: int, there: int, one: str, many: str = "") -> str:
    counted = count(read, one, many) if many else count(read, one)
    return counted if read == there else f"the {counted} that were read, of {there}"
