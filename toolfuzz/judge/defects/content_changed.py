"""The text beside the calls isn't the one that an engine's parser was given."""

from collections.abc import Iterable
from itertools import takewhile
from operator import eq

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
    came = facts.reply.text.strip()
    if _right(given, came):
        return ()
    wanted = f"{given.content.strip()}\n{given.after.strip()}".strip()
    return [DEFECT.finding(_told(wanted, came), expected=wanted, actual=came)]


def _right(given: Given, came: str) -> bool:
    """Whether nothing but prose behind the calls is missing.

    No reference says that this must be kept, nor what becomes of the text of a call without end.
    """
    content, after = given.content.strip(), given.after.strip()
    if came == content or (given.cut and came.startswith(content)):
        return True
    rest = came.removeprefix(content)
    return bool(after) and came.startswith(content) and rest.strip() == after


def _told(wanted: str, came: str) -> str:
    if not wanted:
        return "text came beside the calls that nobody wrote"
    if not came:
        return "the text is lost"
    alike = len([*takewhile(bool, map(eq, wanted, came))])
    return f"the text differs after {alike} of {len(wanted)} characters"


DEFECT = Defect(
    slug="content-changed",
    group="E",
    tells_of="serialization",
    harm="value",
    title="The text is not the one that the parser was given",
    severity="error",
    layer="structure",
    stage="causes",
    usual="the engine's parser",
    help=(
        "The parser took some of the model's prose for the beginning of a call, or cut its own "
        "markers out of the wrong place. Ask again with the text whole: if it comes back then, "
        "the parser loses what it holds back while it streams."
    ),
    example='"The list [1, 2, 3] has three items." comes as "The list [1, 2, 3 has three items."',
    sources=(),
    shows_in="engine",
    detect=detect,
    explains=frozenset({"empty-reply"}),
    examples=(
        answer(given=Given("The list [1, 2]."), text="The list [1, 2."),
        answer(given=Given("In JSON: {}"), text="In JSON:"),
        answer(given=Given('{"city": "Paris"}')),
        answer(called("f", "{}"), asked=[("f", {})], given=Given("Let me look."), text=""),
        answer(called("f", "{}"), asked=[("f", {})], given=Given(), text="nobody wrote this"),
        answer(called("f"), asked=[("f", {})], given=Given("One.", "Two."), text="One. Tw"),
        answer(asked=[("f", {})], given=Given("One.", cut="name"), finish="length"),
        answer(called("f"), asked=[("f", {})], given=Given("One."), text=" One.\n", found=False),
        answer(
            called("f"), asked=[("f", {})], given=Given("1.", "2."), text="1.\n\n2.", found=False
        ),
        answer(called("f"), asked=[("f", {})], given=Given("", "Two."), text="", found=False),
        answer(
            asked=[("f", {})],
            given=Given("One.", cut="arguments"),
            text="One.\n<tool_call>f",
            finish="length",
            found=False,
        ),
        answer(given=Given("As it was."), text="As it was.", found=False),
        answer(text="Nobody knows what must come.", found=False),
    ),
)
