"""{} although arguments were due."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Emptied
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll, parameters
from toolfuzz.judge.wording import listed


def explain(fact: Emptied) -> str | None:
    """Look for {} instead of the arguments."""
    return f"no argument came; {listed(fact.keys)} are lost" if fact.depth == 0 else None


_SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """All arguments are lost."""
    needy = [c for c in reply.calls if c.arguments and parameters(reply, c).get("required")]
    if needy:
        roll.rng.choice(needy).arguments = {}
    return bool(needy)


DEFECT = Defect(
    slug="args-empty-object",
    group="D",
    tells_of="serialization",
    title="{} although arguments were due",
    severity="error",
    layer="schema",
    stage="values",
    usual="a client or gateway that lost the argument deltas, or the parser",
    help=(
        "Compare plain with streamed replies. If both are empty, the parser did not understand "
        "the model's text."
    ),
    example='"arguments":"{}"',
    sources=(
        "lobehub/lobehub#11136",
        "lobehub/lobehub#11454",
        "can1357/oh-my-pi#1880",
        "cline/cline#13348",
        "danny-avila/LibreChat#6706",
    ),
    pairs=("schema-unenforced",),
    explain={Emptied: explain},
    fault=Fault(simulate, "values"),
    examples=(
        arguments("{}", asked={"path": "/tmp"}, schema=_SCHEMA),
        arguments("{}", asked={}, found=False),
    ),
)
