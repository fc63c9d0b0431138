"""Stand-ins for engines: a vLLM with the public parser interface, and wheels of a tiny SGLang.

They are simulated and say so; the real SGLang is tried in test_engine_sglang.py.
"""

import textwrap
import zipfile
from pathlib import Path

_PROTOCOL = """
    from typing import Any
    from pydantic import BaseModel

    class ChatCompletionRequest(BaseModel):
        model: str
        messages: list[Any]
        tools: list[Any] | None = None
        tool_choice: str = "auto"
        stream: bool = False

    class DeltaFunctionCall(BaseModel):
        name: str | None = None
        arguments: str | None = None

    class DeltaToolCall(BaseModel):
        id: str | None = None
        type: str | None = None
        index: int
        function: DeltaFunctionCall | None = None

    class DeltaMessage(BaseModel):
        role: str | None = None
        content: str | None = None
        tool_calls: list[DeltaToolCall] = []

    class ToolCall(BaseModel):
        id: str
        type: str = "function"
        function: dict[str, str]

    class ChatMessage(BaseModel):
        role: str
        content: str | None = None
        tool_calls: list[ToolCall] = []

    class ExtractedToolCallInformation(BaseModel):
        tools_called: bool
        tool_calls: list[ToolCall]
        content: str | None = None
"""

_PARSERS = """
    import json, os, time
    from vllm.entrypoints.openai.protocol import (
        DeltaFunctionCall, DeltaMessage, DeltaToolCall, ExtractedToolCallInformation, ToolCall)

    START, END = "<tool_call>", "</tool_call>"

    class ToolParser:
        def __init__(self, tokenizer):
            self.prev_tool_call_arr = []
            self.streamed_args_for_tool = []
            self.model_tokenizer = tokenizer

    class Hermes(ToolParser):
        '''Sends the name with the start of the arguments; the serving layer sends the rest.'''

        def __init__(self, tokenizer):
            super().__init__(tokenizer)
            self.start, self.end = (tokenizer.get_vocab()[m] for m in (START, END))

        def extract_tool_calls(self, model_output, request):
            head, *bodies = model_output.split(START)
            calls = [json.loads(body.partition(END)[0]) for body in bodies]
            return ExtractedToolCallInformation(
                tools_called=bool(calls), content=head,
                tool_calls=[
                    ToolCall(id=f"call_{n}", function={
                        "name": c["name"], "arguments": json.dumps(c["arguments"])})
                    for n, c in enumerate(calls)])

        def extract_tool_calls_streaming(
            self, previous_text, current_text, delta_text,
            previous_token_ids, current_token_ids, delta_token_ids, request):
            assert current_text == previous_text + delta_text
            assert list(current_token_ids) == [*previous_token_ids, *delta_token_ids]
            if self.start not in current_token_ids:
                return DeltaMessage(content=delta_text) if delta_text else None
            if self.end in delta_token_ids:
                self.call = json.loads(current_text.split(START)[1].split(END)[0])
                self.prev_tool_call_arr.append(self.call)
                self.streamed_args_for_tool.append("{")
                function = DeltaFunctionCall(name=self.call["name"], arguments="{")
                return DeltaMessage(tool_calls=[
                    DeltaToolCall(index=0, id="call_0", type="function", function=function)])
            if not delta_text:
                function = DeltaFunctionCall(arguments="")
                return DeltaMessage(tool_calls=[DeltaToolCall(index=0, function=function)])
            return None

    class Raises(ToolParser):
        def extract_tool_calls(self, model_output, request):
            raise KeyError("city")

        def extract_tool_calls_streaming(self, *args, **kwargs):
            raise KeyError("city")

    class Hangs(ToolParser):
        def extract_tool_calls(self, model_output, request):
            while True:
                time.sleep(0.01)

    class Dies(ToolParser):
        def extract_tool_calls(self, model_output, request):
            print("segmentation fault, as it were", flush=True)
            os._exit(3)

    class Imports(ToolParser):
        def extract_tool_calls(self, model_output, request):
            import a_module_that_nobody_has

    class ToolParserManager:
        tool_parsers = {"hermes": Hermes, "glm45": Raises, "glm47": Hangs, "kimi_k2": Dies}
        lazy_parsers = {"mistral": ("vllm.tool_parsers", "Imports")}

        @classmethod
        def get_tool_parser(cls, name):
            return cls.tool_parsers.get(name) or Imports
"""


def make_vllm(site: Path) -> None:
    """Write the simulated vLLM 9.9 into a folder for PYTHONPATH."""
    sources = {
        "vllm/__init__.py": "",
        "vllm/tool_parsers/__init__.py": _PARSERS,
        "vllm/entrypoints/__init__.py": "",
        "vllm/entrypoints/openai/__init__.py": "",
        "vllm/entrypoints/openai/protocol.py": _PROTOCOL,
        "vllm-9.9.dist-info/METADATA": "Metadata-Version: 2.1\nName: vllm\nVersion: 9.9\n",
    }
    for name, source in sources.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))


def make_wheel(folder: Path, version: str, sources: dict[str, str]) -> None:
    """Write a wheel of a simulated SGLang that pip accepts."""
    info = f"sglang-{version}.dist-info"
    sources = {
        **sources,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: sglang\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"sglang-{version}-py3-none-any.whl", "w") as wheel:
        for name, source in sources.items():
            wheel.writestr(name, textwrap.dedent(source))
