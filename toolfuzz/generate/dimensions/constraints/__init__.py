"""``constraints``: the rule compiler. Orders are sent, and rules say which of them and how.

A rule is one object. It is put into words (wordings.py) and made into an automaton over the trace
(compile.py), and both the judge and the agents go by these alone.
"""

from toolfuzz.core.case import JsonObject, Message
from toolfuzz.generate.dimensions.constraints.draw import draw
from toolfuzz.generate.dimensions.constraints.message import messages, read
from toolfuzz.generate.dimensions.constraints.solve import ignore, solve
from toolfuzz.generate.dimensions.constraints.wordings import COUNT
from toolfuzz.worlds.family import Family


def _render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    return messages(task, wording)[0]


FAMILY = Family(
    name="constraints",
    title="Constraint understanding",
    summary="keep rules that were given before, wherever they stood",
    knobs="rules of twelve kinds, in the system message, tools or an earlier message; exceptions, "
    "contradictions with a stated priority",
    twin="the rules stand beside the orders that they are about, too",
    levels=(1, 32),
    usual=8,
    findings=("rule-broken", "goal-not-reached"),
    wordings=COUNT,
    draw=draw,
    render=_render,
    read=read,
    solve=solve,
    ignore=ignore,
)
