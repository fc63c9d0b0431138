"""An array arrives as a string that holds its JSON."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="array-as-json-string",
    group="B",
    title="An array arrives as a string that holds its JSON",
    severity="error",
    layer="values",
    stage="values",
    usual="the serving engine's parser, many models as well",
    help=(
        "As with objects: inline references, avoid nullable arrays and unions in items, or "
        "decode where the schema wants an array."
    ),
    example='{"todos":"[{\\"id\\":1}]"}',
    sources=(
        "anomalyco/opencode#10813",
        "anomalyco/opencode#8249",
        "anomalyco/opencode#24912",
        "anomalyco/opencode#7513",
        "sgl-project/sglang#15753",
        "NousResearch/hermes-agent#12640",
        "we-promise/sure#2072",
        "czlonkowski/n8n-mcp#727",
        "anthropics/claude-code#76906",
    ),
    indistinguishable=(
        "Where the schema admits a string as well, only the right answer decides; without one "
        "it is a note."
    ),
)
