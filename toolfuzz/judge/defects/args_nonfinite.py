"""NaN or Infinity, which JSON doesn't have."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-nonfinite",
    group="A",
    title="NaN or Infinity, which JSON doesn't have",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server: Python's json.dumps lets them pass",
    help=(
        "JavaScript and strict readers refuse the whole text. Serialise with allow_nan=False "
        "and let the tool take null or a string for missing numbers."
    ),
    example='"arguments":"{\\"value\\": NaN}"',
    sources=("vllm-project/vllm#55429", "Alishahryar1/free-claude-code#1768"),
)
