"""The model's own tool markup stands inside the arguments."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-native-markup",
    group="A",
    title="The model's own tool markup stands inside the arguments",
    severity="error",
    layer="arguments",
    stage="values",
    usual="a server without the right parser, or a model that can't nest in its own format",
    help=(
        "Start the server with the parser made for this model. Where it is, nested objects in "
        "free-form parameters are often the trigger: declare their properties, or flatten them."
    ),
    example='{"args":"<arg_key>owner</arg_key><arg_value>x"}',
    sources=(
        "stacklok/mecatl#253",
        "can1357/oh-my-pi#2759",
        "zai-org/GLM-5#84",
        "lmstudio-ai/lmstudio-bug-tracker#1071",
    ),
)
