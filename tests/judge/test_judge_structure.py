"""Which calls were made, in all three formats: each structural defect beside its look-alikes."""

import json

import pytest
from judge_wire_bytes import (
    APIS,
    PARIS,
    PING,
    ROME,
    TIME,
    WEATHER,
    ZONE,
    Call,
    case_of,
    chat_call,
    decode,
    plain,
    plain_body,
    slugs,
    verdict,
)

from toolfuzz.core.case import Tool

LYON: Call = ("call_7", "get_weather", '{"city":"Lyon","days":9}')


def named(name: str | None) -> Call:
    return ("call_1", name, PARIS[2])


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("expected", "calls", "found"),
    [
        ([PARIS], [PARIS], []),
        ([PARIS, ROME], [ROME, PARIS], []),
        ([PARIS, ZONE], [ZONE, PARIS], []),
        ([PARIS, PARIS], [PARIS, ("call_8", *PARIS[1:])], []),
        ([PARIS], [PARIS, ("call_8", *PARIS[1:])], ["duplicate-call"]),
        ([PARIS], [PARIS, PARIS], ["duplicate-call"]),
        ([PARIS, ROME], [PARIS, ROME, ("call_8", *ROME[1:])], ["duplicate-call"]),
        ([PARIS], [PARIS, ZONE], ["calls-extra"]),
        ([PARIS], [PARIS, ROME], ["calls-extra"]),
        ([PARIS, ROME], [ROME], ["calls-missing"]),
        ([PARIS], [ZONE], ["wrong-tool"]),
        ([PARIS], [named("run_python")], ["unknown-tool"]),
        ([PARIS], [named("get_weather<|channel|>commentary")], ["name-polluted"]),
        ([PARIS], [named(" get_weather")], ["name-polluted"]),
        ([PARIS], [named("get_weather\n")], ["name-polluted"]),
        ([PARIS], [named("get_weather<arg_key>city</arg_key>")], ["name-polluted"]),
        ([PARIS], [named("GetWeather")], ["name-case"]),
        ([PARIS], [named("get-weather")], ["name-case"]),
        ([PARIS], [named("functions.get_weather:0")], ["name-prefixed"]),
        ([PARIS], [named("default_api.get_weather")], ["name-prefixed"]),
        ([PARIS], [named("get_weatherget_time")], ["name-concatenated"]),
        ([PARIS], [named("")], ["name-empty"]),
        ([PARIS, ROME], [PARIS, ("call_1", *ROME[1:])], ["id-duplicate"]),
    ],
)
def test_calls(api: str, expected: list[Call], calls: list[Call], found: list[str]) -> None:
    assert slugs(case_of(*expected), plain(api, *calls)) == found


def test_merged_calls_are_taken_apart() -> None:
    merged = plain("openai-chat", ("call_1", "get_weather", PARIS[2] + ROME[2]))
    judgement = verdict(case_of(PARIS, ROME), merged)
    assert [f.slug for f in judgement.findings] == ["parallel-merged"]
    assert [json.loads(c.arguments_raw or "") for c in judgement.reply.calls] == [
        json.loads(PARIS[2]),
        json.loads(ROME[2]),
    ]
    glued = plain("openai-chat", ("call_1", "get_weatherget_time", PARIS[2] + "\n" + ZONE[2]))
    assert slugs(case_of(PARIS, ZONE), glued) == ["parallel-merged"]
    assert slugs(case_of(PARIS), merged) == ["args-concatenated"]
    # One name for calls of two tools: nobody called the wrong one.
    for case in (case_of(PARIS, ZONE), case_of(ZONE, PARIS)):
        one_name = plain("openai-chat", ("call_1", "get_weather", PARIS[2] + ZONE[2]))
        assert slugs(case, one_name) == ["parallel-merged"]


def test_order_counts_only_when_given() -> None:
    reply = plain("openai-chat", ROME, PARIS)
    assert slugs(case_of(PARIS, ROME), reply) == []
    assert slugs(case_of(PARIS, ROME, order="given"), reply) == ["calls-reordered"]
    assert slugs(case_of(ROME, PARIS, order="given"), reply) == []


def test_calls_of_one_tool_are_paired_by_agreement() -> None:
    almost = ("call_2", "get_weather", '{"city":"Rome"}')
    judgement = verdict(case_of(PARIS, ROME), plain("openai-chat", almost, PARIS))
    assert {f.call for f in judgement.findings} == {0}


@pytest.mark.parametrize("api", APIS)
def test_tool_choice(api: str) -> None:
    called = plain(api, PARIS)
    assert slugs(case_of(tool_choice="none", kind="no_call"), called) == ["call-when-none"]
    assert slugs(case_of(tools=(), kind="no_call"), called) == ["call-when-none"]
    assert slugs(case_of(kind="no_call"), called) == ["fabricated-call"]
    assert slugs(case_of(kind="no_call"), plain(api, text="No tool fits.")) == []
    assert slugs(case_of(tool_choice="none", kind="no_call"), plain(api, text="As text.")) == []
    forced = case_of(ZONE, tool_choice="tool:get_time")
    assert slugs(forced, called) == ["forced-tool-ignored"]
    assert slugs(forced, plain(api, ZONE)) == []
    assert slugs(forced, plain(api, text="It is noon.")) == ["forced-call-missing"]
    assert slugs(forced, plain(api)) == ["call-dropped"]
    single = case_of(PARIS, parallel=False)
    assert slugs(single, plain(api, PARIS, ROME)) == ["parallel-excess"]
    assert slugs(single, plain(api, PARIS)) == []
    assert slugs(case_of(PARIS, ROME, parallel=True), plain(api, PARIS, ROME)) == []


@pytest.mark.parametrize("api", APIS)
def test_no_call(api: str) -> None:
    case = case_of(PARIS)
    assert slugs(case, plain(api, text="It is sunny in Paris.")) == ["no-call"]
    assert slugs(case, plain(api)) == ["call-dropped"]
    assert slugs(case, plain(api, usage=2)) == ["no-call"]
    assert slugs(case_of(kind="unknown"), plain(api, text="It is sunny.")) == []
    required = case_of(kind="unknown", tool_choice="required")
    assert slugs(required, plain(api, text="It is sunny.")) == ["forced-call-missing"]


def test_finish_calls_empty() -> None:
    case = case_of(PARIS)
    assert slugs(case, plain("openai-chat", finish="tool_calls")) == ["finish-calls-empty"]
    assert slugs(case, plain("anthropic-messages", finish="tool_use")) == ["finish-calls-empty"]


GLM = "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>"
MARKUP = {
    "glm": GLM,
    "glm, no newline": "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris",
    "glm, json": '<tool_call>get_weather>{"city": "Paris"}',
    "hermes": '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>',
    "hermes, cut": '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Par',
    "qwen": "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n",
    "kimi": "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0"
    '<|tool_call_argument_begin|>{"city":"Paris"}<|tool_call_end|>',
    "deepseek": "<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{}",
    "deepseek v3.1": '<｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city":"Paris"}',
    "dsml": '<｜DSML｜tool_calls>\n<｜DSML｜invoke name="get_weather">\n',
    "dsml, ascii": '<|DSML|tool_calls>\n<|DSML|invoke name="get_weather">\n',
    "minimax": '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Paris',
    "harmony": '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"c',
    "mistral": '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris"}}]',
    "mistral v11": '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}',
    "gemma": '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>',
    "llama": '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}',
    "lfm": '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>',
    "pythonic": '[get_weather(city="Paris", days=3)]',
    "json": '{"name": "get_weather", "arguments": {"city": "Paris"}}',
    "json, fenced": 'Sure:\n```json\n{"name": "get_weather", "parameters": {"city": "Paris"}}\n```',
    "json, openai": json.dumps({"tool_calls": [chat_call(PARIS)]}),
    "dsml, doubled bars": '<｜｜DSML｜｜invoke name="get_weather">\n<｜｜DSML｜｜parameter name="c',
    "dsml, other bars": '<‖DSML‖tool_calls>\n<‖DSML‖invoke name="get_weather">\n',
    "dsml, ascii doubled": '<||DSML||invoke name="get_weather">\n</||DSML||invoke>',
    "invoke": '<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n</invoke>',
    "invoke, namespaced": "<ns:function_calls>\n<ns:invoke name='get_weather'>\n</ns:invoke>",
    "invoke, with elements": "<function_calls><invoke><tool_name>get_weather</tool_name></invoke>",
    "tool_use": '<tool_use id="1" name="get_weather">{"city": "Paris"}</tool_use>',
    "step": '<steptml:invoke name="get_weather"><steptml:parameter name="city">Paris',
    "deepseek, ascii": '<|tool_calls_begin|><|tool_call_begin|>get_weather<|tool_sep|>{"city":"P"}',
    "glm, opener lost": "get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>",
    "qwen, opener lost": "get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>",
    "seed": "<seed:tool_call><function=get_weather><parameter=city>Paris</parameter>",
    "minimax m1": '<tool_calls>\n{"name": "get_weather", "arguments": {}}\n</tool_calls>',
    "function_call": '<function_call>{"name": "get_weather", "arguments": {}}</function_call>',
    "longcat": '<longcat_tool_call>{"name": "get_weather", "arguments": {}}</longcat_tool_call>',
    "named tag": '<get_weather>{"city": "Paris"}</get_weather>',
    "named tag, children": "<get_weather>\n<city>Paris</city>\n</get_weather>",
    "named tag, text": "<get_weather>Paris</get_weather>",
    "phi": 'functools[{"name": "get_weather", "arguments": {"city": "Paris"}}]',
    "cohere": '<|START_ACTION|>[{"tool_name": "get_weather", "parameters": {}}]<|END_ACTION|>',
    "internlm": '<|action_start|><|plugin|>{"name": "get_weather", "parameters": {}}<|action_end|>',
    "apertus": '<|tools_prefix|>[{"get_weather": {"city": "Paris"}}]<|tools_suffix|>',
    "kimi-k3": '<|open|>call tool="get_weather" index="0"<|sep|>',
    "lm studio": '[TOOL_REQUEST]{"name": "get_weather", "arguments": {}}[END_TOOL_REQUEST]',
    "ruby": '[TOOL_CALL]{tool => "get_weather", args => {--city "Paris"}}[/TOOL_CALL]',
    "qwen-agent": '✿FUNCTION✿: get_weather\n✿ARGS✿: {"city": "Paris"}',
    "function gemma": "<start_function_call>call:get_weather{city:<escape>Paris<escape>}",
    "react": 'Action: get_weather\nAction Input: {"city": "Paris"}',
    "transcript": '[Assistant tool call]: get_weather({"city": "Paris"})',
    "transcript, colon": '[Tool call: get_weather] {"city": "Paris"}',
    "transcript, calling": 'Calling tool: get_weather with arguments: {"city": "Paris"}',
    "script": 'get_weather({"city": "Paris"})',
    "transcript, fenced": '**Tool Call:** `get_weather`\n```json\n{"city": "Paris"}\n```',
    "transcript, called": '[Called get_weather with args: {"city": "Paris"}]',
    "transcript, signed": '● get_weather(city: "Paris")',
    "dsml, spaced": '< | DSML | tool_calls>\n< | DSML | invoke name="get_weather">',
    "dsml, opener lost": 'DSML｜invoke name="get_weather">\n</｜DSML｜invoke>',
    "deepseek, opener lost": 'get_weather<｜tool▁sep｜>{"city":"Paris"}<｜tool▁call▁end｜>',
    "kimi, opener lost": 'functions.get_weather:0{"city": "Paris"}',
    "element": '<tool>get_weather</tool>\n<args>{"city": "Paris"}</args>',
    "mcp element": "<use_mcp_tool>\n<tool_name>get_weather</tool_name>\n</use_mcp_tool>",
    "groq llama": '<function(get_weather)>{"city": "Paris"}</function>',
    "gemini": 'print(default_api.get_weather(city="Paris"))',
    "pythonic, fenced": '```tool_code\nget_weather(city="Paris")\n```',
    "pythonic, printed": 'print(get_weather(city="Paris"))',
    "gemini, tagged": '<tool_code>\nprint(get_weather(city="Paris"))\n</tool_code>',
    "execute": '<execute_tool name="get_weather">{"city": "Paris"}</execute_tool>',
    "dsml, compact": "<｜｜DSML｜｜r=get_weather>\n<｜｜DSML｜｜parameter=city>Paris",
    "json, cut": '{"name": "get_weather", "arguments": {"city": "Par',
    "json, name alone": '{"name": "get_weather"}',
    "named tag, attributes": '<get_weather city="Paris" />',
    "json, labelled": 'tool_call: {"name": "get_weather", "arguments": {"city": "Paris"}}',
    "json, beside the name": '{"tool": "get_weather", "city": "Paris"}',
    "json, name as key": '{"get_weather": {"city": "Paris"}}',
    "json, blocks": '[{"type": "tool_use", "id": "x", "name": "get_weather", "input": {}}]',
    "python": "{'name': 'get_weather', 'arguments': {'city': 'Paris'}}",
    "json, action": '{"action": "get_weather", "action_input": {"city": "Paris"}}',
    "json, recipient": json.dumps(
        {"tool_uses": [{"recipient_name": "functions.get_weather", "parameters": {}}]}
    ),
}

# A call only where it is all the text.
PERHAPS_SAID = ("json, fenced", "transcript, fenced", "json, cut")
ALONE = (
    "pythonic",
    "pythonic, fenced",
    "pythonic, printed",
    "python",
    "json, name as key",
    "json, name alone",
)


@pytest.mark.parametrize("dialect", MARKUP)
def test_calls_in_text(dialect: str) -> None:
    text = MARKUP[dialect]
    case = case_of(PARIS)
    assert slugs(case, plain("openai-chat", text=text)) == ["call-in-content"]
    reasoned = plain("openai-chat", text="", reasoning=f"Let me see.\n{text}")
    if dialect not in ALONE:
        assert slugs(case, reasoned) == ["call-in-reasoning"]
    assert slugs(case, plain("openai-chat", PARIS, text=text)) in (
        ["call-and-markup"],
        [] if dialect in PERHAPS_SAID else ["call-and-markup"],
    )


WHOLE = [
    name
    for name, text in MARKUP.items()
    if text[-1] in ">}])" and "cut" not in name and name != "gemini"
]


@pytest.mark.parametrize("dialect", WHOLE)
def test_a_reply_that_is_nothing_but_a_call_as_text(dialect: str) -> None:
    """Without a known answer it fails as well."""
    case = case_of(kind="unknown")
    assert slugs(case, plain("openai-chat", text=MARKUP[dialect])) == ["call-in-content"]


def test_a_call_as_text_behind_prose() -> None:
    case = case_of(kind="unknown")
    text = f"I will look.\n\n{MARKUP['invoke']}"
    assert slugs(case, plain("openai-chat", text=text)) == ["call-in-content"]


@pytest.mark.parametrize(
    "text",
    [
        f"Write `{MARKUP['named tag']}`",
        f"A call looks like this:\n```\n{MARKUP['hermes']}\n```",
        f"{MARKUP['hermes']}\nis how Hermes writes a call.",
        'Write "<invoke name="get_weather">" to begin a call.',
        f"To call it, write {MARKUP['json']}",
        "I called get_weather.",
        "The <get_weather> tag is ours.",
    ],
)
def test_text_about_calls_passes_where_no_answer_is_known(text: str) -> None:
    assert slugs(case_of(kind="unknown"), plain("openai-chat", text=text)) == []
    assert slugs(case_of(kind="no_call"), plain("openai-chat", text=text)) == []


def test_parameters_without_a_name() -> None:
    text = "<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>"
    weather = Tool("get_weather", "", {"type": "object", "properties": {"city": {}, "days": {}}})
    case = case_of(PARIS, tools=(weather,))
    assert slugs(case, plain("openai-chat", text=text)) == ["call-in-content"]
    other = text.replace("=city", "=place")
    assert slugs(case, plain("openai-chat", text=other)) == ["no-call"]
    assert slugs(case, plain("openai-chat", text=f"Write {text}")) == ["no-call"]


def test_arguments_without_a_name() -> None:
    case = case_of(PARIS)
    bare = '{"city": "Paris", "days": 3}'
    assert slugs(case, plain("openai-chat", text=bare)) == ["call-in-content"]
    reasoned = plain("openai-chat", text="", reasoning=f"I should look.{bare}")
    assert slugs(case, reasoned) == ["call-in-reasoning"]
    assert slugs(case, plain("openai-chat", text='{"city": "Paris"}')) == ["no-call"]
    planned = plain("openai-chat", text="It is sunny.", reasoning=bare)
    assert slugs(case, planned) == ["no-call"]


@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>",
        "\n</tool_call>",
        ">\n</tool_call>",
        "I look.</tool_call>",
        "I look. </tool_call>",
        "</function>\n</tool_call>",
        '{"city": "Paris", "days": 3}',
        f"Let me look: {MARKUP['hermes']}",
        f"I look it up. {MARKUP['invoke']}",
        f"I look it up\n{MARKUP['glm']}\n\nDone.",
        "<think>\nThe user wants the weather.\n</think>\n\n",
        "The user wants the weather.\n</think>\nI look.",
        "Looking it up.<|close|>message<|sep|>",
        "I look.<|im_end|>",
        "<｜tool▁calls▁end｜>",
        "</｜DSML｜invoke>",
        "</minimax:tool_call>",
        "[/TOOL_CALLS]",
        "<|tool_response>",
        "<parameter=city>",
        "</answer>",
        "The weather, then.</answer>",
    ],
)
def test_markers_beside_a_right_call(text: str) -> None:
    reply = plain("openai-chat", PARIS, text=text)
    assert slugs(case_of(PARIS), reply) == ["call-and-markup"]
    assert slugs(case_of(kind="unknown"), reply) == ["call-and-markup"]
    asking = case_of(PARIS, prompt=f"Say {text!r} and {text}")
    assert slugs(asking, reply) == []


@pytest.mark.parametrize(
    "text",
    [
        "I will call `</tool_call>` now.",
        "A call ends with </tool_call>, as you know.",
        "The <answer> tag holds what is said.",
        "<think> is a tag of reasoning models.",
        'The "<|im_end|>" token ends a turn.',
        "```xml\n<tool_call>\n```\nis how it begins.",
        f"A call looks like this:\n```\n{MARKUP['hermes']}\n```",
        "1 < 2 and 3 > 2; see [1] and <https://example.org>.",
        "I look up the weather in Paris.",
        "The format is <tool_call>get_weather, then its arguments.",
        "The format is <tool_call>get_weather\n<arg_key>city</arg_key>…",
        'I write <tool_call>{"name": "get_weather", "arguments": {…}}</tool_call>, as asked.',
        "Qwen writes <function=get_weather> with a <parameter=city> inside.",
        'One opens with <invoke name="get_weather"> and closes with </invoke>.',
        "Kimi says <|tool_call_begin|>functions.get_weather:0 as it begins.",
        'Models say [TOOL_CALLS]get_weather{"city": "Paris"} here.',
        "<b>Paris</b> it is.",
        "Paris",
    ],
)
def test_prose_beside_a_right_call(text: str) -> None:
    assert slugs(case_of(PARIS), plain("openai-chat", PARIS, text=text)) == []


def test_values_of_a_right_call_in_the_text() -> None:
    write = Tool("write", "", {"type": "object", "properties": {"path": {}, "text": {}}})
    line = "Chapter one. The ship left the harbour at dawn."
    call = ("c", "write", json.dumps({"path": "/tmp/book.txt", "text": line}))
    case = case_of(call, tools=(write,))
    for text in (f"/tmp/book.txt{line}", f"I write.\n/tmp/book.txt\n{line}\n"):
        assert slugs(case, plain("openai-chat", call, text=text)) == ["call-and-markup"]
    for text in ("/tmp/book.txt", f"I write {line!r} to /tmp/book.txt.", line[:12]):
        assert slugs(case, plain("openai-chat", call, text=text)) == []
    one = ("c", "write", json.dumps({"text": line}))
    said = case_of(one, tools=(write,))
    assert slugs(said, plain("openai-chat", one, text=f"{line}\n")) == ["call-and-markup"]
    assert slugs(said, plain("openai-chat", one, text=f"I write: {line}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "I would use get_weather for that.",
        "Models write <tool_call> before a call.",
        "The <tool_call>get_weather form belongs to GLM.",
        "get_weather(city) takes a city.",
        '{"name": "get_weather", "description": "Weather of a city."}',
        '{"name": "Paris", "arguments": {"in": "France"}}',
        "<tool_call>run_python\n<arg_key>code</arg_key>",
        '<invoke name="other">',
        "[TOOL_CALLS] are a Mistral token.",
        "[get_weather](https://example.org)",
    ],
)
def test_text_about_calls_is_left_alone(text: str) -> None:
    assert slugs(case_of(PARIS), plain("openai-chat", text=text)) == ["no-call"]
    beside = ["call-and-markup"] if text.endswith("</arg_key>") else []
    assert slugs(case_of(PARIS), plain("openai-chat", PARIS, text=text)) == beside


def test_markup_of_the_question_is_no_call() -> None:
    quoting = case_of(PARIS, prompt=f"Say this and call the tool: {GLM}")
    assert slugs(quoting, plain("openai-chat", PARIS, text=f"You said {GLM}")) == []
    write = Tool("write", "", {"type": "object", "properties": {"text": {"type": "string"}}})
    call = ("c", "write", json.dumps({"text": GLM.replace("get_weather", "write")}))
    case = case_of(call, tools=(write,))
    said = f"I will write {GLM.replace('get_weather', 'write')}"
    assert slugs(case, plain("openai-chat", call, text=said)) == []


def test_markup_where_no_call_was_allowed() -> None:
    none = case_of(tool_choice="none", kind="no_call")
    assert slugs(none, plain("openai-chat", text=GLM)) == ["call-when-none"]
    assert slugs(none, plain("openai-chat", text=MARKUP["json"])) == []
    assert slugs(case_of(kind="no_call"), plain("openai-chat", text=f"Such as {GLM}")) == []


@pytest.mark.parametrize("choice", ["auto", "none"])
def test_a_reply_that_should_be_text_leaves_the_same_traces(choice: str) -> None:
    """Native markup, a finish reason without its call, or nothing at all is no right answer."""
    abstain = case_of(tool_choice=choice, kind="no_call", prompt="Thank you, that was all.")
    markup = "call-when-none" if choice == "none" else "call-in-content"
    assert slugs(abstain, plain("openai-chat", text=GLM)) == [markup]
    odd = plain("openai-chat", text="You're welcome.", finish="tool_calls")
    assert slugs(abstain, odd) == ["finish-calls-empty"]
    assert slugs(abstain, plain("openai-chat", text="")) == ["empty-reply"]
    assert slugs(abstain, plain("openai-chat", text="You're welcome.")) == []


def test_without_an_oracle_markup_must_be_the_reply() -> None:
    unknown = case_of(kind="unknown")
    assert slugs(unknown, plain("openai-chat", text=GLM)) == ["call-in-content"]
    assert slugs(unknown, plain("openai-chat", text=f"GLM writes {GLM}")) == []
    abstain = case_of(kind="no_call")
    assert slugs(abstain, plain("openai-chat", text=MARKUP["json"])) == []


def test_second_call_in_the_text() -> None:
    reply = plain("openai-chat", ROME, text=GLM)
    assert slugs(case_of(PARIS, ROME), reply) == ["call-in-content"]


def test_prose_beside_a_call_is_legal() -> None:
    reply = plain("openai-chat", PARIS, text="I look it up.", reasoning="I need get_weather here.")
    assert slugs(case_of(PARIS), reply) == []


def test_planning_in_json_is_no_markup() -> None:
    plan = 'I call {"name": "get_weather", "arguments": {"city": "Paris"}} now.'
    assert slugs(case_of(PARIS), plain("openai-chat", PARIS, text=plan)) == []
    assert slugs(case_of(PARIS), plain("openai-chat", PARIS, text=None, reasoning=plan)) == []


def test_legacy_function_call() -> None:
    body = plain_body("openai-chat")
    message = body["choices"][0]["message"]
    message["function_call"] = {"name": PARIS[1], "arguments": PARIS[2]}
    for finish in ("function_call", "stop"):
        body["choices"][0]["finish_reason"] = finish
        reply = decode("openai-chat", body)
        assert slugs(case_of(PARIS), reply) == ["legacy-function-call"]
        assert slugs(case_of(ROME, PARIS), reply) == ["legacy-function-call"]


def test_invented_tool_hides_no_second_finding() -> None:
    offered = case_of(PARIS, ROME, tools=(WEATHER, TIME, PING))
    reply = plain("openai-chat", ("a", "run", "{}"), ("b", "run", "[]"))
    assert slugs(offered, reply) == ["unknown-tool"]


def test_checks_count_single_values() -> None:
    right = verdict(case_of(PARIS), plain("openai-chat", PARIS))
    assert (right.checks, right.checks_failed, right.status) == (4, 0, "pass")
    assert (right.called, right.schema_valid) == (True, True)
    none = verdict(case_of(PARIS), plain("openai-chat", text="No."))
    assert (none.checks, none.checks_failed, none.status) == (4, 4, "fail")
    assert (none.called, none.schema_valid) == (False, None)
    half = verdict(case_of(PARIS, ROME), plain("openai-chat", PARIS))
    assert (half.checks, half.checks_failed) == (7, 4)
    assert verdict(case_of(PARIS), plain("openai-chat", LYON)).checks_failed == 2
    unknown = verdict(case_of(PARIS), plain("openai-chat", named("run_python")))
    assert unknown.schema_valid is False
