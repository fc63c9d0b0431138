"""What tools can do, by name: one file for each kind of thing that is acted on."""

from toolfuzz.worlds.operations import bulk, logs, records, services, tokens
from toolfuzz.worlds.operations.base import Operation

__all__ = ["OPERATIONS", "Operation"]

OPERATIONS: dict[str, Operation] = {
    **tokens.OPERATIONS,
    **records.OPERATIONS,
    **bulk.OPERATIONS,
    **services.OPERATIONS,
    **logs.OPERATIONS,
}
