"""What servers say when they refuse a history that they made themselves, and what only sounds so.

A row: the defect, the public report that quotes the words, the words (shortened), and words like
them that say something else and must name no defect of a history.
"""

from typing import NamedTuple

__all__ = ["WORDINGS", "Wording"]


class Wording(NamedTuple):
    """One way of refusing."""

    slug: str
    source: str
    said: str
    unlike: str


PAIRING, UNKNOWN, FORM = "pairing-rejected", "id-rewritten", "id-format"
REUSED = "id-reused-across-turns"
TYPE, PARSE, METADATA = "history-args-type", "history-args-reparse", "opaque-metadata-required"

WORDINGS = [
    # Gemini and Vertex
    Wording(
        METADATA,
        "google-gemini/gemini-cli#26682",
        "Function call is missing a thought_signature in functionCall parts.",
        "The request is missing a valid API key.",
    ),
    Wording(
        METADATA,
        "google-gemini/gemini-cli#14437",
        "Unable to submit request because function call `f` is missing a `thought_signature`.",
        "Unable to submit request because the function is missing from the deployment.",
    ),
    Wording(
        METADATA,
        "google-gemini/gemini-cli#13467",
        "Corrupted thought signature.",
        "Corrupted image data.",
    ),
    Wording(
        PAIRING,
        "google-gemini/gemini-cli#16415",
        "Please ensure that the number of function response parts is equal to the number of "
        "function call parts of the function call turn.",
        "Please ensure that the number of function declarations is at most 128.",
    ),
    Wording(
        PAIRING,
        "google-gemini/gemini-cli#11814",
        "Please ensure that function call turn comes immediately after a user turn or after a "
        "function response turn.",
        "Please ensure that function calling is enabled for this model.",
    ),
    Wording(
        PAIRING,
        "langchain-ai/langchain#27799",
        "Please ensure that function response turn comes immediately after a function call turn.",
        "Please ensure that the response modality is TEXT.",
    ),
    Wording(
        PAIRING,
        "ollama/ollama#14214",
        "* GenerateContentRequest.contents[2].parts[0].function_response.name: Name cannot be "
        "empty.",
        "* GenerateContentRequest.contents[0].parts[0].text: cannot be empty.",
    ),
    Wording(
        UNKNOWN,
        "router-for-me/CLIProxyAPI#5692",
        'invalid Gemini function call history: functionResponse.id "fco_1" does not match '
        'functionCall.id "call_1"',
        "The request's project does not match the key's.",
    ),
    Wording(
        PAIRING,
        "run-llama/LlamaIndexTS#1634",
        "Content with role 'user' can't contain 'functionResponse' part",
        "Content with role 'user' can't contain 'videoMetadata' part",
    ),
    Wording(
        PAIRING,
        "the-open-agent/openagent#1666",
        "Please use a valid role: user, model.",
        "Please use a valid API key.",
    ),
    Wording(
        METADATA,
        "musistudio/claude-code-router#1057",
        "Gemini models require OpenRouter reasoning details to be preserved in each request.",
        "Gemini models require OpenRouter credits to be topped up before each request.",
    ),
    # Bedrock
    Wording(
        PAIRING,
        "strands-agents/harness-sdk#1435",
        "The number of toolResult blocks at messages.2.content exceeds the number of toolUse "
        "blocks of previous turn.",
        "The number of images exceeds the number that this model takes.",
    ),
    Wording(
        PAIRING,
        "camel-ai/camel#3954",
        "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_b",
        "Expected toolConfig to be valid for this model.",
    ),
    Wording(
        PAIRING,
        "strands-agents/harness-sdk#1223",
        "messages.4.content: Conversation blocks and tool result blocks cannot be provided in the "
        "same turn.",
        "Temperature and top_p cannot be provided in the same request.",
    ),
    Wording(
        PAIRING,
        "langchain-ai/langchain-aws#451",
        "Did not find 1 `tool_result` block(s) at the beginning of this message. Messages "
        "following `tool_use` blocks must begin with a matching number of `tool_result` blocks.",
        "Did not find the guardrail at the given ARN.",
    ),
    Wording(
        PAIRING,
        "langgenius/dify#9294",
        "A conversation must alternate between user and assistant roles.",
        "A conversation is limited to 100 documents.",
    ),
    Wording(
        FORM,
        "run-llama/llama_index#22775",
        "Value 'a!' at 'messages.2.member.content.1.member.toolUse.toolUseId' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+",
        "Value 'x' at 'guardrailConfig.guardrailIdentifier' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-z0-9]+",
    ),
    Wording(
        PAIRING,
        "vxcontrol/pentagi#196",
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        "The toolConfig field must be defined in us-east-1 only.",
    ),
    Wording(
        PAIRING,
        "aws-samples/sample-multi-agent-orchestration-chat-on-agentcore#15",
        "The content field at messages.2.content.0.toolResult cannot be empty when status value is "
        "error.",
        "The text field at messages.0.content.0 cannot be empty.",
    ),
    Wording(
        TYPE,
        "vercel/ai#19023",
        "The format of the value at messages.3.content.0.toolUse.input is invalid. Provide a json "
        "object for the field and try again.",
        "The format of the value at inferenceConfig.maxTokens is invalid. Provide a number.",
    ),
    # Mistral
    Wording(
        PAIRING,
        "mistralai/client-ts#106",
        "Not the same number of function calls and responses",
        "Not the same number of tokens as announced",
    ),
    Wording(
        PAIRING,
        "onyx-dot-app/onyx#6458",
        "Unexpected role 'user' after role 'tool'",
        "Unexpected character in the model's name",
    ),
    Wording(
        PAIRING,
        "crewAIInc/crewAI#2194",
        "Expected last role User or Tool (or Assistant with prefix True) for serving but got "
        "assistant",
        "Expected the key's last four characters",
    ),
    Wording(
        PAIRING,
        "mistralai/mistral-inference#135",
        "Unexpected role RoleEnum.tool",
        "Your role may not use this tool",
    ),
    Wording(
        FORM,
        "BibekBhusal0/zen-custom-js#7",
        "Tool call id was call_search but must be a-z, A-Z, 0-9, with a length of 9.",
        "The project's id must be a-z, A-Z, 0-9.",
    ),
    Wording(
        PAIRING,
        "vllm-project/vllm#38738",
        "Invalid assistant message: role='assistant' content=None tool_calls=[ToolCall(id='a')]",
        "Invalid assistant: this account has none of that name",
    ),
    Wording(
        FORM,
        "ggml-org/llama.cpp#11402",
        "Tool call IDs should be alphanumeric strings with length 9!",
        "Project IDs should be alphanumeric strings with length 9!",
    ),
    Wording(
        PAIRING,
        "OpenHands/OpenHands#8685",
        "Assistant message must have either content or tool_calls, but not none.",
        "Assistant ids must have either a prefix or a region, but not none.",
    ),
    # OpenAI Chat Completions and those who speak its words
    Wording(
        PAIRING,
        "BerriAI/litellm#10083",
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. The following tool_call_ids did not have response messages: call_D",
        "A function with 'strict' must be followed by the flag's own schema.",
    ),
    Wording(
        PAIRING,
        "agno-agi/agno#3105",
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. (insufficient tool messages following tool_calls message)",
        "insufficient balance",
    ),
    Wording(
        PAIRING,
        "QwenLM/qwen-code#606",
        '<400> InternalError.Algo.InvalidParameter: An assistant message with "tool_calls" must be '
        'followed by tool messages responding to each "tool_call_id".',
        "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]",
    ),
    Wording(
        PAIRING,
        "FoundationAgents/OpenManus#744",
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
        "'json_object'.",
    ),
    Wording(
        PAIRING,
        "elizaOS/eliza#18179",
        "Messages with role 'tool' must be a response to a preceeding message with 'tool_calls'",
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    ),
    Wording(
        FORM,
        "Portkey-AI/gateway#1062",
        "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum "
        "length 40, but got a string with length 44 instead.",
        "Invalid 'user': string too long. Expected a string with maximum length 64.",
    ),
    # OpenAI Responses
    Wording(
        PAIRING,
        "openai/openai-agents-python#673",
        "No tool output found for function call call_u.",
        "No tool of that name is known to this account.",
    ),
    Wording(
        UNKNOWN,
        "continuedev/continue#10092",
        "No tool call found for function call output with call_id call_1.",
        "No endpoints found that support tool use.",
    ),
    Wording(
        PAIRING,
        "openai/codex#42088",
        "input: missing field 'call_id'",
        "input: missing field 'model'",
    ),
    Wording(
        METADATA,
        "continuedev/continue#8933",
        "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        "Value 'xhigh' of 'reasoning.effort' is not provided for this model.",
    ),
    Wording(
        METADATA,
        "TanStack/ai#1212",
        "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: "
        "'rs_1'.",
        "Invalid value: 'reasoning_effort' is required to be one of 'low', 'high'.",
    ),
    Wording(
        METADATA,
        "openai/codex#8145",
        "The encrypted content gAAA...DQ== could not be verified.",
        "Your organization must be verified to use the model.",
    ),
    Wording(
        METADATA,
        "earendil-works/pi#5059",
        "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
        "File with id 'file_1' not found.",
    ),
    Wording(
        FORM,
        "AnswerDotAI/fastllm#45",
        "Invalid 'input[2].call_id': string too long. Expected a string with maximum length 64.",
        "Invalid 'metadata.trace': string too long. Expected a string with maximum length 512.",
    ),
    Wording(
        FORM,
        "nodetool-ai/nodetool#4252",
        "Invalid 'input[1].id': 'call_1'. Expected an ID that begins with 'fc'.",
        "Invalid 'prompt.id': 'p_1'. Expected a template of yours.",
    ),
    # Anthropic
    Wording(
        PAIRING,
        "anthropics/claude-code#8210",
        "messages.167: `tool_use` ids were found without `tool_result` blocks immediately after: "
        "toolu_0. Each `tool_use` block must have a corresponding `tool_result` block in the next "
        "message.",
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    Wording(
        PAIRING,
        "anthropics/claude-code#24670",
        "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1.",
        "messages.0.content.0: unexpected end of image data",
    ),
    Wording(
        PAIRING,
        "trycua/cua#524",
        "messages.1.content.1: `tool_use` ids must be unique",
        "Tool names must be unique.",
    ),
    Wording(
        PAIRING,
        "mark3labs/mcphost#36",
        'messages: Unexpected role "tool". Allowed roles are "user" or "assistant".',
        'messages: Input should be a valid list. Allowed types are "list".',
    ),
    Wording(
        FORM,
        "maximhq/bifrost#5097",
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
        "metadata.user_id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Wording(
        METADATA,
        "anthropics/claude-code#10627",
        "messages.1.content.0: Invalid `signature` in `thinking` block",
        "The request signature we calculated does not match the signature you provided.",
    ),
    Wording(
        METADATA,
        "Kilo-Org/kilocode#5219",
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
        "`tool_use`. When `thinking` is enabled, a final `assistant` message must start with a "
        "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).",
        "`temperature` may only be set to 1 when thinking is enabled.",
    ),
    Wording(
        METADATA,
        "anthropics/claude-code#63203",
        "messages.3.content.11: `thinking` or `redacted_thinking` blocks in the latest assistant "
        "message cannot be modified.",
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
    ),
    Wording(
        PAIRING,
        "aaif-goose/goose#7425",
        "This model does not support assistant message prefill. The conversation must end with a "
        "user message.",
        "This model does not support user-defined stop sequences.",
    ),
    # ids that the endpoint gave out twice
    Wording(
        REUSED,
        "NousResearch/hermes-agent#102629",
        "Duplicate function_call_output for call_id 'terminal:0'. Each function_call must have "
        "exactly one matching function_call_output",
        "Duplicate request: another one with this idempotency key is running",
    ),
    Wording(
        REUSED,
        "BerriAI/litellm#23510",
        "messages.3.content.0: `tool_use` ids must be unique",
        "File names must be unique.",
    ),
    Wording(
        REUSED,
        "earendil-works/pi#9057",
        "Duplicate 'call_id': undefined",
        "Duplicate 'seed': 1",
    ),
    Wording(
        REUSED,
        "craft-ai-agents/craft-agents-oss#753",
        'messages[22].tool_calls[*] reuses id "call_0" already seen earlier',
        "messages[0] reuses a cached prefix",
    ),
    # DeepSeek, Kimi, MiniMax, DashScope, Zhipu
    Wording(
        METADATA,
        "earendil-works/pi#3636",
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
        "The thinking mode must be paid for by the token.",
    ),
    Wording(
        METADATA,
        "decolua/9router#2397",
        "The `content[].thinking` in the thinking mode must be passed back to the API.",
        "The thinking mode of this model may not be turned off.",
    ),
    Wording(
        METADATA,
        "continuedev/continue#11600",
        "thinking is enabled but reasoning_content is missing in assistant tool call message at "
        "index 2",
        "tool_choice specified is incompatible with thinking enabled",
    ),
    Wording(
        UNKNOWN,
        "MiniMax-AI/MiniMax-M2#76",
        "invalid params, tool result's tool id(call_function_1) not found (2013)",
        "invalid params, model not found (2013)",
    ),
    Wording(
        PAIRING,
        "MiniMax-AI/MiniMax-M2#69",
        "invalid params, tool call result does not follow tool call (2013)",
        "invalid params, invalid chat setting (2013)",
    ),
    Wording(
        PARSE,
        "earendil-works/pi#5468",
        "invalid params, invalid function arguments json string, tool_call_id: call_1 (2013)",
        "invalid params, chat content has invalid message role: system (2013)",
    ),
    Wording(
        PARSE,
        "HKUDS/nanobot#1487",
        '<400> InternalError.Algo.InvalidParameter: The "function.arguments" parameter of the code '
        "model must be in JSON format.",
        "<400> InternalError.Algo.InvalidParameter: The stop parameter must be a list.",
    ),
    Wording(
        PAIRING,
        "MetaGLM/zhipuai-sdk-python-v4#14",
        "messages 参数非法。请检查文档。",
        "model 参数非法。请检查文档。",
    ),
    Wording(
        UNKNOWN,
        "Kilo-Org/kilocode#3967",
        "invalid params, tool call id is invalid (2013)",
        "invalid params, invalid tool type: (2013)",
    ),
    Wording(
        PAIRING,
        "Kilo-Org/kilocode#3967",
        "invalid params, tool call and result not match (2013)",
        "invalid params, function parameters is empty (2013)",
    ),
    Wording(
        PAIRING,
        "microsoft/autogen#5814",
        "<400> InternalError.Algo.InvalidParameter: Empty tool_calls is not supported in message.",
        "<400> InternalError.Algo.InvalidParameter: Empty tools is not supported.",
    ),
    Wording(
        PAIRING,
        "AstrBotDevs/AstrBot#6852",
        "The request failed because it is missing `messages.content` parameter.",
        "The request failed because it is missing `model` parameter.",
    ),
    Wording(
        PAIRING,
        "XiaomiMiMo/MiMo-V2-Flash#8",
        "Param Incorrect - `text` is not present",
        "Param Incorrect - `text` is longer than the model reads",
    ),
    # Groq, Cohere, Databricks, xAI, Perplexity, Snowflake, NIM
    Wording(
        PAIRING,
        "hackclub/ai#22",
        "'messages.3' : for 'role:tool' the following must be satisfied[('messages.3.tool_call_id' "
        ": property 'tool_call_id' is missing)]",
        "property 'n' must be 1",
    ),
    Wording(
        PAIRING,
        "tashfeenahmed/freellmapi#1070",
        "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : "
        "property 'reasoning_content' is unsupported)]",
        "'messages.0' : for 'role:system' the following must be satisfied[('messages.0.content' : "
        "value must be a string)]",
    ),
    Wording(
        PAIRING,
        "langchain-ai/langchain-cohere#15",
        "invalid request: all elements in history must have a message.",
        "invalid request: the history of your account must be paid first.",
    ),
    Wording(
        PAIRING,
        "natefleming/dao-ai#94",
        "Multiple tool calls are not supported.",
        "Multiple system prompts are not supported.",
    ),
    Wording(
        PAIRING,
        "oracle/langchain-oracle#9",
        "invalid request: cannot specify message if the last entry in chat history "
        "contains tool results",
        "invalid request: cannot specify both message and messages",
    ),
    Wording(
        PAIRING,
        "langchain-ai/langchain#34140",
        "Invalid request content: Each message must have at least one content element.",
        "Invalid request content: Each request must have at most one image element.",
    ),
    Wording(
        PAIRING,
        "perplexityai/api-discussion#265",
        "After the (optional) system message(s), user and assistant roles should be alternating.",
        "After the trial, user and service accounts should be paid for.",
    ),
    Wording(
        PAIRING,
        "aaif-goose/goose#5997",
        "Requests cannot contain `assistant` role in the final position when `tools` are used.",
        "Requests cannot contain `top_k` when `tools` are used.",
    ),
    Wording(
        PAIRING,
        "CherryHQ/cherry-studio#16155",
        "request: Value error, Empty content is not allowed for assistant messages",
        "request: Value error, Empty content is not allowed for embeddings",
    ),
    Wording(
        PAIRING,
        "earendil-works/pi#1574",
        "Message content as a list is only supported for user messages.",
        "Image input is only supported for user messages.",
    ),
    Wording(
        PAIRING,
        "BerriAI/litellm#8661",
        "Please ensure all messages are valid OpenAI chat completion messages.",
        "Please ensure all keys are valid OpenAI keys.",
    ),
    # vLLM, SGLang, TGI, TabbyAPI and their chat templates
    Wording(
        TYPE,
        "QwenLM/Qwen3#1894",
        "Can only get item pairs from a mapping.",
        "Can only get logprobs from a chat model.",
    ),
    Wording(
        TYPE,
        "zai-org/GLM-5#158",
        "'str object' has no attribute 'items'",
        "'NoneType' object has no attribute 'lower'",
    ),
    Wording(
        TYPE,
        "0xPlaygrounds/rig#1362",
        "1 validation error for Message\ncontent.0\n  Input should be a valid dictionary or "
        "instance of Content [type=model_type, input_value=x, input_type=ValidatorIterator]",
        "1 validation error for ChatCompletionRequest\ntemperature\n  Input should be less than or "
        "equal to 2 [type=less_than_equal, input_value='tool_call_id not found', input_type=str]",
    ),
    Wording(
        TYPE,
        "vllm-project/vllm#34438",
        "Validating messages' `tool_calls` raised an error. Please ensure `tool_calls` are "
        "iterable of tool calls.",
        "Validating your account raised an error. Please ensure that it is active.",
    ),
    Wording(
        PARSE,
        "huggingface/physics-intern#6",
        "Expecting ',' delimiter: line 1 column 14 (char 13)",
        "Expecting a bearer token: line 1 of the header",
    ),
    Wording(
        PAIRING,
        "huggingface/text-generation-inference#3198",
        "Template error: syntax error: Conversation roles must alternate user/assistant/user/...",
        "Model error: weights must be loaded first",
    ),
    Wording(
        PARSE,
        "theroyallab/tabbyAPI#301",
        "Object of type ToolCall is not JSON serializable",
        "Object of type float32 is not JSON serializable",
    ),
    Wording(
        PARSE,
        "MoonshotAI/kimi-cli#1171",
        "unexpected end of data: line 1 column 133 (char 132)",
        "unexpected end of data: the connection was closed",
    ),
    Wording(
        PARSE,
        "justrach/codegraff#752",
        "messages.70.tool_calls.0.function.arguments: arguments must be a valid JSON object string",
        "response_format.json_schema: must be a valid JSON object",
    ),
    # llama.cpp, LM Studio, Ollama
    Wording(
        PARSE,
        "ggml-org/llama.cpp#25510",
        "Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error "
        "at line 1, column 2: syntax error while parsing object key",
        "Failed to parse the grammar: parse error at line 1",
    ),
    Wording(
        PAIRING,
        "ggml-org/llama.cpp#19851",
        "While executing CallExpression at line 189, column 32 in source: Error: Jinja Exception: "
        "After the optional system message, conversation roles must alternate user and assistant "
        "roles except for tool calls and results.",
        "While executing the request the slot was lost",
    ),
    Wording(
        PAIRING,
        "janhq/jan#6123",
        "Value is not callable: null at row 49, column 79: {%- set content = m_content %}",
        "Value is not allowed: top_k of 0",
    ),
    Wording(
        PAIRING,
        "lmstudio-ai/lmstudio-bug-tracker#1586",
        'Error rendering prompt with jinja template: "No user query found in messages.".',
        'Error rendering prompt with jinja template: "Unknown StringValue filter: safe".',
    ),
    Wording(
        PAIRING,
        "lmstudio-ai/lmstudio-bug-tracker#842",
        'Error rendering prompt with jinja template: "Cannot pass both content and thinking in an '
        'assistant message with tool calls!"',
        "Cannot pass both temperature and top_p.",
    ),
    Wording(
        TYPE,
        "aliasrobotics/cai#76",
        "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls."
        "function.arguments of type api.ToolCallFunctionArguments",
        "json: cannot unmarshal string into Go struct field ChatRequest.options of type int",
    ),
    Wording(
        PAIRING,
        "cubist38/mlx-openai-server#205",
        "Message has tool role, but there was no previous assistant message with a tool call!",
        "There was no previous download of this model.",
    ),
    Wording(
        PAIRING,
        "unslothai/unsloth#7426",
        "This model only supports single tool-calls at once!",
        "This model only supports one request at once!",
    ),
    Wording(
        PAIRING,
        "ollama/ollama#12395",
        "Invalid tool usage: mismatch between tool calls and tool results",
        "Invalid usage: mismatch between the model's digest and its manifest",
    ),
    Wording(
        PAIRING,
        "SAIL-Research-Lab/cheetahclaws#72",
        "invalid message content type: <nil>",
        "invalid content type: text/plain",
    ),
    Wording(
        PAIRING,
        "lmstudio-ai/lmstudio-bug-tracker#261",
        "Invalid 'content': 'content' field must be a string or an array of objects.",
        "'messages' array must only contain objects with a 'role' field that is in "
        "[user, assistant, system, tool]. Got 'developer'",
    ),
    Wording(
        PAIRING,
        "ggml-org/llama.cpp#13471",
        "Expected 'content' to be a string or an array",
        "Unable to generate parser for this template. Automatic parser generation "
        "failed: While executing CallExpression at line 163, column 57",
    ),
    Wording(
        PAIRING,
        "NousResearch/hermes-agent#95229",
        "invalid 'messages' in payload",
        "invalid 'model' in payload",
    ),
    Wording(
        PAIRING,
        "ggml-org/llama.cpp#15242",
        "You have passed a message containing <|channel|> tags in the content field.",
        "You have passed a key containing <|channel|> tags.",
    ),
    Wording(
        PAIRING,
        "lanqian528/chat2api#240",
        "Failed to format messages.",
        "Failed to format the disk.",
    ),
]
