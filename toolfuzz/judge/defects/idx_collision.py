"""Different calls share one index."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="idx-collision",
    group="F",
    title="Different calls share one index",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server",
    help=(
        "Clients merge these calls into one. Switch parallel calls or streaming off; a "
        "tolerant client starts a new call when id or name changes."
    ),
    example='{"index":0,"id":"call_a",...} ; {"index":0,"id":"call_b",...}',
    sources=(
        "ai-dynamo/dynamo#4723",
        "apache/maka#1976",
        "huggingface/smolagents#1958",
        "InternLM/lmdeploy#3412",
        "openai/openai-python#3241",
    ),
)
