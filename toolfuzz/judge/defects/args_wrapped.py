"""The arguments stand one level too deep, or carry the call's envelope."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Wrapped
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll, parameters


def explain(fact: Wrapped) -> str:
    """Tell of the envelope around the arguments."""
    return fact.how


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The arguments sit one level too deep."""
    fitting = [c for c in reply.calls if c.arguments and parameters(reply, c).get("required")]
    if not fitting:
        return False
    call = roll.rng.choice(fitting)
    key = roll.rng.choice(["arguments", "parameters", "input"])
    call.arguments = {key: call.arguments}
    return True


_SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
_OPEN = {"type": "object", "properties": {"team": {"type": "string"}}}

DEFECT = Defect(
    slug="args-wrapped",
    group="A",
    tells_of="understanding",
    harm="value",
    title="The arguments stand one level too deep, or carry the call's envelope",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model",
    help=(
        "The model repeats the call inside its arguments. Unwrap in the client; avoid "
        "parameters named arguments, parameters or input."
    ),
    example='{"arguments":{"path":"/home"}}',
    sources=("vllm-project/vllm#32146",),
    explain={Wrapped: explain},
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"name": "f", "path": "/home"}', asked={"path": "/home"}),
        arguments('{"tool_call_id": "call_1", "path": "/home"}', asked={"path": "/home"}),
        arguments('{"type": "function", "path": "/home"}', asked={"path": "/home"}),
        arguments('{"path": "/home", "arguments": {}}', asked={"path": "/home"}),
        arguments('{"recipient_name": "functions.f", "path": "/"}', asked={"path": "/"}),
        arguments('{"_tool": "f", "path": "/home"}', asked={"path": "/home"}),
        arguments('{"id": "call_1", "path": "/home"}', asked={"path": "/home"}),
        arguments('{"path": "/", "arguments": {"path": "/"}}', asked={"path": "/"}),
        arguments(
            '{"tool_calls": [{"name": "f", "arguments": {"path": "/"}}]}', asked={"path": "/"}
        ),
        arguments('{"index": 0, "path": "/home"}', asked={"path": "/home"}),
        arguments('{"role": "assistant", "path": "/home"}', asked={"path": "/home"}),
        arguments('{"id": "call_1", "type": "function", "path": "/home"}', schema=_SCHEMA),
        arguments('{"tool_call_id": "call_1", "path": "/home"}', schema=_SCHEMA),
        arguments('{"request": {"path": "/home"}}', asked={"path": "/home"}),
        arguments('{"request": {"path": "/home"}}', schema=_SCHEMA),
        arguments(
            '{"id": "x", "function": {"name": "f", "arguments": {"path": "/"}}}',
            asked={"path": "/"},
        ),
        arguments(
            '{"role": "assistant", "tool_calls": [{"name": "f", "arguments": {"path": "/"}}]}',
            asked={"path": "/"},
        ),
        arguments('{"arguments": {"arguments": {"path": "/"}}}', asked={"path": "/"}),
        arguments('{"path": "{\\"path\\": \\"/\\"}"}', asked={"path": "/"}),
        arguments('{"to": {"to": {"city": "Oslo"}}}', asked={"to": {"city": "Oslo"}}),
        arguments('{"to": {"at": {"city": "Rome"}}}', asked={"to": {"city": "Oslo"}}, found=False),
        arguments('{"team": "x", "id": "fc_barcelona"}', schema=_OPEN, found=False),
        arguments('{"more": {"team": "x"}}', schema=_OPEN, found=False),
        arguments('{"index": "first", "path": "/"}', asked={"path": "/"}, found=False),
        arguments('{"role": "admin", "path": "/"}', asked={"path": "/"}, found=False),
        arguments('{"id": "a-17", "path": "/"}', asked={"path": "/"}, found=False),
        arguments('{"type": "function", "path": "/home"}', schema=_SCHEMA, found=False),
        arguments('{"index": 0, "path": "/"}', asked={"index": 0, "path": "/"}, found=False),
        arguments('{"request": {"path": "/etc"}}', asked={"path": "/home"}, found=False),
        arguments('{"name": "g", "path": "/home"}', asked={"path": "/home"}, found=False),
        arguments('{"name": "f", "path": "/"}', asked={"name": "f", "path": "/"}, found=False),
        arguments('{"arguments": {"path": "/home"}}', asked={"path": "/home"}),
        arguments(
            '{"arguments": {"path": "/home"}}', asked={"arguments": {"path": "/home"}}, found=False
        ),
    ),
)
