"""The process in which an engine's parser runs: JSON lines in, JSON lines out.

Started with the engine's Python as ``python …/toolfuzz/engines/worker ENGINE READER [ROOT]``: the
engine's name, its ``reader.py`` and a release's folder. It imports nothing of toolfuzz. The first
line out says what was loaded::

    {"version": "0.5.23", "parsers": ["deepseekv3", …]}      or {"fatal": "…", "missing": "torch"}

Then one line per question, answered in order; one that takes more than ``cpu_seconds`` of processor
time ends the process, since nothing inside it could stop a regular expression::

    {"parser": "glm45", "tools": […], "markers": […], "history_calls": 0, "cpu_seconds": 15,
     "text": "…"}
    {"body": {…}}                                           the body of a chat completion
    {"parser": "glm45", "tools": […], "markers": […], "history_calls": 0, "deltas": ["…", …]}
    {"events": ["data: {…}", …]}                            the server-sent events, in order

An exception of the parser adds ``"error"`` (the traceback's last line) to what came before it; a
module that is missing after all is ``"missing"``, because that is not the parser's fault.
"""

import importlib.util
import json
import logging
import os
import signal
import sys
import traceback
from typing import Any


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
    _send(out, {"version": reader.version, "parsers": reader.parsers})
    for line in sys.stdin:
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, question.pop("cpu_seconds"))
        answer = _answer(reader, question)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _send(out, answer)


def _module(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("reader", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _answer(reader: Any, question: Any) -> Any:
    answer: dict[str, Any] = {}
    common = {key: question[key] for key in ("parser", "tools", "markers", "history_calls")}
    try:
        if "deltas" in question:
            answer["events"] = []
            for event in reader.stream(question["deltas"], **common):
                answer["events"].append(event)
        else:
            answer["body"] = reader.whole(question["text"], **common)
    except ModuleNotFoundError as error:
        answer["missing"] = error.name
    except Exception as error:
        answer["error"] = _last_line(error)
    return answer


def _last_line(error: BaseException) -> str:
    return traceback.format_exception_only(type(error), error)[-1].strip()


def _send(out: Any, message: Any) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
