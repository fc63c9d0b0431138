"""A stand-in for LMDeploy, of the same layout: simulated, and as small as its reader allows."""

import textwrap
from pathlib import Path

_SERVING = """
    import json

    import torch
    from fastapi import APIRouter, Request
    from fastapi.responses import StreamingResponse
    from transformers import PreTrainedTokenizerBase

    from lmdeploy.serve.openai.protocol import ChatCompletionRequest

    def register(router: APIRouter, server_context):
        @router.post("/v1/chat/completions")
        async def chat_completions_v1(request: ChatCompletionRequest, raw_request: Request = None):
            assert (await raw_request.json())["model"] == server_context.async_engine.model_name
            assert not server_context.session_manager.has(-1)
            parser = server_context.response_parser_cls(request)
            session = server_context.create_session(-1)
            prepared = await server_context.async_engine.preprocess(request.messages, session)
            outputs = server_context.async_engine.generate(prepared, stream_response=True)

            def choice(kind, calls, finish, reasoning=None):
                found = [
                    {"id": "1", "index": call.index, "type": "function",
                     "function": vars(call.function)} for call in calls]
                choice = {"index": 0, "finish_reason": finish}
                choice["delta" if request.stream else "message"] = {
                    "role": "assistant", "content": None, "tool_calls": found,
                    "reasoning_content": reasoning}
                return {"id": "x", "object": f"chat.completion{kind}", "created": 0,
                        "model": request.model, "choices": [choice]}

            async def streamed():
                async for output in outputs:
                    final = output.finish_reason is not None
                    for delta, _ in parser.stream_chunk(
                        output.response, output.token_ids, final=final
                    ):
                        chunk = choice(
                            ".chunk", delta.tool_calls, "tool_calls", delta.reasoning_content)
                        yield f"data: {json.dumps(chunk)}\\n\\n"
                yield "data: [DONE]\\n\\n"

            if request.stream:
                return StreamingResponse(streamed(), media_type="text/event-stream")
            text = "".join([output.response async for output in outputs])
            _, calls, reasoning = parser.parse_complete(text)
            return choice("", calls, "tool_calls", reasoning)
"""
_PROTOCOL = """
    from typing import Any
    from pydantic import BaseModel

    class ChatCompletionRequest(BaseModel):
        model: str
        messages: list[Any]
        tools: list[dict[str, Any]]
        stream: bool = False
        chat_template_kwargs: dict[str, Any] = {}
"""
_RESPONSES = """
    import json
    from types import SimpleNamespace

    from mmengine import Registry

    from lmdeploy.utils import get_logger

    logger = get_logger("lmdeploy")
    ResponseParserManager = Registry("response_parser", locations=["lmdeploy"])

    @ResponseParserManager.register_module("default")
    class ResponseParser:
        @classmethod
        def set_parsers(cls, reasoning_parser_name=None, tool_parser_name=None):
            from .reasoning_parser import ReasoningParserManager
            from .tool_parser import ToolParserManager

            assert reasoning_parser_name != "", "it is no parser's name"
            cls.reasoning_parser_cls = ReasoningParserManager.get(reasoning_parser_name)
            cls.tool_parser_cls = ToolParserManager.get(tool_parser_name)

        def __init__(self, request):
            self.text = "" if request.tools else None
            if self.reasoning_parser_cls:
                assert request.chat_template_kwargs == {"enable_thinking": True}

        def stream_chunk(self, delta_text, delta_token_ids, *, final):
            self.text += delta_text
            if not final:
                return []
            content, calls, reasoning = self.parse_complete(self.text)
            delta = SimpleNamespace(
                content=content, tool_calls=calls, reasoning_content=reasoning)
            return [(delta, True)]

        def parse_complete(self, text):
            reasoning = None
            if self.reasoning_parser_cls:
                reasoning, _, text = text.removeprefix("<think>").partition("</think>")
            calls = [
                SimpleNamespace(index=n, function=SimpleNamespace(
                    name=name, arguments=json.dumps(arguments, ensure_ascii=False)))
                for n, (name, arguments) in enumerate(self.tool_parser_cls().feed_tool_block(text))]
            return None, calls, reasoning
"""
_REASONING = """
    from mmengine import Registry

    ReasoningParserManager = Registry("reasoning_parser", locations=["lmdeploy"])

    @ReasoningParserManager.register_module(name="default")
    class ReasoningParser:
        pass
"""
_TOOLS = """
    import json
    from mmengine import Registry

    ToolParserManager = Registry("tool_parser", locations=["lmdeploy"])

    @ToolParserManager.register_module(["qwen2d5", "qwen3"])
    class Qwen:
        def feed_tool_block(self, text):
            call = json.loads(text.partition("<tool_call>")[2].partition("</tool_call>")[0])
            return [(call["name"], call["arguments"])]

    @ToolParserManager.register_module("qwen")
    class DropsSpace(Qwen):
        '''The planted fault: the white space at the ends of strings is lost.'''

        def feed_tool_block(self, text):
            [(name, arguments)] = super().feed_tool_block(text)
            return [(name, {key: value.strip() for key, value in arguments.items()})]

    @ToolParserManager.register_module(name="llama3")
    class Llama(Qwen):
        pass
"""


def make_lmdeploy(cache: Path, version: str, *, endpoint: bool = True) -> None:
    """Put the simulated release where a fetched one is; an older one has no endpoint of its own."""
    sources = {
        "__init__.py": "import torch; torch.cuda.init_without_a_gpu.now()",
        "serve/__init__.py": "raise RuntimeError('not to be run')",
        "serve/openai/__init__.py": "raise RuntimeError('not to be run')",
        "serve/openai/protocol.py": _PROTOCOL,
        "utils.py": "import torch\nfrom logging import getLogger as get_logger",
        "serve/parsers/__init__.py": "from .response_parser import ResponseParserManager",
        "serve/parsers/response_parser.py": _RESPONSES,
        "serve/parsers/reasoning_parser/__init__.py": _REASONING,
        "serve/parsers/tool_parser/__init__.py": _TOOLS,
    }
    if endpoint:
        sources["serve/openai/chat_completions/serving.py"] = _SERVING
    for name, source in sources.items():
        path = cache / "engines" / "lmdeploy" / version / "lmdeploy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
