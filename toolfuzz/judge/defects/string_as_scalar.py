"""A string that looks like a number or boolean arrives as one."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="string-as-scalar",
    group="B",
    title="A string that looks like a number or boolean arrives as one",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that guesses types",
    help=(
        "Leading zeros and long ids are lost for good. Report it; give the parameter a plain "
        "type string without union."
    ),
    example='{"zip":2134}',
    sources=("lablup/mlxcel#1336", "QwenLM/qwen-code#4793", "vllm-project/vllm#40195"),
)
