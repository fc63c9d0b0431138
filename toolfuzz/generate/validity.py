"""The check that every case passes before it leaves: its answer is allowed by its own tools."""

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from toolfuzz.core.case import Case

__all__ = ["invalid_at"]


def invalid_at(case: Case) -> str | None:
    """Return where an expected call breaks its own tool's schema, None when all is well."""
    for turn in case.turns:
        for call in turn.expect.calls:
            tool = case.tool(call.tool)
            if tool is None:
                return f"{call.tool}: not on offer"
            error = best_match(Draft202012Validator(tool.parameters).iter_errors(call.arguments))
            if error is not None:
                return f"{call.tool}: {error.json_path}"
    return None
