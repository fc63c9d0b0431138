"""Tools as a page names them: python:shop.tools:TOOLS."""

TOOLS = [{"name": "ping", "parameters": {"properties": {"n": {"type": "integer"}}}}]
