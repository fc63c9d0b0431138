"""What was expected of a recorded reply, as it is given by hand."""

from typing import Any

from toolfuzz.core.case import Expectation, ExpectedCall, Json
from toolfuzz.core.errors import UsageError

__all__ = ["expectation"]


def expectation(expect: Json) -> Expectation:
    """Read ``{"calls": [{"name": …, "arguments": {…}}]}`` or ``{"no_call": true}``.

    None says that nothing is known. Raises UsageError.
    """
    if expect is None:
        return Expectation("unknown")
    if not isinstance(expect, dict):
        raise UsageError("`expect` must be an object with `calls` or `no_call`")
    if expect.get("no_call") is True:
        return Expectation("no_call")
    calls = expect.get("calls")
    if not isinstance(calls, list):
        raise UsageError("`expect` needs `calls`, a list, or `no_call`: true")
    return Expectation("calls", tuple(_expected_call(call) for call in calls))


def _expected_call(call: Any) -> ExpectedCall:
    match call:
        case {"name": str(name), "arguments": dict(arguments)}:
            return ExpectedCall(name, arguments)
    raise UsageError("each of `expect.calls` needs `name` and the object `arguments`")
