"""What a simulated fault is, and the frames that most of them fit in.

A defect's file holds its fault: a function that changes a planned reply as the defect does, and
``fault=Fault(simulate, stage)`` in its page. The simulator finds it there.
"""

from toolfuzz.judge.faults.fault import Fault, FaultStage, Roll, Trigger, has_keyword
from toolfuzz.judge.faults.frames import (
    AS_TEXT,
    KEEP,
    NOTHING,
    changes,
    is_json,
    messages_of,
    parameters,
    plain_string,
    rewrites,
)

__all__ = [
    "AS_TEXT",
    "KEEP",
    "NOTHING",
    "Fault",
    "FaultStage",
    "Roll",
    "Trigger",
    "changes",
    "has_keyword",
    "is_json",
    "messages_of",
    "parameters",
    "plain_string",
    "rewrites",
]
