"""Values: ordinary ones, and canaries that known defects change on their way.

Each table starts with its simplest entry. The canary classes are those that reported parser,
template and gateway bugs are triggered by; ``classify`` names the class of any string.
"""

import re
from functools import lru_cache

__all__ = [
    "AMOUNTS",
    "BIG_INTEGERS",
    "CANARIES",
    "COUNTS",
    "ODD_NUMBERS",
    "WORDS",
    "classify",
]

WORDS: tuple[str, ...] = (
    "report",
    "north",
    "data/input.csv",
    "release candidate",
    "Weekly summary",
    "alice@example.org",
    "eu-west-1",
    "s3://bucket/path/file.parquet",
    "The quick brown fox.",
    "v2",
    "checkout-service",
    "Room 4B",
    "utf-8",
    "SELECT id FROM users",
    "https://example.org/a?b=c",
    "blue",
    "/srv/app/config.yaml",
    "one, two and three",
    "Q3 budget",
    "main",
)
"""Text that nothing should trip over."""

COUNTS: tuple[int, ...] = (0, 1, 2, 3, 5, 7, 8, 10, 12, 24, 42, 64, 100, 250, 365, 443, 8080, -1)
AMOUNTS: tuple[float, ...] = (0.5, 1.5, 0.25, 2.75, 3.125, 12.5, 99.95, 0.2, -3.5, 1234.56, 0.001)

BIG_INTEGERS: tuple[int, ...] = (
    9007199254740993,
    2512292042121000001,
    -9007199254740993,
    9223372036854775807,
    1152921504606846977,
)
"""Beyond 2**53: a double can't hold them."""

ODD_NUMBERS: tuple[float | int, ...] = (120000, 0.1, 1e21, -0.0, 1e-7, 100.0, 0.30000000000000004)
"""Numbers whose spelling tempts a writer to change them."""

CANARIES: dict[str, tuple[str, ...]] = {
    "whitespace": (
        " leading and trailing ",
        "    indented = True\n",
        "\n",
        "a\tb\t",
        "line one\r\nline two\r\n",
        "\u00a0no-break\u00a0space\u00a0",
        "two  inner   spaces ",
        "first\n\n\nlast\n",
    ),
    "markup": (
        "</parameter>",
        "a </arg_value> b",
        "</tool_call>",
        "<think>hm</think> ok",
        "<|im_end|>",
        "x <tool_call>y</tool_call> z",
        "a && b < c > d",
        "&amp; &#39; &lt;b&gt;",
        "[TOOL_CALLS] [/TOOL_CALLS]",
        "<|tool_call_begin|>f<|tool_call_end|>",
        "<\uff5ctool\u2581calls\u2581begin\uff5c>",
        "<|channel|>final<|message|>done",
        "<|python_tag|>f(1)",
        "<minimax:tool_call>",
        "<tool_response>ok</tool_response>",
        "<b>bold</b>",
        "<function=f><parameter=p>1",
        "<thinking>no</thinking>",
        "[THINK]so[/THINK]",
        "\u25c1think\u25b7hm\u25c1/think\u25b7",
        '<invoke name="f"></invoke>',
        "<|START_ACTION|>[]<|END_ACTION|>",
        "<|tool_calls_section_begin|>",
        "<tool_use>x</tool_use>",
        "<seed:tool_call>",
    ),
    "json": (
        '{"a":1}',
        "[1,2]",
        "[label]: x",
        '{"deep": {"er": [true, null]}}',
        '"quoted"',
        "[]",
        "{}",
        "```json",
        '```json\n{"a": 1}\n```',
        "{'python': None}",
        "}",
        "{",
        "]}",
        "[",
    ),
    "number": (
        "02134",
        "123_456",
        "1e5",
        "+1",
        "42",
        "3.0",
        "-0",
        "1.10",
        "0x1F",
        "9007199254740993",
    ),
    "literal": (
        "true",
        "null",
        "None",
        "False",
        "NaN",
        "undefined",
        "__proto__",
        "constructor",
        "toString",
        "yes",
        "2024-01-31",
        "2024-01-31T08:00:00Z",
        "7b0c1e9e-2f7a-4d57-9f1a-3a3f0b1c2d4e",
    ),
    "escape": (
        "C:\\new\\table",
        "\\d+\\.\\w*",
        'she said "it\'s"',
        "back`tick`",
        "100% \\n not a line break",
        "\\u0041 stays",
        "trailing backslash \\",
        "$HOME/${x} {{y}} {% z %}",
    ),
    "unicode": (
        "naïve café",
        "北京 上海",
        "👩‍👩‍👧‍👦 family",
        "𠜎𠜱 astral",
        "e\u0301 combining",
        "left\u2028right",
        "one\u2029two\u2028three\u0085four",
        "\u201ctypographic\u201d \u2018quotes\u2019 \u201elow\u201c",
        "مرحبا",
        "zero\u200bwidth",
        "ﬁ ligature Å",
        "🇪🇺 €",
    ),
    "empty": ("",),
    "long": ("The ingest step reads one row at a time. " * 250,),
}
"""Strings by class; ``long`` is about 10 kB."""

_EXACT = {text: name for name, texts in CANARIES.items() for text in texts}
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("empty", re.compile(r"\A\Z")),
    ("long", re.compile(r".{4000}", re.DOTALL)),
    ("whitespace", re.compile(r"\A\s|\s\Z|\r|\t|\xa0|  ")),
    ("markup", re.compile(r"<[/|a-z\uff5c]|&[a-z#]|&&|\[/?(?:TOOL_|THINK)|[\u25c1\u25b7]")),
    ("json", re.compile(r"\A[\[{\"\]}]|```")),
    ("number", re.compile(r"\A[+-]?[0-9][0-9_.]*(?:[eExX][+-]?[0-9A-Fa-f]+)?\Z")),
    (
        "literal",
        re.compile(
            r"\A(?:true|false|null|none|nan|undefined|yes|no|__proto__|constructor|toString)\Z",
            re.IGNORECASE,
        ),
    ),
    ("escape", re.compile(r"[\\\"`]|\$\{|\{\{")),
    ("unicode", re.compile(r"[^\x00-\x7f]")),
)
_PLAIN = frozenset(WORDS)


@lru_cache(maxsize=4096)
def classify(text: str) -> str | None:
    """Return the canary class that the string belongs to, None for ordinary text."""
    if text in _PLAIN:
        return None
    exact = _EXACT.get(text)
    return exact or next((name for name, shape in _SHAPES if shape.search(text)), None)
