"""Argument deltas repeat what was sent before."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-cumulative",
    group="F",
    title="Argument deltas repeat what was sent before",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server or gateway",
    help=(
        "Each delta holds all arguments so far, or the last one holds everything again. "
        "Joining them gives broken JSON: turn streaming off or take the last delta alone."
    ),
    example="'{\"a' ; '{\"a\":1' ; '{\"a\":1}'",
    sources=(
        "NousResearch/hermes-agent#35718",
        "icoretech/codex-pooler#193",
        "diegosouzapw/OmniRoute#3762",
    ),
    pairs=("stream-duplicate-delta",),
)
