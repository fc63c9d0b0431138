"""Stands for a public MCP server: lists the tools that the server of that name listed when asked.

The answers are those of tests/data/mcp (see its README); the name is the last word that has one.
"""

import json
import os
import re
import sys
from pathlib import Path

SAVED = Path(os.environ["SAVED_MCP"])


def saved() -> object:
    for word in reversed([re.sub(r".*(?:mcp-)?server-", "", part) for part in sys.argv]):
        if (file := SAVED / f"{Path(word).name}.json").is_file():
            return json.loads(file.read_text(encoding="utf-8"))["result"]
    sys.exit(f"no saved answer for {sys.argv}")


tools = saved()
for line in sys.stdin:
    asked = json.loads(line)
    match asked.get("method"):
        case "initialize":
            told = {
                "protocolVersion": asked["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "saved", "version": "1"},
            }
        case "tools/list":
            told = tools
        case unknown if "id" in asked:
            error = {"code": -32601, "message": f"no method {unknown}"}
            print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}), flush=True)
            continue
        case _:
            continue
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": told}), flush=True)
