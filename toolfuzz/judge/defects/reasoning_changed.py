"""The reasoning isn't the one that an engine's reasoning parser was given."""

from collections.abc import Iterable

from toolfuzz.core.given import Given
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    given = facts.given
    errors = {found.slug for found in facts.findings if found.severity == "error"}
    if given is None or errors - DEFECT.explains:
        return ()
    wanted, came = given.reasoning.strip(), facts.reply.reasoning.strip()
    if wanted == came:
        return ()
    return [DEFECT.finding(_told(wanted, came, facts.reply.text), expected=wanted, actual=came)]


def _told(wanted: str, came: str, text: str) -> str:
    if not wanted:
        return "reasoning came that nobody wrote"
    if came:
        return "other reasoning came than was written"
    return "the reasoning stands in the content" if wanted in text else "the reasoning is lost"


DEFECT = Defect(
    slug="reasoning-changed",
    group="E",
    tells_of="serialization",
    title="The reasoning is not the one that the parser was given",
    severity="error",
    layer="structure",
    stage="causes",
    usual="the engine's reasoning parser",
    help=(
        "The reasoning parser missed where the reasoning begins or ends, so that a user sees it "
        "as the answer, or the answer is hidden. Ask again with the text whole: if it comes back "
        "then, the parser loses its place while it streams."
    ),
    example='"<think>Two.</think>Yes." comes as content "Two.</think>Yes." without reasoning',
    sources=(),
    shows_in="engine",
    detect=detect,
    explains=frozenset({"call-and-markup", "content-changed", "empty-reply"}),
    examples=(
        answer(given=Given("Yes.", reasoning="Two."), text="Two.</think>Yes."),
        answer(given=Given("Yes.", reasoning="Two."), text="Yes.", reasoning="<think>Two."),
        answer(given=Given("Yes."), reasoning="Yes."),
        answer(
            called("f"),
            asked=[("f", {})],
            given=Given(reasoning="Two."),
            text="Two.</think>",
        ),
        answer(
            given=Given("Yes.", reasoning="Two."), text="Yes.", reasoning="\nTwo.\n", found=False
        ),
        answer(text="Yes.", reasoning="Nobody knows what must come.", found=False),
    ),
)
