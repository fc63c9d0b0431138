"""Every Eval Ever: a folder in the layout of its data store, to be put into a copy of that.

For each target ``data/toolfuzz/DEVELOPER/MODEL/<uuid>.json``, a record of the results, and
``<uuid>_samples.jsonl``, a line an answer. Schemas 0.3.0, eval.schema.json and
instance_level_eval.schema.json of https://github.com/evaleval/every_eval_ever.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.text import file_name, printable
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.formats._samples import Said, Sample, object_of, same_each_time, samples
from toolfuzz.report.words import given_up

__all__ = ["FOLDER", "announce", "files"]

FOLDER = "every-eval-ever"
_SCHEMA = "0.3.0"
_NAME = "toolfuzz"
_RESULT = "toolfuzz:success"


def files(run: RunData, summary: JsonObject) -> Iterator[tuple[str, Iterator[str]]]:
    """Give the answers and then the record of each target; a target without a rate has neither."""
    for number, target in enumerate(summary["targets"]):
        if target["rate"] is None:
            continue
        developer, model = _developer(target)
        stem = f"data/{_NAME}/{file_name(developer)}/{file_name(model)}/{_uuid(summary, target)}"
        lines = _Lines()
        yield f"{stem}_samples.jsonl", lines.of(run, summary, number)
        # What the lines were is known when they have been written.
        yield f"{stem}.json", iter([_record(summary, target, f"{stem}_samples.jsonl", lines)])


def announce(run: RunData, summary: JsonObject) -> str:
    """Say which targets have no record."""
    none = [printable(t["target"]) for t in summary["targets"] if t["rate"] is None]
    return "".join(f"every-eval-ever: nothing was judged on {name}\n" for name in none)


class _Lines:
    """The lines of the answers, counted and hashed as they pass."""

    def __init__(self) -> None:
        self.count = 0
        self.hash = hashlib.sha256()

    def of(self, run: RunData, summary: JsonObject, number: int) -> Iterator[str]:
        id_ = _evaluation(summary, summary["targets"][number])
        for sample in samples(run, run.started.targets[number]):
            if sample.verdict.status == "unjudged":
                # The schema knows only right and wrong.
                continue
            line = dumped(_sample(sample, id_)) + "\n"
            self.count += 1
            self.hash.update(line.encode())
            yield line


def _record(summary: JsonObject, target: JsonObject, samples_at: str, lines: _Lines) -> str:
    developer, model = _developer(target)
    nature = target["nature"]
    record = {
        "schema_version": _SCHEMA,
        "evaluation_id": _evaluation(summary, target),
        "evaluation_timestamp": str(summary["started"]),
        "retrieved_timestamp": str(summary["finished"] or summary["started"]),
        "source_metadata": {
            "source_name": _NAME,
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": _NAME, "version": summary["toolfuzz_version"]},
        "model_info": {
            "name": target["model"],
            "id": f"{developer}/{model}",
            "inference_platform": target["endpoint"],
            "additional_details": {
                "deployment_type": "unknown",
                "model_availability": "unknown",
                "nature": nature["sentence"] or "a real endpoint",
                "wire_format": target["format"],
            },
        },
        "evaluation_results": [_result(summary, target)],
        "detailed_evaluation_results": {
            "format": "jsonl",
            "file_path": samples_at,
            "hash_algorithm": "sha256",
            "checksum": lines.hash.hexdigest(),
            "total_rows": lines.count,
        },
    }
    return dumped(record) + "\n"


def _result(summary: JsonObject, target: JsonObject) -> JsonObject:
    defects = {slug: f"{e['replies']} replies" for slug, e in target["defects"].items()}
    return {
        "evaluation_result_id": _RESULT,
        "evaluation_name": _NAME,
        "source_data": {
            "dataset_name": f"toolfuzz cases of seed {summary['seed']}",
            "source_type": "other",
            "additional_details": {"settings": json.dumps(summary["settings"])},
        },
        "metric_config": {
            "evaluation_description": "Share of answers whose tool calls arrived intact: right "
            "tools, right arguments, and bytes that the wire format allows",
            "metric_id": "pass_rate",
            "metric_name": "Success",
            "metric_kind": "pass_rate",
            "metric_unit": "proportion",
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0,
            "max_score": 1,
        },
        "score_details": {
            "score": target["rate"],
            "details": {"unjudged": str(target["unjudged"]), **_given_up(target), **defects},
            "uncertainty": {
                "confidence_interval": {
                    "lower": target["low"],
                    "upper": target["high"],
                    "confidence_level": 0.95,
                    "method": "cluster-corrected, see toolfuzz's docs/statistics.md",
                },
                "num_samples": target["judged"],
            },
        },
    }


def _given_up(target: JsonObject) -> dict[str, str]:
    said = given_up(target)
    return {"given_up": said} if said else {}


def _sample(sample: Sample, evaluation: str) -> JsonObject:
    verdict, metrics = sample.verdict, sample.verdict.metrics
    once = len(sample.case.turns) == 1
    told: JsonObject = {
        "schema_version": _SCHEMA,
        "evaluation_id": evaluation,
        "model_id": "/".join(_named(sample.target.name, sample.target.endpoint)),
        "evaluation_name": _NAME,
        "evaluation_result_id": _RESULT,
        "sample_id": sample.id,
        "sample_hash": hashlib.sha256(_ascii(sample.prompt + sample.wanted)).hexdigest(),
        "interaction_type": "single_turn" if once else "multi_turn",
        "input": {"raw": sample.prompt, "reference": [sample.wanted]},
        "output": {"raw": [sample.came]} if once else None,
        "messages": None if once else list(_messages(sample)),
        "answer_attribution": [
            {
                "turn_idx": 0 if once else max(len(list(sample.said())) - 1, 0),
                "source": "output.raw" if once else "messages[turn_idx].tool_calls",
                "extracted_value": sample.came,
                "extraction_method": "custom",
                "is_terminal": True,
            }
        ],
        "evaluation": {
            "score": float(verdict.status == "pass"),
            "is_correct": verdict.status == "pass",
            "num_turns": len(sample.case.turns),
            "tool_calls_count": sum(len(a.reply.calls) for a in sample.asked),
        },
        "performance": {"latency_ms": metrics.latency_ms},
        "metadata": {
            "explanation": sample.explanation,
            "probe": sample.case.probe,
            "stream": str(verdict.stream).lower(),
            "repeat": str(verdict.repeat),
        },
    }
    if metrics.input_tokens is not None and metrics.output_tokens is not None:
        read, written = metrics.input_tokens, metrics.output_tokens
        told["token_usage"] = {
            "input_tokens": read,
            "output_tokens": written,
            "total_tokens": read + written,
        }
    return told


def _messages(sample: Sample) -> Iterator[JsonObject]:
    for at, said in enumerate(sample.said()):
        yield {"turn_idx": at, "role": said.role, "content": said.text, **_calls(said)}


def _calls(said: Said) -> JsonObject:
    if said.role == "tool":
        return {"tool_call_id": [said.answers]}
    if not said.calls:
        return {}
    return {"tool_calls": [_call(n, call) for n, call in enumerate(said.calls)]}


def _call(number: int, call: ToolCall) -> JsonObject:
    """Return a call; the schema wants its arguments as strings, which each is as JSON here."""
    found, text = object_of(call)
    arguments: dict[str, Any] = {name: json.dumps(value) for name, value in found.items()}
    if text is not None:
        arguments = {"(not an object)": text}
    return {"id": call.id or f"call-{number}", "name": call.name or "", "arguments": arguments}


def _evaluation(summary: JsonObject, target: JsonObject) -> str:
    return f"{_NAME}/{'/'.join(_developer(target))}/{summary['started']}"


def _developer(target: JsonObject) -> tuple[str, str]:
    return _named(target["target"], target["endpoint"])


def _named(name: str, endpoint: str) -> tuple[str, str]:
    """Return developer and model; who serves it stands for a developer that isn't named."""
    developer, slash, model = name.rpartition("/")
    return (developer.split("/")[-1] or endpoint or "unknown", model) if slash else (endpoint, name)


def _uuid(summary: JsonObject, target: JsonObject) -> UUID:
    return UUID(bytes=same_each_time(summary, target)[:16], version=4)


def _ascii(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
