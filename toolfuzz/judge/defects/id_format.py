"""The call's id breaks the form that this model family needs in the next turn."""

import re
from collections.abc import Iterable

from toolfuzz.core.reply import ToolCall
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._ids import kept
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import answer, called, refused
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls, refuse


def detect(facts: Facts) -> Iterable[Finding]:
    model = facts.reply.model or ""
    for n, call in enumerate(kept(facts)):
        if call.id and not _fits(call, model):
            return [DEFECT.finding(f"{clip(call.id, 80)!r} from {clip(model, 80)!r}", call=n)]
    return ()


_MISTRAL = re.compile(r"mistral|mixtral|ministral|codestral|devstral|magistral|pixtral", re.I)
_MISTRAL_ID = re.compile(r"[a-zA-Z0-9]{9}")
_KIMI = re.compile(r"kimi|moonshot", re.I)


def _fits(call: ToolCall, model: str) -> bool:
    """Whether the id has the form that the model's family takes back in the next turn.

    Only families whose need is public are held to one: Mistral ids are 9 letters or digits; Kimi
    ids that count calls must be functions.NAME:INDEX (ids that a host hands out are left alone).
    """
    if _MISTRAL.search(model):
        return _MISTRAL_ID.fullmatch(call.id or "") is not None
    if _KIMI.search(model) and call.id and call.id.startswith("functions"):
        return re.fullmatch(rf"functions\.{re.escape(call.name or '')}:\d+", call.id) is not None
    return True


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 for ids that aren't nine letters or digits, though the server gave them out."""
    for call in earlier_calls(reply.ask):
        if not re.fullmatch(r"[a-zA-Z0-9]{9}", str(call.id)):
            return refuse(
                reply, f"Tool call id was {call.id} but must be a-z, A-Z, 0-9, with a length of 9."
            )
    return False


DEFECT = Defect(
    slug="id-format",
    group="G",
    tells_of="serialization",
    title="The call's id breaks the form that this model family needs in the next turn",
    severity="warn",
    layer="wire",
    stage="pairing",
    usual="the server or gateway",
    help=(
        "Mistral's templates take exactly 9 letters or digits, Kimi counts "
        "functions.NAME:INDEX. Replay a second turn to see whether this server refuses its own "
        "id."
    ),
    example='{"id":"call_49c89af0"} from a Mistral model',
    sources=(
        "anomalyco/opencode#1680",
        "ml-explore/mlx-lm#1375",
        "vybestack/llxprt-code#713",
        "sgl-project/sglang#9606",
    ),
    indistinguishable=(
        "One reply can't prove that the next turn fails: it is a warning then, only for models "
        "whose name tells the family, and an error once a turn is refused for it."
    ),
    detect=detect,
    explains=before("id-format"),
    refused=Refused(
        "history",
        (
            # Mistral, OpenAI, Anthropic and Bedrock
            r"(?:call[_ ]?ids?|tool_?use_?ids?|tool_?use\.id|tool_?calls?\S{0,20}\.id|tool id)\b"
            r".{0,80}(?:pattern|too (?:long|short)|max\w* length|length of|characters"
            r"|(?:must|should) (?:be|only|match|start|begin|contain)\b"
            r"(?! (?:a response|unique|followed|(?:a|an|one|the) .{0,20}(?:call|result))))",
            r"tool call id was .{0,80} but must be",
            r"expected an id that begins with",
        ),
    ),
    fault=Fault(simulate, "request", "ids", turn=2),
    examples=(
        answer(called("f", id="call_12345678"), asked=None, model="mistral-large"),
        answer(called("f", id="abcdefghi"), asked=None, model="mistral-large", found=False),
        answer(called("f", id="functions.f:0"), asked=None, model="kimi-k2", found=False),
        refused("Tool call id was call_1 but must be a-z, with a length of 9.", turn=1),
        refused("Tool call id was call_1 but must be a-z, with a length of 9.", found=False),
    ),
)
