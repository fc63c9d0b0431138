"""The model's own tool markup stands inside the arguments."""

import json
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Edged, Marked, Retyped, Reworded, Spilled
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.residue import edge_of
from toolfuzz.judge.spelled import markup_in
from toolfuzz.judge.texts import Surrounded, Unread


def explain_text(fact: Reworded) -> str | None:
    """Look for the model's own tags in a string."""
    return fact.tell(_marked)


def _marked(expected: str, came: str) -> str | None:
    markup = markup_in(came, expected) or edge_of(expected, came)
    return f"{markup!r} in the text" if markup else None


def explain_type(fact: Retyped) -> str | None:
    """Look for them in a string where another value belongs."""
    if not isinstance(fact.came, str) or fact.wanted == ("string",):
        return None
    markup = markup_in(fact.came, str(fact.expected) if fact.exact else "")
    return f"the model's own markup ({markup!r}) in a string" if markup else None


def explain_edge(fact: Edged) -> str:
    """Tell of a tag that a parser left at the end of a text, or at its beginning."""
    return f"{fact.markup!r} sticks to the text, and nothing in it goes with that"


def explain_around(fact: Surrounded) -> str | None:
    """Look for them behind the object."""
    return f"the model's own markup ({fact.markup!r}) behind the object" if fact.markup else None


def explain_unread(fact: Unread) -> str | None:
    """Look for them instead of JSON."""
    return f"the model's own markup ({fact.markup[:40]!r}) instead of JSON" if fact.markup else None


def explain_key(fact: Marked) -> str:
    """Tell of a key that holds them."""
    return f"the model's own markup in the key {fact.key[:40]!r}"


def explain_spilled(fact: Spilled) -> str:
    """Tell of a parameter in the text of another."""
    return f"the text goes on with parameter {fact.name[:80]!r} in the model's own markup"


def simulate(place: Spot, rng: Random) -> Any:
    """An object is written in tags of the native format and stays text."""
    if not isinstance(place.value, dict) or not place.value or place.depth > 1:
        return KEEP
    key, item = next(iter(place.value.items()))
    return f"\t\t<arg_key>{key}</arg_key><arg_value>{json.dumps(item, ensure_ascii=False)}"


_ONE = {"type": "object", "properties": {"v": {"type": "string"}}}
_COLOUR = {"type": "object", "properties": {"v": {"enum": ["red", "blue"]}}}
_NUMBER = {"type": "object", "properties": {"v": {"type": "integer"}}}
_TWO = {"type": "object", "properties": {"body": {"type": "string"}, "tags": {}}}


DEFECT = Defect(
    slug="args-native-markup",
    group="A",
    tells_of="serialization",
    title="The model's own tool markup stands inside the arguments",
    severity="error",
    layer="arguments",
    stage="values",
    usual="a server without the right parser, or a model that can't nest in its own format",
    help=(
        "Start the server with the parser made for this model. Where it is, nested objects in "
        "free-form parameters are often the trigger: declare their properties, or flatten them."
    ),
    example='{"args":"<arg_key>owner</arg_key><arg_value>x"}',
    sources=(
        "stacklok/mecatl#253",
        "can1357/oh-my-pi#2759",
        "zai-org/GLM-5#84",
        "lmstudio-ai/lmstudio-bug-tracker#1071",
    ),
    explain={
        Unread: explain_unread,
        Reworded: explain_text,
        Retyped: explain_type,
        Marked: explain_key,
        Spilled: explain_spilled,
        Edged: explain_edge,
        Surrounded: explain_around,
    },
    outranks=before("args-native-markup"),
    fault=changes(simulate),
    examples=(
        arguments("<arg_key>a</arg_key><arg_value>1</arg_value>", asked={"a": 1}),
        arguments("<v>Paris</v>", asked={"v": "Paris"}),
        arguments("<v", asked={"v": "Paris"}, found=False),
        arguments('{"v": "Paris</parameter>"}', asked={"v": "Paris"}),
        arguments('{"v": "a </parameter> b"}', asked={"v": "a </parameter> b"}, found=False),
        arguments('{"v": "ls</｜DSML｜parameter', asked={"v": "ls"}),
        arguments('{"v": "ls</parameter>\\n</function>'),
        arguments('{"v": "ls</param', asked={"v": "ls</parameter>"}, found=False),
        arguments('{"v": 7}\n</function>\n</tool_call>', asked={"v": 7}),
        arguments('{"v": 7}<|im_end|>'),
        arguments('{"v": 7}}</arg_value>', asked={"v": 7}),
        arguments('{"v": "Rome</v>"}', asked={"v": "Rome"}),
        arguments('{"v": "Rome</v>"}', schema=_ONE),
        arguments('{"v": "Rome</parameter>"}', schema=_ONE),
        arguments('{"v": "two\\nlines</arg_value>"}', schema=_ONE),
        arguments('{"v": "two\\nlines\\n</parameter>\\n</invoke>\\n"}', schema=_ONE),
        arguments('{"v": "<parameter=v>\\nRome"}', schema=_ONE),
        arguments('{"v": "<|\\"|>Rome<|\\"|>"}', schema=_ONE),
        arguments('{"v": "red</parameter>"}', schema=_COLOUR),
        arguments('{"v": "7</parameter>"}', asked={"v": 7}, schema=_NUMBER),
        arguments('{"v": "Close it with </tool_call>"}', schema=_ONE, found=False),
        arguments('{"v": "STOP=<|im_end|>"}', schema=_ONE, found=False),
        arguments('{"v": "<tool_call>ls</tool_call>"}', schema=_ONE, found=False),
        arguments('{"v": "<parameter=v>ls</parameter>"}', schema=_ONE, found=False),
        arguments('{"v": "  a\\n  </parameter>"}', schema=_ONE, found=False),
        arguments('{"v": "<b>Rome</b>"}', schema=_ONE, found=False),
        arguments('{"v": "Rome</b>"}', schema=_ONE, found=False),
        arguments(
            '{"body": "one</body>\\n<tags>{\\"a\\": 1}</tags>"}',
            asked={"body": "one", "tags": {"a": 1}},
        ),
        arguments(
            '{"file<arg_key": "page</arg_key><arg_value>5"}', asked={"file": "a.pdf", "page": 5}
        ),
        arguments('{"body": "one</body>\\n<parameter name=\\"tags\\">two"}', schema=_TWO),
        arguments('{"body": "one</parameter>\\n<parameter=tags>\\ntwo"}', schema=_TWO),
        arguments(
            '{"body": "one</body>\\n<tags>two</tags>", "tags": "x"}', schema=_TWO, found=False
        ),
        arguments('{"v<arg_value>Paris": "", "w": 1}', asked={"v": "Paris", "w": 1}),
        arguments('{"body": "<body>one</body>\\n<tags>two</tags>"}', schema=_TWO, found=False),
        arguments('{"body": "<body>one</body>\\n<other>two</other>"}', schema=_TWO, found=False),
    ),
)
