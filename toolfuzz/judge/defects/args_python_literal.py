"""A Python literal instead of JSON."""

import json
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.texts import Mended


def explain(fact: Mended) -> str | None:
    """Look for text that loads once it is read as Python."""
    return "Python's spelling instead of JSON's" if fact.how == "python" else None


def simulate(raw: str, rng: Random) -> Any:
    """The object as Python prints it."""
    text = repr(json.loads(raw))
    return NOTHING if text == "{}" else text


DEFECT = Defect(
    slug="args-python-literal",
    group="A",
    tells_of="serialization",
    title="A Python literal instead of JSON",
    severity="error",
    layer="arguments",
    stage="values",
    usual="a model trained on Python text, or a template that renders values with str()",
    help=(
        "Check the chat template: values in the history must be rendered as JSON (tojson). If "
        "the history is right, the model imitates Python: use constrained decoding."
    ),
    example="\"arguments\":\"{'enabled': True, 'tag': None}\"",
    sources=(
        "waybarrios/vllm-mlx#63",
        "modelscope/ms-swift#9968",
        "modelscope/ms-swift#10169",
        "mangiucugna/json_repair#210",
    ),
    explain={Mended: explain},
    fault=rewrites(simulate),
    examples=(
        arguments("{'a': 1}", asked={"a": 1}),
        arguments('{"on": True}', asked={"on": True}),
        arguments('{"code": "{\'a\': True}"}', asked={"code": "{'a': True}"}, found=False),
    ),
)
