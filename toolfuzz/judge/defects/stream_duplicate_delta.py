"""An argument delta was sent twice."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-duplicate-delta",
    group="F",
    title="An argument delta was sent twice",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server or gateway",
    help="Turn streaming off; look for a retrying proxy between client and server.",
    example="'\"Par' ; '\"Par' ; 'is\"'",
    sources=("anomalyco/opencode#33064", "diegosouzapw/OmniRoute#3762"),
    indistinguishable=(
        "One delta that holds all arguments and comes twice is also what a final repetition "
        "looks like."
    ),
    pairs=("args-cumulative", "args-concatenated"),
)
