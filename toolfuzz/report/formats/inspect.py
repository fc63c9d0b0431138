"""Inspect's log files: a folder of ``.eval`` files, one a target, for ``inspect view``.

Written without Inspect: a zip with ``header.json``, ``summaries.json`` and a file a sample
(https://inspect.aisi.org.uk/eval-logs.html; inspect_ai.log.EvalLog, version 2). Scores are C
(correct), I (incorrect) and N (no answer that could be judged).
"""

import tempfile
from collections.abc import Iterator
from typing import IO

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.core.case import JsonObject
from toolfuzz.core.reply import Finish, ToolCall
from toolfuzz.core.text import clip, file_name
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.formats._samples import Said, Sample, object_of, same_each_time, samples
from toolfuzz.report.formats._times import moment
from toolfuzz.report.formats._zip import zipped
from toolfuzz.report.words import given_up

__all__ = ["FOLDER", "files"]

FOLDER = "inspect"
_SCORES = {"pass": "C", "fail": "I", "unjudged": "N"}
_STOPS: dict[Finish | None, str] = {
    "stop": "stop",
    "length": "max_tokens",
    "tool_calls": "tool_calls",
    "refusal": "content_filter",
}
_SHORT = 300


def files(run: RunData, summary: JsonObject) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give the log of each target."""
    day = moment(summary["started"], "%Y-%m-%dT%H-%M-%S-00-00")
    for number, target in enumerate(summary["targets"]):
        name = f"{day}_{file_name(target['target'])}_{_id(summary, target)}.eval"
        yield name, zipped(_members(run, summary, number))


def _members(run: RunData, summary: JsonObject, number: int) -> Iterator[tuple[str, Iterator[str]]]:
    entry = summary["targets"][number]
    log = _log(summary, entry)
    begun = {"version": log["version"], "eval": log["eval"], "plan": log["plan"]}
    yield "_journal/start.json", iter([dumped(begun)])
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        for sample in samples(run, run.started.targets[number]):
            told = _sample(sample)
            kept.write(f"{dumped(_summary(sample, told))}\n")
            yield f"samples/{sample.id}_epoch_{told['epoch']}.json", iter([dumped(told)])
        yield "summaries.json", _listed(kept)
    yield "header.json", iter([dumped(log)])


def _listed(lines: IO[str]) -> Iterator[str]:
    lines.seek(0)
    between = "["
    for line in lines:
        yield between + line
        between = ","
    yield "]" if between == "," else "[]"


def _log(summary: JsonObject, target: JsonObject) -> JsonObject:
    """Return the log without its samples."""
    id_, model = _id(summary, target), target["target"]
    began, ended = moment(summary["started"]), moment(summary["finished"])
    calls = target["judged"] + target["unjudged"]
    used = {f"{side}_tokens": target["tokens"][side] or 0 for side in ("input", "output")}
    used["total_tokens"] = sum(used.values())
    return {
        "version": 2,
        "status": "success" if summary["finish_reason"] in ("done", "decided") else "cancelled",
        "eval": {
            "eval_id": id_,
            "run_id": id_,
            "created": began,
            "task": "toolfuzz",
            "task_id": id_,
            "task_version": 0,
            "task_args": {"seed": summary["seed"]},
            "dataset": {"name": "toolfuzz", "samples": summary["cases"], "shuffled": False},
            "model": model,
            "model_args": {},
            "config": {"epochs": 1},
            "packages": {"toolfuzz": summary["toolfuzz_version"]},
            "metadata": {
                "nature": target["nature"]["sentence"] or "a real endpoint",
                "given_up": given_up(target),
                "wire_format": target["format"],
            },
        },
        "plan": {"name": "plan", "steps": [{"solver": "toolfuzz", "params": {}}], "config": {}},
        "results": {
            "total_samples": calls,
            "completed_samples": calls,
            "scores": [_score(target)],
        },
        "stats": {"started_at": began, "completed_at": ended, "model_usage": {model: used}},
    }


def _score(target: JsonObject) -> JsonObject:
    figures = {"accuracy": target["rate"], "low_95": target["low"], "high_95": target["high"]}
    known = {name: figure for name, figure in figures.items() if figure is not None}
    return {
        "name": "toolfuzz",
        "scorer": "toolfuzz",
        "scored_samples": target["judged"],
        "unscored_samples": target["unjudged"],
        "params": {},
        "metrics": {n: {"name": n, "value": v, "params": {}} for n, v in known.items()},
    }


def _sample(sample: Sample) -> JsonObject:
    verdict, metrics = sample.verdict, sample.verdict.metrics
    said = [_message(message) for message in sample.said()]
    put = said[:-1] or [{"role": "user", "content": sample.prompt}]
    told: JsonObject = {
        "id": sample.id,
        "epoch": verdict.repeat + 1,
        "input": put,
        "target": sample.wanted,
        "messages": said or put,
        "output": _output(sample, said),
        "scores": {"toolfuzz": _verdict(sample)},
        "metadata": {
            "probe": sample.case.probe,
            "features": list(sample.case.features),
            "tools": [tool.name for tool in sample.case.tools],
            "stream": verdict.stream,
        },
        "store": {},
        "events": [],
        "attachments": {},
        "model_usage": {sample.target.name: _usage(sample)},
    }
    if metrics.latency_ms is not None:
        told["total_time"] = metrics.latency_ms / 1000
    if verdict.status == "unjudged":
        error = {"message": sample.explanation, "traceback": "", "traceback_ansi": ""}
        told["error"] = error
    return told


def _summary(sample: Sample, told: JsonObject) -> JsonObject:
    """Return what a list of the samples shows of one."""
    score = {**told["scores"]["toolfuzz"], "answer": clip(sample.came, _SHORT)}
    return {
        "id": told["id"],
        "epoch": told["epoch"],
        "input": clip(sample.prompt, _SHORT),
        "target": clip(sample.wanted, _SHORT),
        "metadata": {},
        "scores": {"toolfuzz": score},
        "model_usage": told["model_usage"],
        "completed": True,
    }


def _verdict(sample: Sample) -> JsonObject:
    verdict = sample.verdict
    found = [
        {"slug": f.slug, "severity": f.severity, "pointer": f.pointer, "turn": f.turn}
        for f in causes(verdict)
    ]
    return {
        "value": _SCORES[verdict.status],
        "answer": sample.came,
        "explanation": sample.explanation,
        "metadata": {"defects": found},
    }


def _message(said: Said) -> JsonObject:
    message: JsonObject = {"role": said.role, "content": said.text}
    if said.role == "assistant":
        message["source"] = "generate"
        if said.calls:
            message["tool_calls"] = [_call(n, call) for n, call in enumerate(said.calls)]
    if said.role == "tool":
        message["tool_call_id"] = said.answers
    return message


def _call(number: int, call: ToolCall) -> JsonObject:
    """Return a call; what came in the place of an object is told as Inspect does: not parsed."""
    arguments, text = object_of(call)
    told: JsonObject = {
        "id": call.id or f"call-{number}",
        "function": call.name or "",
        "arguments": arguments,
        "type": "function",
    }
    return told if text is None else {**told, "parse_error": f"not an object: {text}"}


def _output(sample: Sample, said: list[JsonObject]) -> JsonObject:
    if not sample.asked:
        return {"model": sample.target.name, "choices": [], "completion": ""}
    stop = _STOPS.get(sample.asked[-1].reply.finish, "unknown")
    return {
        "model": sample.target.name,
        "choices": [{"message": said[-1], "stop_reason": stop}],
        "completion": said[-1]["content"],
        "usage": _usage(sample),
    }


def _usage(sample: Sample) -> JsonObject:
    tokens = sample.verdict.metrics
    read, written = tokens.input_tokens or 0, tokens.output_tokens or 0
    return {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}


def _id(summary: JsonObject, target: JsonObject) -> str:
    return same_each_time(summary, target).hex()[:22]
