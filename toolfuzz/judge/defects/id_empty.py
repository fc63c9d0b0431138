"""A call has no id."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-empty",
    group="G",
    title="A call has no id",
    severity="error",
    layer="wire",
    stage="pairing",
    usual="the server",
    help="The result can't be sent back: make up an id and use it in both messages.",
    example='{"id":"","function":{"name":"f"}}',
    sources=("bytedance/deer-flow#4246", "earendil-works/pi#9057"),
)
