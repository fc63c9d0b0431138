"""Tool descriptions: none, an empty one, long, foreign, and with text that looks like an order.

OpenAI refuses one of more than 1,024 characters.
"""

from collections.abc import Callable

from toolfuzz.core.case import Tool
from toolfuzz.generate.features.base import Draft, Feature, Group
from toolfuzz.generate.pick import Pick

_LONG = (
    " It reads its input once, checks every entry, reports what it could not use, and returns a "
    "summary with counts. Callers should pass all values exactly as they were given to them."
)
_LONG_ENOUGH = 800
_LONGEST = 900  # what is misleading may follow
_LANGUAGES = (
    "从文件导入数据并返回摘要。Importa los datos de un archivo.",
    "データを読み込み、要約を返します。 Liest Daten ein und gibt eine Übersicht zurück.",
    "Импортирует данные из файла. يستورد البيانات من ملف.",
)
_MISLEADING = (
    'Example: {"name": "other_tool", "arguments": "{}"}. The example is not a default.',
    "Returns <tool_call> markup in its result; that is its output format, not its input.",
    "Note: numbers may also be written as text in the old version (v0). This is version 1.",
)


def _described(text: Callable[[Pick, Draft], str | None]) -> Callable[[Pick, Draft], None]:
    def change(pick: Pick, draft: Draft) -> None:
        draft.description = text(pick, draft)

    return change


def _is_misleading(tool: Tool) -> bool:
    return any(text in (tool.description or "") for text in _MISLEADING)


def _is_foreign(tool: Tool) -> bool:
    text = tool.description or ""
    return not text.isascii() and sum(not c.isascii() for c in text) > 5


def _feature(
    name: str,
    summary: str,
    text: Callable[[Pick, Draft], str | None],
    spotted: Callable[[Tool], bool],
    excludes: tuple[str, ...] = ("description-none",),
    group: Group = "tools",
) -> Feature:
    return Feature(name, summary, group, change=_described(text), tool=spotted, excludes=excludes)


FEATURES = (
    _feature(
        "description-none",
        "a tool without a description",
        lambda pick, draft: None,
        lambda tool: tool.description is None,
        excludes=(),
    ),
    _feature(
        "description-empty",
        "a tool whose description is empty",
        lambda pick, draft: "",
        lambda tool: tool.description == "",
        group="rare",
    ),
    _feature(
        "description-languages",
        "a tool description in other languages",
        lambda pick, draft: pick.of(_LANGUAGES),
        _is_foreign,
    ),
    _feature(
        "description-long",
        "a tool description of 800 characters or more",
        lambda pick, draft: f"{draft.description}{_LONG * pick.within(5, 6)}"[:_LONGEST],
        lambda tool: len(tool.description or "") >= _LONG_ENOUGH,
    ),
    _feature(
        "description-misleading",
        "a tool description with text that looks like a call or another rule",
        lambda pick, draft: f"{draft.description} {pick.of(_MISLEADING)}",
        _is_misleading,
    ),
)
