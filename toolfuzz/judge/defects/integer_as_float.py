"""An integer is spelled with a fraction or exponent."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="integer-as-float",
    group="B",
    title="An integer is spelled with a fraction or exponent",
    severity="warn",
    layer="values",
    stage="values",
    usual="the model or parser",
    help=(
        "Valid JSON Schema, but typed clients (Rust, Go) refuse it. Accept integral floats in "
        "the tool."
    ),
    example='{"timeout_ms":120000.0}',
    sources=(
        "lidge-jun/opencodex#1611",
        "digitallyinduced/haskell-agent#1191",
        "lablup/mlxcel#1336",
    ),
    pairs=("number-lexical-drift",),
)
