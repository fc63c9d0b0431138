"""Every family: golden texts, round trips, what cannot be written, what cannot be read."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.jsonvalue import same
from toolfuzz.engines import native
from toolfuzz.engines.native import NotExpressible, UnreadableText, families, family

UNTYPED = (
    "beam",
    "dots",
    "glm45",
    "glm47",
    "hy3",
    "iquest_q1",
    "k2_horizon",
    "longcat_tags",
    "mimo",
    "minicpm5",
    "minimax_m2",
    "muse_glimmer",
    "qwen3_coder",
    "step3",
    "step3p5",
)
NARROW = {
    "function_gemma": "no place for the key|no null",
    "gemma4": "no place for the key",
    "lfm2": "no escapes",
    "mimo": "Python's None",
    "minicpm5": "no escapes",
    "minimax_m3": "no place for|look-alike|second reading",
    "olmo3": "no escapes",
    "step3p5": "Python's None",
}
ONE_CALL = ("gigachat3", "gigachat31", "gpt_oss", "internlm2", "llama3")

WEATHER = Tool(
    "get_weather",
    "",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "where": {"$ref": "#/$defs/Where"},
        },
        "$defs": {"Where": {"type": "object", "properties": {"days": {"type": "integer"}}}},
    },
)
PARIS = ExpectedCall("get_weather", {"city": "Paris", "where": {"days": 3, "x": [True, None]}})
FLAT = ExpectedCall("get_weather", {"city": "Paris", "where": {"days": 3}})
ROME = ExpectedCall("get_weather", {"city": "Rome"})
WHERE = '{"days": 3, "x": [true, null]}'
PLAIN = ExpectedCall("get_weather", {"city": "Paris", "days": 3})
# Families that can't write what PARIS holds.
WRITTEN = {"function_gemma": PLAIN, "minimax_m3": FLAT}

GOLDEN = {
    "glm45": f"<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n"
    f"<arg_key>where</arg_key>\n<arg_value>{WHERE}</arg_value>\n</tool_call>",
    "glm47": f"<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value>"
    f"<arg_key>where</arg_key><arg_value>{WHERE}</arg_value></tool_call>",
    "qwen3_coder": f"<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n"
    f"<parameter=where>\n{WHERE}\n</parameter>\n</function>\n</tool_call>",
    "minimax_m2": f'<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Paris'
    f'</parameter>\n<parameter name="where">{WHERE}</parameter>\n</invoke>\n</minimax:tool_call>',
    "kimi_k2": "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0"
    f'<|tool_call_argument_begin|>{{"city": "Paris", "where": {WHERE}}}<|tool_call_end|>'
    "<|tool_calls_section_end|>",
    "deepseekv3": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n"
    f'```json\n{{"city": "Paris", "where": {WHERE}}}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    "deepseekv31": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>"
    f'{{"city": "Paris", "where": {WHERE}}}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    "deepseekv32": '\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n'
    '<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n'
    f'<｜DSML｜parameter name="where" string="false">{WHERE}</｜DSML｜parameter>\n'
    "</｜DSML｜invoke>\n</｜DSML｜function_calls>",
    "deepseekv4": '\n\n<｜DSML｜tool_calls>\n<｜DSML｜invoke name="get_weather">\n'
    '<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n'
    f'<｜DSML｜parameter name="where" string="false">{WHERE}</｜DSML｜parameter>\n'
    "</｜DSML｜invoke>\n</｜DSML｜tool_calls>",
    "deepseekv41": '\n\n<｜DSML｜ calls>\n<｜DSML｜ invoke name="get_weather">\n'
    '<｜DSML｜ parameter name="city" string="true">Paris</｜DSML｜ parameter>\n'
    f'<｜DSML｜ parameter name="where" string="false">{WHERE}</｜DSML｜ parameter>\n'
    "</｜DSML｜ invoke>\n</｜DSML｜ calls>",
    "gemma4": '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,'
    "where:{days:3,x:[true,null]}}<tool_call|>",
    "kimi_k3": '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|>'
    '<|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|>'
    f'<|open|>argument key="where" type="object"<|sep|>{WHERE}<|close|>argument<|sep|>'
    "<|close|>call<|sep|><|close|>tools<|sep|>",
    "mistral_v11": f'[TOOL_CALLS]get_weather[ARGS]{{"city": "Paris", "where": {WHERE}}}',
    "qwen25": '<tool_call>\n{"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}\n</tool_call>',
    "llama3": f'{{"name": "get_weather", "parameters": {{"city": "Paris", "where": {WHERE}}}}}',
    "mistral_v11_ids": "[TOOL_CALLS]get_weather[CALL_ID]000000001[ARGS]"
    f'{{"city": "Paris", "where": {WHERE}}}',
    "granite": '<|tool_call|>[\n    {\n        "name": "get_weather",\n        "arguments": {\n'
    '            "city": "Paris",\n            "where": {\n                "days": 3,\n'
    '                "x": [\n                    true,\n                    null\n'
    "                ]\n            }\n        }\n    }\n]",
    "granite_20b_fc": '<function_call> {"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}',
    "phi4_mini": 'functools[{"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}]',
    "internlm2": '<|action_start|><|plugin|>\n{"name": "get_weather", "parameters": '
    f'{{"city": "Paris", "where": {WHERE}}}}}<|action_end|>',
    "jamba": '<tool_calls>[\n    {"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}\n]</tool_calls>',
    "xlam": f'[{{"name": "get_weather", "arguments": {{"city": "Paris", "where": {WHERE}}}}}]',
    "longcat": '<longcat_tool_call>\n{"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}\n</longcat_tool_call>',
    "longcat_tags": "<longcat_tool_call>get_weather\n<longcat_arg_key>city</longcat_arg_key>\n"
    "<longcat_arg_value>Paris</longcat_arg_value>\n<longcat_arg_key>where</longcat_arg_key>\n"
    f"<longcat_arg_value>{WHERE}</longcat_arg_value>\n</longcat_tool_call>",
    "function_gemma": "<start_function_call>call:get_weather{city:<escape>Paris<escape>,days:3}"
    "<end_function_call>",
    "olmo3": f"<function_calls>\nget_weather(city='Paris', where={WHERE})\n</function_calls>",
    "seed_oss": "<seed:tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n"
    "<parameter=where>{'days': 3, 'x': [True, None]}</parameter>\n</function>\n</seed:tool_call>",
    "plamo3": "<|plamo:begin_tool_requests:plamo|><|plamo:begin_tool_request:plamo|>"
    "<|plamo:begin_tool_name:plamo|>get_weather<|plamo:end_tool_name:plamo|>"
    "<|plamo:begin_tool_arguments:plamo|><|plamo:constrain|>json<|plamo:msg|>"
    f'{{"city": "Paris", "where": {WHERE}}}<|plamo:end_tool_arguments:plamo|>'
    "<|plamo:end_tool_request:plamo|><|plamo:end_tool_requests:plamo|>",
    "deepseekv3_prompted": '```json\n{"name": "get_weather", "parameters": '
    f'{{"city": "Paris", "where": {WHERE}}}}}\n```',
    "pythonic": "[get_weather(city='Paris', where={'days': 3, 'x': [True, None]})]",
    "mistral": '[TOOL_CALLS] [{"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}]',
    "apertus": f'<|tools_prefix|>[{{"get_weather": {{"city": "Paris", "where": {WHERE}}}}}]'
    "<|tools_suffix|>",
    "command_a": '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "get_weather", '
    f'"parameters": {{"city": "Paris", "where": {WHERE}}}}}\n]<|END_ACTION|>',
    "hunyuan_a13b": '<tool_calls>[{"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}]</tool_calls>',
    "lfm2": f"<|tool_call_start|>[get_weather(city='Paris', where={WHERE})]<|tool_call_end|>",
    "beam": " to=get_weather<|channel|>analysis <|constrain|>xml<|message|>"
    '<rfl:parameter name="city">\nParis\n</rfl:parameter>'
    f'<rfl:parameter name="where">\n{WHERE}\n</rfl:parameter><|call|>',
    "dots": '<dots_function_call>\n<invoke name="get_weather">\n<parameter name="city">Paris'
    f'</parameter>\n<parameter name="where">{WHERE}</parameter>\n</invoke>\n</dots_function_call>',
    "gigachat3": '<|message_sep|>\n\nfunction call<|role_sep|>\n{"name": "get_weather", '
    f'"arguments": {{"city": "Paris", "where": {WHERE}}}}}',
    "gigachat31": '<|function_call|>{"name": "get_weather", "arguments": '
    f'{{"city": "Paris", "where": {WHERE}}}}}',
    "gigachat35": '<｜GCML｜tool_calls>\n<｜GCML｜invoke name="get_weather">\n'
    '<｜GCML｜parameter name="city" string="true">Paris</｜GCML｜parameter>\n'
    f'<｜GCML｜parameter name="where" string="false">{WHERE}</｜GCML｜parameter>\n'
    "</｜GCML｜invoke>\n</｜GCML｜tool_calls>",
    "hy3": "<tool_calls>\n<tool_call>get_weather<tool_sep>\n<arg_key>city</arg_key>\n"
    "<arg_value>Paris</arg_value>\n<arg_key>where</arg_key>\n"
    f"<arg_value>{WHERE}</arg_value>\n</tool_call>\n</tool_calls>",
    "inkling": "<|message_model|>get_weather<|content_invoke_tool_json|>"
    '{"name":"get_weather","args":{"city":"Paris","where":{"days":3,"x":[true,null]}}}'
    "<|end_message|>",
    "interns1": '<|action_start|> <|plugin|>\n{"name": "get_weather", "parameters": '
    f'{{"city": "Paris", "where": {WHERE}}}}}<|action_end|>',
    "iquest_q1": "<iquest_tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris"
    f"</arg_value><arg_key>where</arg_key><arg_value>{WHERE}</arg_value></iquest_tool_call>",
    "k2_horizon": "<ifm|tool_calls>\n<ifm|tool_call>get_weather\n"
    "<ifm|arg_key>city</ifm|arg_key>\n<ifm|arg_value>Paris</ifm|arg_value>\n"
    f"<ifm|arg_key>where</ifm|arg_key>\n<ifm|arg_value>{WHERE}</ifm|arg_value>\n"
    "</ifm|tool_call>\n</ifm|tool_calls>",
    "mimo": "<tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n"
    f"<parameter=where>{WHERE}</parameter>\n</function>\n</tool_call>",
    "minicpm5": '<function name="get_weather"><param name="city">Paris</param>'
    "<param name=\"where\">{'days': 3, 'x': [True, None]}</param></function>",
    "minimax_m3": ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">'
    "]<]minimax[>[<city>Paris]<]minimax[>[</city>]<]minimax[>[<where>]<]minimax[>[<days>3"
    "]<]minimax[>[</days>]<]minimax[>[</where>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>",
    "muse_glimmer": " to=get_weather<|message|><atem:function_calls>\n"
    '<atem:invoke name="get_weather">\n<atem:parameter name="city">Paris</atem:parameter>\n'
    f'<atem:parameter name="where">{WHERE}</atem:parameter>\n</atem:invoke>\n'
    "</atem:function_calls>",
    "step3": "<｜tool_calls_begin｜>\n<｜tool_call_begin｜>function<｜tool_sep｜>"
    '<steptml:invoke name="get_weather">\n<steptml:parameter name="city">Paris'
    f'</steptml:parameter>\n<steptml:parameter name="where">{WHERE}</steptml:parameter>\n'
    "</steptml:invoke><｜tool_call_end｜>\n<｜tool_calls_end｜>",
    "step3p5": "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n"
    f"<parameter=where>\n{WHERE}\n</parameter>\n</function>\n</tool_call>",
    "gpt_oss": "<|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json"
    f'<|message|>{{"city": "Paris", "where": {WHERE}}}<|call|>',
}


def test_every_family_has_a_golden_text() -> None:
    assert set(GOLDEN) == set(families())


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_text(name: str) -> None:
    call = WRITTEN.get(name, PARIS)
    assert family(name).render([call], [WEATHER]) == GOLDEN[name]
    assert family(name).read(GOLDEN[name], [WEATHER]) == [call]


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - set(ONE_CALL)))
def test_several_calls(name: str) -> None:
    calls = [WRITTEN.get(name, PARIS), ROME, ROME]
    assert family(name).read(family(name).render(calls, [WEATHER]), [WEATHER]) == calls


@pytest.mark.parametrize("name", ONE_CALL)
def test_a_family_that_writes_one_call_says_so(name: str) -> None:
    with pytest.raises(NotExpressible):
        family(name).render([PARIS, ROME], [WEATHER])


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_prose_is_no_call_and_no_call_is_no_text(name: str) -> None:
    assert family(name).read("It rains in [Paris] {today}, 3 < 4.", [WEATHER]) == []
    assert family(name).render([], [WEATHER]) == ""


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"pythonic"}))
def test_a_cut_text_is_unreadable(name: str) -> None:
    with pytest.raises(UnreadableText):
        family(name).read(GOLDEN[name].partition("Paris")[0], [WEATHER])


# Values with the one schema that admits them in a single reading.
# Every marker begins with one of three characters, and Hypothesis knows the markers from the code.
words = st.text(st.characters(codec="utf-8", exclude_characters="<[｜"), max_size=12)
leaves = st.one_of(st.none(), st.booleans(), st.integers(), words, st.floats(allow_nan=False))
json_values = st.recursive(
    leaves.filter(lambda v: v not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
PARAMETERS: dict[str, tuple[dict[str, object], st.SearchStrategy[object]]] = {
    "text": ({"type": "string"}, words),
    "count": ({"type": "integer"}, st.integers()),
    "ratio": ({"type": "number"}, st.floats(allow_nan=False, allow_infinity=False)),
    "flag": ({"type": "boolean"}, st.booleans()),
    "maybe": ({"type": ["integer", "null"]}, st.none() | st.integers()),
    "items": ({"type": "array"}, st.lists(json_values, max_size=3)),
    "behind": ({"$ref": "#/$defs/Any"}, st.dictionaries(words, json_values, max_size=3)),
    "union": (
        {"anyOf": [{"$ref": "#/$defs/Any"}, {"type": "null"}]},
        st.none() | st.dictionaries(words, json_values, max_size=3),
    ),
}
TYPED = Tool(
    "typed",
    "",
    {
        "type": "object",
        "properties": {key: schema for key, (schema, _) in PARAMETERS.items()},
        "$defs": {"Any": {"type": "object"}},
    },
)
typed_arguments = st.fixed_dictionaries(
    {}, optional={key: values for key, (_, values) in PARAMETERS.items()}
)


@pytest.mark.parametrize("name", sorted(GOLDEN))
@settings(max_examples=25, deadline=None)
@given(arguments=typed_arguments)
def test_typed_values_come_back(name: str, arguments: dict[str, object]) -> None:
    """One type a parameter: always expressible, but for what stands without quotes or escapes."""
    call = ExpectedCall("typed", arguments)
    try:
        text = family(name).render([call], [TYPED])
    except NotExpressible as limit:
        assert re.search(NARROW[name], limit.reason)
        return
    read = family(name).read(text, [TYPED])
    assert [c.tool for c in read] == ["typed"]
    assert same(read[0].arguments, arguments)


hostile = st.sampled_from(
    [
        "<",
        "[",
        "<tool_call>",
        "</arg_value>",
        "</parameter>",
        "\n",
        " ",
        "]",
        '"',
        "'",
        "5",
        "null",
        "{}",
        "\\n",
    ]
)
hostile_words = st.lists(hostile | words, max_size=4).map("".join)


@pytest.mark.parametrize("name", sorted(GOLDEN))
@settings(max_examples=25, deadline=None)
@given(
    arguments=st.dictionaries(hostile_words, hostile_words | json_values, max_size=3),
    schema=st.sampled_from(
        [
            {},
            {"additionalProperties": {"type": "string"}},
            {"additionalProperties": {"type": "object"}},
        ]
    ),
)
def test_what_is_written_is_read_back_or_refused(
    name: str, arguments: dict[str, object], schema: dict[str, object]
) -> None:
    tool = Tool("any", "", schema)
    call = ExpectedCall("any", arguments)
    try:
        text = family(name).render([call], [tool])
    except NotExpressible as limit:
        assert limit.reason
        return
    read = family(name).read(text, [tool])
    assert [c.tool for c in read] == ["any"]
    assert same(read[0].arguments, arguments)


@pytest.mark.parametrize("name", UNTYPED)
@pytest.mark.parametrize(
    ("schema", "value", "expressible"),
    [
        ({"type": "string"}, "5", True),
        ({"type": "integer"}, 5, True),
        ({"type": ["string", "integer"]}, "5", False),
        ({"type": ["string", "integer"]}, 5, False),
        ({"type": ["string", "integer"]}, "five", True),
        ({"type": ["string", "null"]}, "null", False),
        ({"type": ["string", "object"]}, {"a": 1}, True),
        ({"type": ["string", "object"]}, '{"a": 1}', False),
        ({"properties": {"a": {}}}, {"a": 1}, True),
        ({}, [1], True),
        ({}, "[1]", False),
        ({}, True, False),
        ({}, "a", True),
        ({"type": "object"}, {"a": "5"}, True),
        ({"enum": ["5", 6]}, "5", True),
        ({"anyOf": [{"type": "object"}, {"enum": ["all"]}]}, {"a": 1}, True),
    ],
)
def test_ambiguous_values_are_not_expressible(
    name: str, schema: dict[str, object], value: object, expressible: bool
) -> None:
    tool = Tool("t", "", {"type": "object", "properties": {"v": schema}})
    calls = [ExpectedCall("t", {"v": value})]
    if expressible:
        assert family(name).read(family(name).render(calls, [tool]), [tool]) == calls
    else:
        with pytest.raises(NotExpressible, match="look-alike"):
            family(name).render(calls, [tool])


NEARLY = {
    "escape": r"['\d']",
    "set": "{1, 2}",
    "infinite": "1e999",
    "tuple": "(1,)",
    "digits": "9" * 5000,
    "deep": "[" * 500,
    "zero": "\0",
}


@pytest.mark.parametrize("text", NEARLY.values(), ids=NEARLY)
def test_a_string_that_is_nearly_a_python_literal_comes_back(text: str) -> None:
    tool = Tool("t", "", {"properties": {"v": {"type": "string"}}})
    calls = [ExpectedCall("t", {"v": text})]
    assert family("minicpm5").read(family("minicpm5").render(calls, [tool]), [tool]) == calls


def test_a_union_at_the_root_decides_between_readings() -> None:
    """Neither key has a schema of its own that could be looked up by name."""
    tool = Tool(
        "t",
        "",
        {
            "anyOf": [
                {"properties": {"kind": {"const": "n"}, "v": {"type": "integer"}}},
                {"properties": {"kind": {"const": "s"}, "v": {"type": "string"}}},
            ],
            "required": ["kind", "v"],
        },
    )
    for arguments in ({"kind": "n", "v": 5}, {"kind": "s", "v": "5"}):
        calls = [ExpectedCall("t", arguments)]
        for name in UNTYPED:
            assert family(name).read(family(name).render(calls, [tool]), [tool]) == calls


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_own_markers_are_refused_at_any_depth_or_read_back(name: str) -> None:
    tool = Tool("t", "", {"type": "object"})
    one = family(name)
    marker = one.markers[-1]
    for arguments in ({"a": f"x{marker}y"}, {"a": [{"b": marker}]}, {"a": {marker: 1}}):
        calls = [ExpectedCall("t", arguments), ExpectedCall("t", {})]
        if one.quotes:
            assert one.read(one.render(calls, [tool]), [tool]) == calls
        else:
            with pytest.raises(NotExpressible):
                one.render(calls[:1], [tool])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("pythonic", ExpectedCall("get-weather", {})),
        ("pythonic", ExpectedCall("f", {"class": 1})),
        ("pythonic", ExpectedCall("f", {"ﬁ": 1})),  # Python would read it as "fi"
        ("qwen3_coder", ExpectedCall("f", {"a>b": 1})),
        ("minimax_m2", ExpectedCall("f", {'a"b': 1})),
        ("deepseekv32", ExpectedCall("f", {'a"b': 1})),
        ("kimi_k2", ExpectedCall("a:b", {})),
        ("gpt_oss", ExpectedCall("a.b", {})),
    ],
)
def test_names_that_the_format_has_no_place_for(name: str, call: ExpectedCall) -> None:
    with pytest.raises(NotExpressible):
        family(name).render([call], [Tool(call.tool, "", {"type": "object"})])


def test_unknown_family_names_the_nearest() -> None:
    with pytest.raises(UsageError) as error:
        family("glm46")
    assert "glm45" in str(error.value.hint)


def test_parser_names_lead_to_families() -> None:
    expected = {
        "minimax-m2": "minimax_m2",
        "gpt-oss": "gpt_oss",
        "hermes": "qwen25",
        "glm": "glm45",
        "gigachat3": "gigachat3",
        "step5": "step3p5",
    }
    for parser, name in expected.items():
        found = native.family_of_parser(parser)
        assert found is not None
        assert found.name == name
    assert native.family_of_parser("response_template") is None


def test_a_new_family_is_one_new_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "telegraph.py").write_text(
        "from toolfuzz.engines.native import Family\n"
        "FAMILY = Family('telegraph', 'T', 'https://example.org', (), ('STOP',),\n"
        "                lambda calls, tools: 'STOP', lambda text, tools: [])\n"
    )
    monkeypatch.setattr(native, "__path__", [*native.__path__, str(tmp_path)])
    families.cache_clear()
    try:
        assert family("telegraph").render([], []) == "STOP"
    finally:
        families.cache_clear()


def test_kimi_counts_its_calls_on_over_the_turns() -> None:
    kimi = family("kimi_k2")
    text = kimi.render([ExpectedCall("a", {"b": "c:7"}), ExpectedCall("a", {})], [])
    after = kimi.count_on(text, 9)
    assert "functions.a:9<" in after and "functions.a:10<" in after
    assert kimi.read(after, []) == kimi.read(text, [])
