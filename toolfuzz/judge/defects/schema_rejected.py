"""The server refuses the whole request because of one tool's schema."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused, tool
from toolfuzz.judge.faults import Fault, Roll, has_keyword
from toolfuzz.judge.faults.calls import refuse

_REFUSED_KEYWORDS = ("prefixItems", "oneOf", "anyOf", "$ref", "pattern", "additionalProperties")

# A pointer leads into a schema, which may not be a tool's; users have grammars of their own.
_OF_TOOLS = r"(?!.{0,300}(?:#/|response_format|guided|json_object))"


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because of one keyword in one tool's schema."""
    wanted = [roll.trigger.keyword] if roll.trigger.keyword else _REFUSED_KEYWORDS
    for one in reply.ask.tools:
        for keyword in wanted:
            if has_keyword(one.parameters, keyword):
                return refuse(
                    reply,
                    f"Invalid schema for function '{one.name}': '{keyword}' is not permitted.",
                )
    return False


DEFECT = Defect(
    slug="schema-rejected",
    group="D",
    tells_of="serialization",
    harm="error",
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
    explains=before("schema-rejected"),
    refused=Refused(
        "tools",
        (
            r"json.?schema",
            r"input_?schema",
            r"function_?declarations?",
            r"(invalid|unrecognized|unsupported) schema",
            r"schema.{0,80}(invalid|unsupported|not support|not permitted)",
            "unknown name",
            "proto field",
            "grammar",
            r"function[._ ]parameters",
            r"\$ref|\$defs",
            "additionalproperties|prefixitems|propertynames",
            r"tools[\[.]\d+\]?\.([\w\[\].]+\.)?(parameters|input_?schema)",
        ),
        also=(
            # A request with tools has no other grammar, unless the words point elsewhere.
            r"(?:fail\w*|unable|could ?n.t|cannot|can.t|error) (?:to )?"
            rf"(?:pars|compil|convert|build|creat|generat)\w*.{{0,20}}\bgrammar\b{_OF_TOOLS}",
            rf"\bgrammar\b.{{0,20}}(?:is |was )?(?:too (?:complex|large|big)|invalid|could not|"
            rf"not supported){_OF_TOOLS}",
            rf"\bschema\b.{{0,20}}too (?:complex|large|deep|many){_OF_TOOLS}",
            "too many states for serving",
            # The chat template trips over a tool's schema: Go (Ollama), Jinja and its ports.
            r"template: .{0,80}executing .{0,80}"
            r"(\$?prop\b|\.type\b|\.items\b|\.enum\b|propert|param)",
            r"(jinja|template|render).{0,300}(param_(fields|name|spec)|json_key|tool\.(function|"
            r"parameters)|\.properties\b|\bprop\.)",
            r"'?(dict|str|list|NoneType)'? object'? has no (attribute|element) "
            r"'(type|properties|items|enum|parameters)'.{0,200}(tool|schema|template)",
        ),
    ),
    fault=Fault(simulate, "request"),
    examples=(
        refused("Invalid schema for function 'get_weather': array schema missing items"),
        refused("tools.0.custom.input_schema: oneOf is not supported"),
        refused(
            "Failed to compile grammar: cannot find field in #/properties/city/items",
            tools=(tool("f", {"type": "object", "properties": {"city": {}}}),),
        ),
        refused("Failed to compile grammar: cannot find field in #/a/b", found=False),
        refused("Failed to initialize samplers: failed to parse grammar"),
        refused("The grammar is too complex", status=500),
        refused("Failed to compile the grammar of response_format", found=False),
        refused("Grammar schools are overloaded", found=False),
        refused(
            'Invalid JSON payload received. Unknown name "prefixItems" at '
            "'tools[0].function_declarations[0].parameters': Cannot find field."
        ),
        refused(
            'Invalid JSON payload received. Unknown name "parallel_tool_calls": Cannot find field.',
            found=False,
        ),
        refused('Unknown name "top_k": Cannot find field.', found=False),
        refused("failed to compile grammar for tools[0]", status=500),
        refused(
            'template: :108:130: executing "" at <index $prop.Type 0>: error calling index: '
            "reflect: slice index out of range",
            status=500,
        ),
        refused(
            "Error rendering prompt with jinja template: Cannot apply filter upper to undefined "
            "in tool.parameters.properties",
            status=500,
        ),
        refused(
            'template: :12:3: executing "" at <.Messages>: nil pointer', status=500, found=False
        ),
        refused("Error rendering prompt with jinja template: no user query", found=False),
        refused(
            "The maximum context length is 8192 tokens; the messages and the function "
            "parameters need 9000.",
            found=False,
        ),
        refused("response_format: json_schema is not supported with tools", found=False),
    ),
)
