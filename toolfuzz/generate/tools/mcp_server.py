"""Which MCP server is meant: a command, an address, or an entry of an ``mcp.json``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.text import printable
from toolfuzz.generate.tools.reading import parse_json, read_bytes
from toolfuzz.system.specs import command_without_secrets, secrets_of_command, without_secrets
from toolfuzz.system.specs import words_of as words_of_command
from toolfuzz.system.variables import filled

__all__ = ["McpServer", "server_of"]

_KEYS = ("mcpServers", "servers")
"""Where the servers stand: for Claude, Cursor and most others, and for VS Code."""
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class McpServer:
    """How a server is reached: ``command`` over stdio, else ``url``.

    ``shown`` names it without secrets, ``secrets`` are what nothing that is said may hold.
    ``variables`` come on top of this process's own; ``folder`` is where it is started. ``sse``: by
    the transport of before streamable HTTP.
    """

    shown: str
    command: tuple[str, ...] = ()
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    sse: bool = False
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


def server_of(spec: str, headers: Mapping[str, str] | None = None) -> McpServer:
    """Return the server that ``--mcp`` means; ``headers`` go to an address that is given as such.

    An ``mcp.json`` may come from anybody and names programs: one of its servers is meant only when
    it is named, ``mcp.json#NAME``; else UsageError says which there are. Raises UsageError.
    """
    if re.match(r"https?://", spec):
        hidden = {*secrets_of_command(spec), *(headers or {}).values()}
        return McpServer(_address(spec), url=spec, headers=headers or {}, secrets=frozenset(hidden))
    path, _, name = spec.partition("#")
    if path.endswith(".json") and (Path(path).is_file() or not re.search(r"\s", path)):
        return _entry(Path(path), name)
    words = _words(spec)
    shown = Path(next(command_without_secrets(words))).name
    return McpServer(shown, tuple(words), secrets=frozenset(secrets_of_command(words)))


def _words(command: str) -> list[str]:
    try:
        words = words_of_command(command)
    except ValueError as error:
        shown = without_secrets(command)
        raise UsageError(f"--mcp {shown!r}: {error}", "check the quotes") from None
    if not words:
        raise UsageError("--mcp: the command is empty", 'for example --mcp "mcp-server-time"')
    return words


def _address(url: str) -> str:
    """Return it without query and password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError("--mcp: the address is none", "write https://host/mcp") from None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _entry(path: Path, name: str) -> McpServer:
    servers = _servers(path)
    if name not in servers:
        listed = [f"{other} ({_summary(entry)})" for other, entry in servers.items()]
        more = ", …" if len(listed) > _MOST_SHOWN else ""
        told = printable(", ".join(listed[:_MOST_SHOWN]) + more)
        what = f"has no server {name!r}" if name else "may name any program, so nothing is started"
        near = did_you_mean(name, servers) if name else None
        hint = near or f"name the one that you mean: --mcp '{path}#{next(iter(servers))}'"
        raise UsageError(f"{path} {what}; it has {told}", printable(hint))
    return _read(f"{path}#{name}", servers[name], path)


def _servers(path: Path) -> dict[str, JsonObject]:
    document = parse_json(read_bytes(path), str(path))
    for key in _KEYS:
        found = document.get(key) if isinstance(document, dict) else None
        if isinstance(found, dict):
            servers = {name: entry for name, entry in found.items() if isinstance(entry, dict)}
            if servers:
                return servers
    raise UsageError(f"{path}: no MCP servers in it", f"they stand under {' or '.join(_KEYS)}")


def _summary(entry: JsonObject) -> str:
    if isinstance(entry.get("command"), str):
        words = [entry["command"], *_list(entry.get("args"))]
        return f"starts {' '.join(command_without_secrets(words))[:200]}"
    return without_secrets(str(entry.get("url")))[:200]


def _list(value: Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _read(shown: str, entry: JsonObject, path: Path) -> McpServer:
    """https://code.visualstudio.com/docs/copilot/reference/mcp-configuration has most fields."""
    if "envFile" in entry:
        raise UsageError(f"{shown}: its envFile isn't read", "give it yourself: --env-file FILE")
    folder = path.resolve().parent
    if folder.name in (".vscode", ".cursor"):
        folder = folder.parent
    known = {"workspaceFolder": str(folder), "userHome": str(Path.home())}
    fill = _Filling(shown, known)
    headers, variables = fill.texts(entry, "headers"), fill.texts(entry, "env")
    hidden = {*headers.values(), *variables.values()}
    if "command" in entry:
        words = [fill.text(entry, "command"), *(fill(word) for word in fill.words(entry))]
        cwd = Path(fill.text(entry, "cwd")) if "cwd" in entry else None
        hidden |= secrets_of_command(words)
        return McpServer(
            shown, tuple(words), variables=variables, folder=cwd, secrets=frozenset(hidden)
        )
    url = fill.text(entry, "url")
    if not re.match(r"https?://", url):
        raise UsageError(f"{shown}: url begins with neither http:// nor https://")
    hidden |= secrets_of_command(url)
    sse = entry.get("type") == "sse"
    return McpServer(shown, url=url, headers=headers, sse=sse, secrets=frozenset(hidden))


@dataclass(frozen=True, slots=True)
class _Filling:
    """Reads an entry's members, with the values of the variables that they name."""

    shown: str
    known: Mapping[str, str]

    def __call__(self, text: str) -> str:
        return filled(text, self.shown, self.known)

    def text(self, entry: JsonObject, key: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value:
            raise UsageError(f"{self.shown}: {key} is no text", "it needs command, or url")
        return self(value)

    def texts(self, entry: JsonObject, key: str) -> dict[str, str]:
        value = entry.get(key) or {}
        if not isinstance(value, dict):
            raise UsageError(f"{self.shown}: {key} is no object of texts")
        return {name: self(str(text)) for name, text in value.items() if text is not None}

    def words(self, entry: JsonObject) -> list[str]:
        value = entry.get("args") or []
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise UsageError(f"{self.shown}: args is no list of texts")
        return value
