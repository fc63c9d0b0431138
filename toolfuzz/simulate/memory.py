"""What was said up to a reply, for requests that go on from it by its id."""

from dataclasses import replace

from toolfuzz.core.ask import Said
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.history import replied
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.simulate.question import BadRequestError, Question

__all__ = ["Memory"]

_MOST = 4096


class Memory:
    """The last few thousand conversations, each by the id of its last reply."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[Said, ...]] = {}

    def recall(self, question: Question) -> Question:
        """Return the question with all that was said before it; raises BadRequestError."""
        continues = question.ask.continues
        if not continues:
            return question
        if continues not in self._said:
            raise BadRequestError(f"Previous response with id '{continues[:80]}' not found.")
        before = self._said[continues]
        return replace(question, ask=replace(question.ask, said=(*before, *question.ask.said)))

    def keep(self, question: Question, reply: ReplyPlan) -> None:
        """Remember a reply, where its format has requests that go on from one."""
        format = question.format
        if not format.traits.remembers or question.body.get("store") is False:
            return
        calls = [
            ToolCall(str(call.id), str(call.name), call.raw if isinstance(call.raw, str) else None)
            for call in reply.calls
        ]
        said = (*question.ask.said, replied(reply.text, calls, reasoning=reply.reasoning))
        self._said[format.serving.reply_id(reply)] = said
        if len(self._said) > _MOST:
            del self._said[next(iter(self._said))]
