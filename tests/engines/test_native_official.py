"""Every family beside what its models' own templates render, as `canitoolcall` has recorded it.

Its fixtures of the kind ``template_render`` are past turns of an assistant, put through the
published chat template or encoder, with the calls that they mean.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import canitoolcall
import pytest

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.core.jsonvalue import same
from toolfuzz.engines.native import NotExpressible, family

MODELS = {
    "deepseek-ai/DeepSeek-V3-0324": "deepseekv3",
    "deepseek-ai/DeepSeek-V3.1": "deepseekv31",
    "deepseek-ai/DeepSeek-V3.2": "deepseekv32",
    "deepseek-ai/DeepSeek-V4-Flash": "deepseekv4",
    "deepseek-ai/DeepSeek-V4.1-Flash": "deepseekv41",
    "google/gemma-4-31B-it": "gemma4",
    "zai-org/GLM-4.5": "glm45",
    "zai-org/GLM-4.7": "glm47",
    "zai-org/GLM-5.3": "glm47",
    "moonshotai/Kimi-K2-Instruct-0905": "kimi_k2",
    "moonshotai/Kimi-K2.6": "kimi_k2",
    "moonshotai/Kimi-K3": "kimi_k3",
    "meta-llama/Llama-3.3-70B-Instruct": "llama3",
    "mistralai/Mistral-7B-Instruct-v0.3": "mistral",
    "mistralai/Mistral-Small-3.2-24B-Instruct-2506": "mistral_v11",
    "mistralai/Magistral-Small-2509": "mistral_v11",
    "mistralai/Ministral-3-14B-Instruct-2512": "mistral_v11",
    "Qwen/Qwen3-0.6B": "qwen25",
    "Qwen/Qwen3-4B-Instruct-2507": "qwen25",
    "Qwen/Qwen3-4B-Thinking-2507": "qwen25",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct": "qwen3_coder",
    "Qwen/Qwen3-Coder-Next": "qwen3_coder",
    "Qwen/Qwen3.5-9B": "qwen3_coder",
    "Qwen/Qwen3.8-27B": "qwen3_coder",
}
OTHERWISE = {
    "kimi/k26-multi-turn-second-call": "the index goes on from the turn before",
    "qwen3-xml/coder-python-literals": "older templates write True for true",
    "qwen3-xml/q35-python-literals": "older templates write True for true",
}


def rendered() -> Iterator[Any]:
    for path in sorted(Path(canitoolcall.__file__).parent.glob("_data/fixtures/*/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            fixture = json.loads(line)
            official = fixture["provenance"]["kind"] == "template_render"
            called = fixture.get("expected", {}).get("tool_calls")
            if official and called and "truncated" not in fixture["tags"]:
                yield fixture


RENDERED = [one for one in rendered() if one["models"][0] in MODELS]


@pytest.mark.parametrize("name", sorted({*MODELS.values()}))
def test_the_official_template_writes_the_same_text(name: str) -> None:
    mine = [one for one in RENDERED if MODELS[one["models"][0]] == name]
    compared = 0
    for fixture in mine:
        calls = [ExpectedCall(c["name"], c["arguments"]) for c in fixture["expected"]["tool_calls"]]
        functions = [tool["function"] for tool in fixture["tools"]]
        tools = [Tool(f["name"], None, f.get("parameters") or {}) for f in functions]
        try:
            text = family(name).render(calls, tools)
        except NotExpressible:
            continue
        official = fixture["raw_output"]
        assert (text in official) == (fixture["id"] not in OTHERWISE), fixture["id"]
        if fixture["id"] in OTHERWISE:
            continue
        read = family(name).read(official, tools)
        assert [call.tool for call in read] == [call.tool for call in calls], fixture["id"]
        pairs = zip(read, calls, strict=True)
        assert all(same(a.arguments, b.arguments) for a, b in pairs), fixture["id"]
        compared += 1
    assert compared >= max(2, len(mine) * 3 // 4)
