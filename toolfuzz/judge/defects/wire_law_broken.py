"""The reply breaks a law of its wire format."""

from collections.abc import Iterable

from toolfuzz.core.reply import WireProblem
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.wording import one_line

_WEIGHT = {"info": 0, "warn": 1, "error": 2}


def detect(facts: Facts) -> Iterable[Finding]:
    """Report the gravest breach, unless a defect that says more is as grave."""
    broken = [p for p in facts.problems if p.kind == "law"]
    if not broken:
        return ()
    worst = max(broken, key=lambda p: _WEIGHT[p.severity])
    known = [f for f in facts.findings if f.layer not in ("schema", "values")]
    if any(_WEIGHT[f.severity] >= _WEIGHT[worst.severity] for f in known):
        return ()
    message = f"{worst.where}: {one_line(worst.detail)}"
    return [_shown(worst.defect).finding(message, severity=worst.severity)]


def _shown(word: str) -> Defect:
    """Return the defect that a law names, by its slug or by the kind of problem it shows."""
    named = (d for d in defects().values() if word and (word == d.slug or word in d.problems))
    return next(named, DEFECT)


_NO_ID = WireProblem("law", "$.id", "missing", severity="error")

DEFECT = Defect(
    slug="wire-law-broken",
    group="G",
    tells_of="serialization",
    title="The reply breaks a law of its wire format",
    severity="error",
    layer="wire",
    stage="causes",
    usual="the gateway or server",
    help=(
        "An event that the format promises is missing, out of order or at odds with an earlier "
        "one. An error where the official SDK raises or gives other calls, a warning where it "
        "reads right all the same."
    ),
    example="a stream without message_start, an output_item.done with another id than its added",
    indistinguishable="Reported only where no other defect says what is wrong.",
    detect=detect,
    examples=(
        answer(called("f"), asked=None, problems=(_NO_ID,)),
        answer(called("f"), asked=None, found=False),
        answer(called("f", id=""), asked=None, problems=(_NO_ID,), where="ids", found=False),
    ),
)
