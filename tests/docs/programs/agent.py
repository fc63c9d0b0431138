"""Stands for an agent of yours: asks what prompt.txt says, in Anthropic's format, for one call."""

import json
import os
import urllib.request
from pathlib import Path

tool = {
    "name": "Read",
    "description": "Reads a file.",
    "input_schema": {
        "type": "object",
        "properties": {"file_path": {"type": "string"}},
        "required": ["file_path"],
    },
}
body = {
    "model": "claude-opus-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": Path("prompt.txt").read_text()}],
    "tools": [tool],
}
asked = urllib.request.Request(
    f"{os.environ['ANTHROPIC_BASE_URL']}/v1/messages",
    json.dumps(body).encode(),
    {"content-type": "application/json", "x-api-key": "sk-ant-of-a-test-0123456789"},
)
with urllib.request.urlopen(asked, timeout=20) as reply:
    (call,) = [block for block in json.load(reply)["content"] if block["type"] == "tool_use"]
assert (call["name"], call["input"]) == ("Read", {"file_path": "/etc/hostname"})
