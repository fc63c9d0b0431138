"""A stand-in for transformers, of the same layout: simulated, and as small as its reader allows."""

import textwrap
from pathlib import Path

_UTILS = """
    import enum
    import json
    from dataclasses import dataclass

    from huggingface_hub import scan_cache_dir

    _RESPONSE_TEMPLATE_FALLBACKS = {
        ("qwen2", "qwen3"): {"strips": False},
        ("qwen3_5", "qwen3_5_moe"): {"strips": True},
        ("a_new_one",): {},
    }

    class Modality(enum.Enum):
        LLM = "LLM"

    class ReasoningText(str):
        pass

    @dataclass
    class ToolCall:
        name: str
        arguments: str

    def _normalize_tool_call(value):
        function = value["function"]
        return ToolCall(function["name"], json.dumps(function["arguments"], ensure_ascii=False))

    def response_events_to_chunks(events):
        return [ReasoningText(event["text"]) if "text" in event
                else _normalize_tool_call(event["value"]) for event in events]

    def template_of(model):
        return next(template for types, template in _RESPONSE_TEMPLATE_FALLBACKS.items()
                    if model.config.model_type in types)

    class Streamer:
        def __init__(self, tokenizer):
            from tokenizers.decoders import DecodeStream

            self.decode, self.tokenizer = DecodeStream([], skip_special_tokens=False), tokenizer
            self.text, self.prompt, self.ended = "", True, False

        def put(self, value):
            if self.prompt:
                self.prompt = False
                return
            for token in value.tolist():
                self.text += self.decode.step(self.tokenizer, token)

        def end(self):
            self.ended = True

    class GenerationState:
        def generate_streaming(self, model, processor, inputs):
            streamer = Streamer(processor._tokenizer)
            model.generate(**inputs, streamer=streamer, tokenizer=processor)
            assert streamer.ended
            return streamer.text

        def generate(self, model, processor, inputs):
            sequences = model.generate(**inputs, tokenizer=processor)
            return sequences[0, inputs["input_ids"].shape[-1]:]
"""
_CHAT = """
    import json

    from fastapi.responses import JSONResponse, StreamingResponse
    from transformers import GenerationConfig

    from .utils import Modality, _normalize_tool_call, response_events_to_chunks, template_of
    from transformers.utils.chat_parsing import ResponseParser

    class ChatCompletionHandler:
        def __init__(self, model_manager, generation_state):
            self.manager, self.state = model_manager, generation_state

        async def handle_request(self, body, request_id):
            name = self.manager.process_model_name(body["model"])
            model, processor = self.manager.load_model_and_processor(name, gguf_file=None)
            assert self.manager.get_model_modality(model, processor=processor) == Modality.LLM
            inputs = processor.apply_chat_template(
                body["messages"], tools=body["tools"], return_tensors="pt").to(model.device)
            template = template_of(model)
            prefix = processor.decode(inputs["input_ids"].tolist())
            if body.get("stream"):
                text = self.state.generate_streaming(model, processor, inputs)
                parser = ResponseParser(template, prefix=prefix, tools=body["tools"])
                events = parser.feed(text) + parser.finalize()[1]
                calls = response_events_to_chunks(events)
                choice = {"index": 0, "delta": message(calls[1:], calls[0]),
                          "finish_reason": "tool_calls"}
                chunk = json.dumps({"id": request_id, "object": "chat.completion.chunk",
                                    "created": 0, "model": name, "choices": [choice]})
                assert text.endswith("<|im_end|>")
                return StreamingResponse(iter([f"data: {chunk}\\n\\n", "data: [DONE]\\n\\n"]),
                                         media_type="text/event-stream")
            ids = self.state.generate(model, processor, inputs)
            parsed = processor.parse_response(
                ids, template, prefix=prefix, tools=body["tools"])
            calls = [_normalize_tool_call(call) for call in parsed["tool_calls"]]
            choice = {"index": 0, "message": message(calls, parsed["reasoning_content"]),
                      "finish_reason": "tool_calls"}
            return JSONResponse({"id": request_id, "object": "chat.completion", "created": 0,
                                 "model": name, "choices": [choice]})

    def message(calls, reasoning):
        found = [
            {"id": "1", "index": n, "type": "function",
             "function": {"name": call.name, "arguments": call.arguments}}
            for n, call in enumerate(calls)]
        return {"role": "assistant", "content": None, "tool_calls": found,
                "reasoning_content": reasoning or None}
"""
_SERVER = """
    from fastapi import FastAPI

    from .model_manager import ModelManager

    def build_server(model_manager: ModelManager, chat_handler, other_handler, generation_state):
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def chat_completions(body: dict):
            return await chat_handler.handle_request(body, "x")

        return app
"""
_PARSING = """
    import json
    import re

    def parse_response(text, template, *, prefix, tools):
        parser = ResponseParser(template, prefix=prefix, tools=tools)
        parser.feed(text)
        return parser.finalize()[0]

    class ResponseParser:
        def __init__(self, template, *, prefix, tools):
            self.template, self.text = template, prefix

        def feed(self, text):
            self.text += text
            return []

        def finalize(self):
            inner = self.text.partition("<tool_call>")[2].partition("</tool_call>")[0]
            if self.template["strips"]:
                name, body = re.match(r"\\s*<function=(.*?)>(.*)</function>", inner, re.S).groups()
                pairs = re.findall(r"<parameter=(.*?)>\\s*(.*?)\\s*</parameter>", body, re.S)
                call = {"name": name, "arguments": dict(pairs)}
            else:
                call = json.loads(inner)
            value = {"type": "function", "function": call}
            turn = self.text.rpartition("<|im_start|>assistant\\n")[2]
            opened, _, rest = turn.partition("<think>\\n")
            reasoning = rest.partition("\\n</think>")[0]
            return {"tool_calls": [value], "reasoning_content": reasoning}, [
                {"type": "region_chunk", "text": reasoning},
                {"type": "region_close", "value": value}]
"""


def make_transformers(cache: Path, version: str, *, templates: bool = True) -> None:
    """Put the simulated release where a fetched one is; an older server has no templates.

    ``qwen3_5`` strips strings, which is the planted fault.
    """
    sources = {
        "__init__.py": "raise RuntimeError('not to be run')",
        "cli/serving/__init__.py": "raise RuntimeError('not to be run')",
        "cli/serving/chat_completion.py": _CHAT,
        "cli/serving/model_manager.py": "import torch",
        "cli/serving/server.py": _SERVER,
        "cli/serving/utils.py": _UTILS if templates else "",
        "utils/__init__.py": "raise RuntimeError('not to be run')",
        "utils/chat_parsing/__init__.py": _PARSING,
    }
    for name, source in sources.items():
        path = cache / "engines" / "transformers" / version / "transformers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
