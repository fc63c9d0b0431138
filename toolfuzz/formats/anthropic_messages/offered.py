"""The tools of a Messages request, and which of them must be called.

Beside the user's own there are tools that Anthropic defines. Clients run some of them (a shell, an
editor, a computer): they are called by name, with an input whose schema the service keeps to
itself. Others run on the server, and their calls are blocks of other kinds.

https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
"""

from collections.abc import Iterator

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.formats.reading import objects, offering, string, tool_of

__all__ = ["choice_of", "offered"]

_ON_THE_SERVER = (
    "advisor_",
    "code_execution_",
    "mcp_toolset",
    "tool_search_tool_",
    "web_fetch_",
    "web_search_",
)
# One entry stands for all of these names (anthropic 2.14, types/*_tool_use_block.py).
_COMPUTER = """
cursor_position double_click hold_key key left_click left_click_drag left_mouse_down left_mouse_up
middle_click mouse_move right_click screenshot scroll triple_click type wait zoom
"""
_BROWSER = """
close_tab double_click file_upload find form_input get_page_text hold_key hover javascript_exec key
left_click left_click_drag left_mouse_down left_mouse_up list_tabs middle_click mouse_move navigate
new_tab read_console read_network read_page right_click screenshot scroll scroll_to switch_tab
triple_click type wait zoom
"""
_TOOLSETS = {"computer_toolset_": _COMPUTER, "browser_toolset_": _BROWSER}


def offered(body: JsonObject) -> tuple[Tool, ...]:
    """Read the tools of a request whose calls go to the client."""
    return offering(tool for entry in objects(body.get("tools")) for tool in _called(entry))


def choice_of(body: JsonObject, choice: JsonObject) -> str:
    """Read what must be called: nothing that is seen here, where a tool of the server will do."""
    servers = [entry for entry in objects(body.get("tools")) if _is_servers(entry)]
    match choice.get("type"):
        case "any":
            return "auto" if servers else "required"
        case "tool":
            name = string(choice, "name") or ""
            return "auto" if any(entry.get("name") == name for entry in servers) else f"tool:{name}"
        case "none":
            return "none"
        case _:
            return "auto"


def _called(entry: JsonObject) -> Iterator[Tool]:
    if _is_servers(entry):
        return
    kind = string(entry, "type") or ""
    for family, names in _TOOLSETS.items():
        if kind.startswith(family):
            yield from (Tool(name, None, {}, declared=False) for name in names.split())
            return
    if string(entry, "name"):
        yield tool_of(entry, entry.get("input_schema"))


def _is_servers(entry: JsonObject) -> bool:
    own = isinstance(entry.get("input_schema"), dict)
    return not own and (string(entry, "type") or "").startswith(_ON_THE_SERVER)
