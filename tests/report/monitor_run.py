"""What a monitor's folder comes to, with any text wherever a server or a user can put it."""

from pathlib import Path

from html_run import a_run

from toolfuzz.core.case import JsonObject
from toolfuzz.runs.portions import Asked
from toolfuzz.runs.watched import state, weighed

NOON = 1_763_856_000.0


def a_portion(
    number: int, *, failed: int, calls: int = 20, text: str = "d", unjudged: int = 0, burst: int = 0
) -> Asked:
    """Return the portion of a day; ``burst`` calls more were asked, of which half failed."""
    return Asked(
        number=number,
        era=1,
        baseline=500,
        margin=0.0,
        started=NOON + 86_400 * number,
        asked=calls + unjudged + burst,
        regular_failed=failed,
        regular_judged=calls,
        burst_failed=burst // 2,
        burst_judged=burst,
        unjudged=unjudged,
        given_up=False,
        finished=True,
        reasons={text: unjudged} if unjudged else {},
        defects={text: failed + burst // 2} if failed + burst else {},
        cases="",
        size=1,
    )


def a_result(
    text: str = "whitespace-stripped", *, alarm: bool = True, days: int = 40
) -> JsonObject:
    """Return ``monitor.json`` of a folder that was quiet for ``days``, then perhaps not."""
    portions = [a_portion(0, failed=8, calls=500, text=text)]
    portions += [a_portion(n, failed=n % 7 == 0, text=text) for n in range(1, days)]
    portions.append(a_portion(days, failed=0, calls=0, unjudged=20, text=text))
    if alarm:
        portions.append(a_portion(days + 1, failed=4, burst=60, text=text))
        portions.append(a_portion(days + 2, failed=6, text=text))
    run = a_run(text, models=(f"model {text}",), kind="simulated", cases=1)
    return state(Path(f"watch {text}"), run, weighed(portions)) | {"mended": ""}
