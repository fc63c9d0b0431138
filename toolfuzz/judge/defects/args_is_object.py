"""arguments is an object where the format wants a string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-is-object",
    group="A",
    title="arguments is an object where the format wants a string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server or gateway",
    help=(
        "The OpenAI formats carry arguments as JSON text. Some SDKs take the object, others "
        "crash on it. Update the server, or encode the object in a proxy before the client "
        "sees it."
    ),
    example='"arguments":{"city":"Paris"}',
    sources=(
        "NousResearch/hermes-agent#1440",
        "NousResearch/hermes-agent#1114",
        "ollama/ollama-python#484",
        "vllm-project/vllm#28820",
    ),
)
