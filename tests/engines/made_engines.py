"""Stand-ins for engines: a vLLM with its serving interface, and wheels of a tiny SGLang.

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

    class Choice(BaseModel):
        index: int = 0
        message: ChatMessage
        finish_reason: str

    class ChatCompletionResponse(BaseModel):
        id: str
        object: str = "chat.completion"
        model: str
        choices: list[Choice]

    class ExtractedToolCallInformation(BaseModel):
        tools_called: bool
        tool_calls: list[ToolCall]
        content: str | None = None
"""

_PARSERS = """
    import hashlib, json, os, re, time
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
                return self.prose(delta_text) if delta_text else None
            if self.end in delta_token_ids:
                self.call = json.loads(current_text.split(START)[1].split(END)[0])
                self.prev_tool_call_arr.append(self.call)
                self.streamed_args_for_tool.append("{")
                function = DeltaFunctionCall(name=self.call["name"], arguments="{")
                return DeltaMessage(tool_calls=[
                    DeltaToolCall(index=0, id="call_0", type="function", function=function)])
            if not delta_text and self.prev_tool_call_arr:
                function = DeltaFunctionCall(arguments="")
                return DeltaMessage(tool_calls=[DeltaToolCall(index=0, function=function)])
            return None

        def prose(self, text):
            return DeltaMessage(content=text)

    class LosesBrackets(Hermes):
        def prose(self, text):
            return DeltaMessage(content=text.replace("]", ""))

    class WaitsForObjects(Hermes):
        waits = False

        def prose(self, text):
            self.waits = self.waits or "{" in text
            return None if self.waits else DeltaMessage(content=text)

    class Raises(ToolParser):
        def extract_tool_calls(self, model_output, request):
            raise KeyError("city")

        def extract_tool_calls_streaming(self, *args, **kwargs):
            raise KeyError("city")

    class Hangs(ToolParser):
        def extract_tool_calls(self, model_output, request):
            while True:
                time.sleep(0.01)

    class Exponential(ToolParser):
        def extract_tool_calls(self, model_output, request):
            if re.search("(?:.+)+;$", model_output):
                raise KeyError("nothing ends like this")

    class Digs(ToolParser):
        '''In C that looks for no signals.'''

        def extract_tool_calls(self, model_output, request):
            hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)

    class Dies(ToolParser):
        def extract_tool_calls(self, model_output, request):
            print("segmentation fault, as it were", flush=True)
            os._exit(3)

    class Imports(ToolParser):
        def extract_tool_calls(self, model_output, request):
            import a_module_that_nobody_has

    class ToolParserManager:
        tool_parsers = {"hermes": Hermes, "glm45": Raises, "glm47": Hangs, "pythonic": Exponential,
                        "mistral_v11": Digs, "kimi_k2": Dies,
                        "openai": Raises, "qwen25": LosesBrackets, "qwen": WaitsForObjects}
        lazy_parsers = {"mistral": ("vllm.tool_parsers", "Imports")}

        @classmethod
        def get_tool_parser(cls, name):
            return cls.tool_parsers.get(name) or Imports
"""

_OUTPUTS = """
    from dataclasses import dataclass
    from typing import Any

    @dataclass(kw_only=True)
    class CompletionOutput:
        index: int
        text: str
        token_ids: list[int]
        cumulative_logprob: float | None
        logprobs: Any
        finish_reason: str | None

    @dataclass(kw_only=True)
    class RequestOutput:
        request_id: str
        prompt: str | None
        prompt_token_ids: list[int]
        prompt_logprobs: Any
        outputs: list[CompletionOutput]
        finished: bool
"""

_SERVING = """
    import json
    from vllm.entrypoints.openai.protocol import ChatCompletionResponse, ChatMessage, Choice

    class OpenAIServingChat:
        def __init__(self, engine_client):
            raise RuntimeError("there is no engine in a trial")

        def create_streaming_error_response(self, message):
            return json.dumps({"error": {"message": message}})

        async def chat_completion_full_generator(
            self, request, result_generator, request_id, model_name, conversation, tokenizer,
            request_metadata):
            async for result in result_generator:
                output = result.outputs[0]
            found = self.tool_parser(tokenizer).extract_tool_calls(output.text, request=request)
            message = ChatMessage(role=self.response_role, content=output.text)
            if found.tools_called:
                message.content, message.tool_calls = found.content or None, found.tool_calls
            finish = "tool_calls" if found.tools_called else output.finish_reason
            choice = Choice(message=message, finish_reason=finish)
            return ChatCompletionResponse(id=request_id, model=model_name, choices=[choice])

        async def chat_completion_stream_generator(
            self, request, result_generator, request_id, model_name, conversation, tokenizer,
            request_metadata, enable_force_include_usage=False):
            def event(delta, finish=None):
                choice = {"index": 0, "delta": delta, "finish_reason": finish}
                chunk = {"id": request_id, "object": "chat.completion.chunk", "created": 0,
                         "model": model_name, "choices": [choice]}
                return f"data: {json.dumps(chunk)}\\n\\n"

            parser, text, ids = self.tool_parser(tokenizer), "", []
            yield event({"role": self.response_role, "content": ""})
            try:
                async for result in result_generator:
                    output = result.outputs[0]
                    if self.enable_log_outputs:
                        raise RuntimeError("nobody asked for logs")
                    message = parser.extract_tool_calls_streaming(
                        text, text + output.text, output.text,
                        ids, ids + output.token_ids, output.token_ids, request)
                    text, ids = text + output.text, ids + output.token_ids
                    if message and message.tool_calls and output.finish_reason:
                        arguments = json.dumps(parser.prev_tool_call_arr[0]["arguments"])
                        sent = parser.streamed_args_for_tool[0]
                        message.tool_calls[0].function.arguments = arguments[len(sent):]
                    finish = output.finish_reason
                    if finish and parser.prev_tool_call_arr:
                        finish = "tool_calls"
                    if message or finish:
                        delta = message.model_dump(exclude_unset=True) if message else {}
                        yield event(delta, finish)
            except Exception as error:
                yield f"data: {self.create_streaming_error_response(str(error))}\\n\\n"
            yield "data: [DONE]\\n\\n"
"""

_UNIFIED = """
    from vllm.entrypoints.openai import serving_chat
    from vllm.tool_parsers import ToolParserManager

    class Parser:
        def __init__(self, tokenizer, tools, *, chat_template_kwargs):
            assert tools and chat_template_kwargs == {}
            self.reading = self.tool_parser_cls(tokenizer)

    class ParserManager:
        @classmethod
        def get_parser(cls, tool_parser_name=None, enable_auto_tools=False):
            assert enable_auto_tools
            kind = ToolParserManager.get_tool_parser(tool_parser_name)
            return type("Composed", (Parser,), {"tool_parser_cls": kind})

    class OpenAIServingChat(serving_chat.OpenAIServingChat):
        async def chat_completion_full_generator(
            self, request, result_generator, request_id, model_name, conversation, tokenizer,
            request_metadata, parser=None):
            assert isinstance(parser, self.parser_cls)
            self.tool_parser = lambda tokenizer: parser.reading
            return await super().chat_completion_full_generator(
                request, result_generator, request_id, model_name, conversation, tokenizer,
                request_metadata)
"""


def make_vllm(site: Path, *, unified: bool = False, package: str = "vllm") -> None:
    """Write the simulated vLLM 9.9, or a fork of it, into a folder for PYTHONPATH.

    ``unified`` gives it the newer serving module, which composes a parser for each request.
    """
    newer = {
        "vllm/entrypoints/openai/chat_completion/__init__.py": "",
        "vllm/entrypoints/openai/chat_completion/serving.py": _UNIFIED,
    }
    sources = {
        **(newer if unified else {}),
        "vllm/__init__.py": "",
        "vllm/tool_parsers/__init__.py": _PARSERS,
        "vllm/entrypoints/__init__.py": "",
        "vllm/entrypoints/openai/__init__.py": "",
        "vllm/entrypoints/openai/protocol.py": _PROTOCOL,
        "vllm/entrypoints/openai/serving_chat.py": _SERVING,
        "vllm/outputs.py": _OUTPUTS,
        "vllm-9.9.dist-info/METADATA": "Metadata-Version: 2.1\nName: vllm\nVersion: 9.9\n",
    }
    for name, source in sources.items():
        path = site / name.replace("vllm", package)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).replace("vllm", package))
    if package != "vllm":
        info = site / f"{package}-9.9.dist-info"
        info.rename(site / f"{package}_engine-9.9.dist-info")


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
