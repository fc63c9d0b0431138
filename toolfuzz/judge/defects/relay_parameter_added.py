"""A parameter reaches the model that the client hasn't sent."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-parameter-added",
    group="J",
    tells_of="serialization",
    title="A parameter reaches the model that the client hasn't sent",
    severity="warn",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Look whether the gateway's settings name it; else send the parameter yourself.",
    example='a request without top_k arrives with "top_k": -1',
)
