"""arguments is an empty string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-empty-string",
    group="A",
    title="arguments is an empty string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's parser or model",
    help=(
        "For a tool without required parameters, {} was meant: treat it so (a warning). "
        "Otherwise the arguments were lost on the way: compare with the plain reply or the "
        "server's raw output."
    ),
    example='"arguments":""',
    sources=(
        "openai/openai-agents-js#664",
        "open-webui/open-webui#23778",
        "brave/brave-browser#56601",
        "qwersyk/Newelle#429",
        "Lexus2016/hermes-agent-evolution#1170",
        "NousResearch/hermes-agent#83937",
        "vllm-project/vllm#28806",
    ),
    indistinguishable=(
        "When required parameters are lost, a model that wrote nothing and a parser that lost "
        "it look alike."
    ),
)
