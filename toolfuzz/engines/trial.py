"""An engine's parser in the place of an endpoint: perfect model text in, chat wire bytes out."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from toolfuzz.core.case import Expectation, JsonObject, Tool
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.given import Given
from toolfuzz.core.talk import Talk
from toolfuzz.engines import environment, store
from toolfuzz.engines.around import write
from toolfuzz.engines.cuts import USUAL_CUT, cut, cuts_named
from toolfuzz.engines.invariance import streamed
from toolfuzz.engines.known import Engine
from toolfuzz.engines.native import carries
from toolfuzz.engines.process import Worker
from toolfuzz.engines.script import Ran, run_script
from toolfuzz.engines.spec import EngineSpec, parse_spec
from toolfuzz.formats.writing import introduced
from toolfuzz.generate import dimensions
from toolfuzz.worlds.play import WorldTalk

__all__ = ["CPU_SECONDS", "EngineTrial", "NoParserError", "as_sent", "parse_spec", "prepare"]

CPU_SECONDS = 2.0
"""Of processor time a reply: parsers take a few milliseconds."""


class NoParserError(UsageError):
    """The release has no parser of that name."""


class EngineTrial:
    """One parser in a process of its own (an async context manager).

    ``cuts`` are names of ``toolfuzz.engines.cuts``; where the first one cuts depends on ``seed``
    and the case alone. Of several, the reply is that to the cut which changes it. A question that
    takes more than ``cpu_seconds`` of processor time, or ``timeout`` seconds by the clock, hangs.
    ``engine_python`` names a Python that has the engine installed. ``parser`` and ``version`` are
    the engine's own words once it is entered, and ``reasoner`` is its reasoning parser for the
    family ("" where it has none); ``limits``: it can be told that a token limit was met. ``bare``:
    nothing stands around the calls of its texts.
    """

    def __init__(
        self,
        spec: str,
        *,
        engine_python: str | None = None,
        cuts: Sequence[str] = (USUAL_CUT,),
        seed: int = 0,
        timeout: float = 60.0,
        cpu_seconds: float = CPU_SECONDS,
        bare: bool = False,
    ) -> None:
        self.spec = parse_spec(spec)
        self.engine_python = engine_python
        self.cuts = cuts_named(cuts, self.spec.family.tokenizer)
        self.seed = seed
        self.timeout = timeout
        self.cpu_seconds = cpu_seconds
        self.bare = bare
        self.version = self.spec.version or ""
        self.parser = self.spec.parser
        self.reasoner = ""
        self.limits = False
        self._worker: Worker | None = None
        self._python: tuple[Path, Path | None] | None = None

    async def __aenter__(self) -> Self:
        """Fetch what is missing and load the parser; raises UsageError."""
        python, (*reader, root) = await asyncio.to_thread(
            prepare, self.spec.engine, self.spec.version, self.engine_python
        )
        arguments = (*reader, *filter(None, (root,)))
        worker = Worker(python, arguments, timeout=self.timeout, cpu_seconds=self.cpu_seconds)
        await worker.start()
        self._worker = worker
        self._python = python, Path(root) if root else None
        try:
            self.parser = _known_parser(self.spec, worker.version, worker.parsers)
        except UsageError:
            await worker.stop()
            raise
        self.version = worker.version
        thinks = self.spec.engine.thinks.get(self.parser.replace("-", "_"), "")
        self.reasoner = thinks if thinks in worker.reasoners else ""
        self.limits = worker.limits
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        if self._worker is not None:
            await self._worker.stop()

    def question(self, talk: Talk, *, stream: bool) -> JsonObject:
        """Return what ``ask`` takes: all that is needed to put this turn to the parser again.

        Every turn is asked as with ``tool_choice: auto``: the expected calls are written in the
        model family's native text, or prose where none is expected. What stands around the calls
        (see ``core/given.py``) is there too, and ``reasoner``, the reasoning parser, where the text
        begins with reasoning. In a world these are the calls that a perfect model makes next, and
        then they are what must come back. Raises NotExpressible.
        """
        if isinstance(talk, WorldTalk):
            talk.expecting(_next_calls(talk))
        family, case = self.spec.family, talk.case
        assert talk.turn is not None, "the talk is over"
        tools = case.tools_at(talk.number)
        earlier = sum(len(reply.calls) for reply in talk.replies)
        if self.spec.engine.tokens and family.quotes:
            carries(family.markers, talk.turn.expect.calls)
        last = not isinstance(talk, WorldTalk) and talk.number + 1 == len(case.turns)
        written = write(
            family,
            talk.turn.expect,
            tools,
            features=case.features,
            earlier=earlier,
            thinks=bool(self.reasoner),
            may_end=last and self.limits,
            bare=self.bare,
        )
        text, around = written.text, self._around(written.given)
        rng = random.Random(f"{self.seed} {case.id} {talk.number}")
        asked: JsonObject = {} if stream and len(self.cuts) == 1 else {"text": text}
        if stream:
            asked["deltas"] = cut(text, self.cuts[0], around["markers"], rng)
        if stream and len(self.cuts) > 1 and "cut" not in around:
            asked["cuts"] = list(self.cuts)
        return {
            "engine": self.spec.engine.name,
            "version": self.version,
            "stream": stream,
            "parser": self.parser,
            "tools": [as_sent(tool) for tool in tools],
            "history_calls": earlier,
            **around,
            **asked,
        }

    def _around(self, given: Given) -> JsonObject:
        """Return the fields that say what stands around the calls."""
        markers, thinking = self.spec.family.markers, self.spec.family.thinking
        fields: JsonObject = {"content": given.content}
        if given.after:
            fields["after"] = given.after
        if given.reasoning and thinking is not None:
            markers += thinking.marks
            fields |= {"reasoning": given.reasoning, "reasoner": self.reasoner}
            fields["prompted"] = thinking.opening if thinking.prompted else ""
        if given.cut is not None:
            fields["cut"] = given.cut
        return {"markers": list(dict.fromkeys(markers)), **fields}

    async def ask(self, question: JsonObject) -> Attempt:
        """Put a question to the parser and to the engine's serving code around it.

        The answer is a chat completion, whole or in increments. A parser that hangs, crashes or
        raises gives an error body, never an exception here.
        """
        if "cuts" in question:
            return await streamed(self._asked, question)
        return await self._asked(question)

    async def places(self) -> JsonObject:
        """Return where the parser's code stands, for ``whole`` texts and for a ``stream``.

        Each has ``file``, ``line`` and ``name`` (``Class.function``); empty where nobody knows.
        """
        assert self._worker is not None, "use `async with`"
        answer = await self._worker.ask({"parser": self.parser, "places": True})
        found: JsonObject = answer.get("places", {})
        return found

    async def run(self, script: str) -> Ran:
        """Run a script by the engine's Python, with the release in its path."""
        assert self._python is not None, "use `async with`"
        return await run_script(script, *self._python)

    async def _asked(self, question: JsonObject) -> Attempt:
        assert self._worker is not None, "use `async with`"
        await self._worker.start()
        started, clock = time.time(), time.monotonic()
        answer = await self._worker.ask(question)
        total_ms = (time.monotonic() - clock) * 1000
        return _attempt(answer, question["stream"], started, total_ms)


def _next_calls(talk: WorldTalk) -> Expectation:
    calls = tuple(dimensions.solve(talk.ask(model="")) or ())
    return Expectation("calls", calls) if calls else Expectation("no_call")


def prepare(
    engine: Engine, version: str | None, engine_python: str | None = None
) -> tuple[Path, tuple[str, str, str]]:
    """Return the Python and the worker's arguments, after fetching and building what is missing.

    The last one is the release's folder; empty for an engine that is installed.
    """
    reader = (engine.name, str(engine.reader))
    if engine_python is not None:
        return environment.check_python(engine_python), (*reader, "")
    if engine.wheel is None:
        raise UsageError(
            f"{engine.title} is used where it is installed",
            "name its Python by --engine-python PATH",
        )
    if version is None:
        raise UsageError(f"which {engine.title}?", f"engine/{engine.name}@VERSION:PARSER")
    folder = store.fetch(engine.name, version)
    return environment.parser_python(engine.name), (*reader, str(folder))


def _known_parser(spec: EngineSpec, version: str, parsers: Sequence[str]) -> str:
    """Return the parser's name as the engine spells it; check the version of an installed one."""
    release = f"{spec.engine.title} {version}"
    if spec.version not in (None, version):
        raise UsageError(f"{release} is installed there, not {spec.version}", "leave @VERSION out")
    spellings = {parser.replace("-", "_"): parser for parser in parsers}
    try:
        return spellings[spec.parser.replace("-", "_")]
    except KeyError:
        near = did_you_mean(spec.parser, parsers) or f"it has {', '.join(parsers)}"
        raise NoParserError(f"{release} has no parser {spec.parser!r} to try", near) from None


def as_sent(tool: Tool) -> JsonObject:
    """Return the tool in OpenAI's shape."""
    function = introduced(tool)
    if tool.declared:
        function["parameters"] = tool.parameters
    if tool.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _attempt(answer: dict[str, Any], stream: bool, started: float, total_ms: float) -> Attempt:
    """Put the worker's answer on the wire as the engine's server would.

    An exception becomes an error object of type ``engine-parser-error``: with status 500, or as
    an event when the stream had begun.
    """
    status = 200
    error = _error_body(answer)
    if stream and "events" in answer:
        events = [*answer["events"]]
        if error is not None:
            events.append(f"data: {json.dumps(error)}")
        pieces = [f"{event}\n\n".encode() for event in events]
        kind = "text/event-stream"
    else:
        if error is not None:
            status = 500
        body = error or answer["body"]
        pieces = [json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")]
        kind = "application/json"
    return Attempt(
        started=started,
        first_byte_ms=total_ms,
        total_ms=total_ms,
        status=status,
        headers={"content-type": kind},
        chunks=tuple((total_ms, piece) for piece in pieces),
    )


def _error_body(answer: dict[str, Any]) -> JsonObject | None:
    """Return what is wrong with an answer; the code is Groq's word for a call that its own server
    could not read, or ours for a parser that hangs.
    """
    if "hangs" in answer:
        code, message = "parser_hangs", _hang(answer["hangs"])
    elif "error" in answer:
        code, message = "tool_use_failed", answer["error"]
    else:
        return None
    return {"error": {"type": "engine-parser-error", "code": code, "message": message}}


def _hang(hangs: dict[str, Any]) -> str:
    """Say how long a parser took, and how the time grows with the text."""
    if "waited" in hangs:
        return f"the parser did not return within {hangs['waited']:g} s"
    told = f"the parser took more than {hangs['seconds']:g} s of processor time"
    if "characters" in hangs:
        told += f" for {hangs['characters']} characters"
    grown = [f"{took:.2g} s for the first {size}" for size, took in hangs.get("grown", ())]
    return f"{told} ({', '.join(grown)})" if grown else told
