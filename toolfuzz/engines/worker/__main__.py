"""The process in which an engine's parser runs: JSON lines in, JSON lines out.

Started with the engine's Python as ``python …/toolfuzz/engines/worker ENGINE READER [ROOT]``: the
engine's name, its ``reader.py`` and a release's folder. It imports nothing of toolfuzz. The first
line out says what was loaded::

    {"version": "0.5.23", "parsers": ["glm45", …], "reasoners": ["qwen3", …], "limits": true}
                                                        or {"fatal": "…", "missing": "torch"}

Then one line per question, answered in order::

    {"parser": "glm45", "tools": […], "markers": […], "history_calls": 0, "cpu_seconds": 2,
     "text": "…"}
    {"body": {…}}                                           the body of a chat completion
    {"parser": "glm45", "tools": […], "markers": […], "history_calls": 0, "deltas": ["…", …]}
    {"events": ["data: {…}", …]}                            the server-sent events, in order
    {"parser": "glm45", "places": true, …}
    {"places": {"whole": {"file": "…", "line": 1, "name": "…"}, "stream": {…}}}  where it stands

``reasoner`` in a question is the reasoning parser that reads the text first, ``prompted`` the end
of the prompt where that opens the reasoning, ``cut`` that the generation ended too early, at its
token limit: a reader that is asked this (``limits``) is told by ``finish="length"``.

An exception of the parser adds ``"error"`` (the traceback's last line) to what came before it; a
module that is missing after all is ``"missing"``, and ``"undriven"`` says that the reader's call
doesn't fit this release, because these are not the parser's fault. One that takes more than
``cpu_seconds`` of processor time is cut off, and ``"hangs"`` says what it takes::

    {"hangs": {"seconds": 2, "characters": 104, "grown": [[78, 0.07], [91, 0.6]]}, "events": []}
"""

import importlib
import importlib.util
import json
import logging
import os
import sys
import traceback
from typing import Any

# Plain files beside this one: mypy would look for them in the package.
driving = importlib.import_module("driving")
limit = importlib.import_module("limit")


def main() -> None:
    """Answer lines until the input ends."""
    # Whatever the engine prints must not get between our lines.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    _, path, *root = sys.argv[1:]
    try:
        reader = _module(path).load(root[0] if root else None)
    except ModuleNotFoundError as error:
        _send(out, {"fatal": _last_line(error), "missing": error.name})
        return
    except Exception as error:
        _send(out, {"fatal": _last_line(error)})
        return
    _send(
        out,
        {
            "version": reader.version,
            "parsers": reader.parsers,
            "reasoners": getattr(reader, "reasoners", []),
            "limits": getattr(reader, "limits", False),
        },
    )
    warm: set[str] = set()
    for line in sys.stdin:
        question = json.loads(line)
        answer = _answer(reader, question)
        if "hangs" in answer and question["parser"] not in warm:
            # A parser's first answer may take in what it took to import half an engine.
            answer = _answer(reader, question)
        warm.add(question["parser"])
        if "hangs" in answer:
            answer["hangs"]["grown"] = _growth(reader, question)
        _send(out, answer)


def _module(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("reader", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _answer(reader: Any, question: Any) -> Any:
    answer: dict[str, Any] = {}
    if "places" in question:
        # A reader that doesn't know its parser's code says nothing of it.
        known = hasattr(reader, "places")
        return {"places": reader.places(question["parser"]) if known else {}}
    try:
        limit.within(question["cpu_seconds"], lambda: _put(reader, question, answer))
    except limit.Overtime:
        answer["hangs"] = {"seconds": question["cpu_seconds"], "characters": _size(question)}
    except ModuleNotFoundError as error:
        answer["missing"] = error.name
    except Exception as error:
        answer["undriven" if _misfits(error, reader) else "error"] = _last_line(error)
    return answer


def _misfits(error: Exception, reader: Any) -> bool:
    """Whether the reader's own call gives arguments that this release doesn't take."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    own = last.filename in (type(reader).whole.__code__.co_filename, driving.__file__)
    return own and isinstance(error, TypeError) and " argument" in str(error)


def _put(reader: Any, question: Any, answer: dict[str, Any]) -> None:
    common = {key: question[key] for key in ("parser", "tools", "markers", "history_calls")}
    common |= {key: question.get(key, "") for key in ("reasoner", "prompted")}
    common["finish"] = "length" if question.get("cut") else "stop"
    if "deltas" in question:
        answer["events"] = []
        for event in reader.stream(question["deltas"], **common):
            answer["events"].append(event)
    else:
        answer["body"] = reader.whole(question["text"], **common)


def _growth(reader: Any, question: Any) -> Any:
    def put(length: int) -> None:
        _put(reader, _beginning(question, length), {})

    return limit.growth(_size(question), question["cpu_seconds"], put)


def _size(question: Any) -> int:
    return len("".join(question["deltas"]) if "deltas" in question else question["text"])


def _beginning(question: Any, length: int) -> Any:
    """Return the question with so many characters of its text."""
    if "deltas" not in question:
        return {**question, "text": question["text"][:length]}
    deltas = []
    for delta in question["deltas"]:
        deltas.append(delta[:length])
        length -= len(deltas[-1])
    return {**question, "deltas": [delta for delta in deltas if delta]}


def _last_line(error: BaseException) -> str:
    return traceback.format_exception_only(type(error), error)[-1].strip()


def _send(out: Any, message: Any) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
