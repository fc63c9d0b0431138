"""An object or array arrives as a string in Python syntax."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="container-as-python-repr",
    group="B",
    title="An object or array arrives as a string in Python syntax",
    severity="error",
    layer="values",
    stage="values",
    usual="a model that writes Python in an XML-like format",
    help=(
        "The parser could not load the text as JSON and kept it. Check that the chat template "
        "renders the history as JSON."
    ),
    example="{\"settings\":\"{'theme': 'dark'}\"}",
    sources=("waybarrios/vllm-mlx#63", "modelscope/ms-swift#10169"),
)
