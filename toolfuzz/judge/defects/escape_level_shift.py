"""A string has one level of escapes too many or too few."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="escape-level-shift",
    group="C",
    title="A string has one level of escapes too many or too few",
    severity="error",
    layer="values",
    stage="values",
    usual="the model, or tolerant repair in a client or gateway",
    help=(
        "Newlines show as backslash-n, or a path turns into control characters. Compare "
        "several repeats: always means a gateway, sometimes the model."
    ),
    example='{"text":"a\\\\nb"} for a<LF>b',
    sources=(
        "anomalyco/opencode#4530",
        "openclaw/openclaw#88918",
        "openclaw/openclaw#88940",
        "kdeps/kdeps#872",
    ),
)
