"""What was said up to a reply, for requests that go on from it by its id."""

from dataclasses import replace

from toolfuzz.core.ask import Ask
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.history import replied
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.simulate.question import BadRequestError, Question

__all__ = ["Memory"]

_MOST = 4096


class Memory:
    """The last few thousand conversations, each by the id of its last reply."""

    def __init__(self) -> None:
        self._asked: dict[str, Ask] = {}

    def recall(self, question: Question) -> Question:
        """Return the question with all that was said before it; raises BadRequestError."""
        ask = question.ask
        if not ask.continues:
            return question
        if ask.continues not in self._asked:
            raise BadRequestError(f"Previous response with id '{ask.continues[:80]}' not found.")
        before = self._asked[ask.continues]
        tools = before.tools if question.format.traits.keeps_tools else ask.tools
        return replace(question, ask=replace(ask, said=(*before.said, *ask.said), tools=tools))

    def keep(self, question: Question, reply: ReplyPlan) -> None:
        """Remember a reply, where its format has requests that go on from one, or it was asked."""
        format, ask = question.format, question.ask
        remembers = format.traits.remembers and question.body.get("store") is not False
        if not remembers and ask.continues is None:
            return
        calls = [
            ToolCall(str(call.id), str(call.name), call.raw if isinstance(call.raw, str) else None)
            for call in reply.calls
        ]
        said = (*ask.said, replied(reply.text, calls, reasoning=reply.reasoning))
        self._asked[format.serving.reply_id(reply)] = replace(ask, said=said)
        if len(self._asked) > _MOST:
            del self._asked[next(iter(self._asked))]
