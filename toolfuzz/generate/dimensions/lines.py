"""Openings made of lines, each there only when the task has what it says; and read back."""

import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import JsonObject, Message
from toolfuzz.generate.dimensions.base import filled, read_filled
from toolfuzz.worlds.view import View

__all__ = ["Lines", "read_lines", "told_in_lines"]

Lines = Sequence[str]
"""A wording: templates in the order in which they are told."""

_FIELD = re.compile(r"\{(\w+)\}")


def told_in_lines(lines: Lines, task: JsonObject) -> tuple[Message, ...]:
    """Return the message of a task: the lines all of whose fields the task has."""
    there = (line for line in lines if all(task[f] is not None for f in _FIELD.findall(line)))
    return (Message("user", "\n".join(filled(line, **_used(line, task)) for line in there)),)


def read_lines(wordings: Sequence[Lines], view: View) -> JsonObject | None:
    """Return the task that the first message was made of; None when it is none of these."""
    for lines in wordings:
        task: dict[str, Any] = {f: None for line in lines for f in _FIELD.findall(line)}
        for said in view.task.split("\n"):
            found = (read_filled(line, said) for line in lines)
            read = next((values for values in found if values is not None), None)
            if read is None:
                break
            task |= read
        else:
            if told_in_lines(lines, task)[0].content == view.task:
                return task
    return None


def _used(line: str, task: JsonObject) -> JsonObject:
    return {field: task[field] for field in _FIELD.findall(line)}
