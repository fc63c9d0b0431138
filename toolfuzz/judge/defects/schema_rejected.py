"""The server refuses the whole request because of one tool's schema."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="schema-rejected",
    group="D",
    title="The server refuses the whole request because of one tool's schema",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the gateway, grammar compiler or provider validator",
    help=(
        "One schema disables every tool of the request. Find the keyword by removing tools and "
        "keywords one at a time (toolfuzz minimize does it), then rewrite that schema or use a "
        "server that accepts it."
    ),
    example=(
        'HTTP 400 {"error":{"message":"Invalid schema for function f: items is required for '
        'arrays"}}'
    ),
    sources=(
        "ggml-org/llama.cpp#26930",
        "ggml-org/llama.cpp#27580",
        "ggml-org/llama.cpp#25895",
        "ggml-org/llama.cpp#14227",
        "vllm-project/vllm#16880",
        "anomalyco/opencode#43494",
        "aoci-spec/aoci-code#61",
        "epam/ai-dial-adapter-vertexai#219",
        "diegosouzapw/OmniRoute#12871",
        "nodetool-ai/nodetool#4388",
        "Epistates/turbovault#51",
        "huggingface/AnyLanguageModel#177",
        "satelliteoflove/godot-mcp#214",
        "QwenLM/qwen-code#11842",
        "alphaXiv/agents#49",
        "czlonkowski/n8n-mcp#4",
        "laravel/ai#506",
        "spring-projects/spring-ai#6865",
        "Avick3110/houseCARL#465",
        "agentscope-ai/agentscope-java#3050",
    ),
    indistinguishable=(
        "The refusal's wording is the only evidence: a server that hides the reason leaves an "
        "unjudged case."
    ),
)
