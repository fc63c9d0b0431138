"""What a generateContent reply says: one body, or a stream of such bodies, unrepaired.

https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
"""

from collections.abc import Iterable, Iterator

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Reply, Usage
from toolfuzz.formats.reading import Event, Notes, checked_string, count, string

from .parts import Heard, hear

__all__ = ["plain", "stream"]

# https://ai.google.dev/api/generate-content#FinishReason
_FINISHES: dict[str, Finish] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "refusal",
    "RECITATION": "refusal",
    "LANGUAGE": "refusal",
    "BLOCKLIST": "refusal",
    "PROHIBITED_CONTENT": "refusal",
    "SPII": "refusal",
    "IMAGE_SAFETY": "refusal",
    "MODEL_ARMOR": "refusal",
}


def plain(root: JsonObject, notes: Notes) -> Reply:
    """Read the object of a body; see WireFormat."""
    body = _Body(notes)
    body.add(root, "$")
    return body.reply(stream=False)


def stream(events: Iterable[Event], notes: Notes) -> Reply:
    """Read the events of a stream; see WireFormat.

    Each is such an object and brings whole calls, so the reply has ``calls`` and no fragments.
    No marker ends a stream; it has ended when a finish reason came.
    """
    body = _Body(notes)
    for number, _, data in events:
        if isinstance(data, str):
            notes.add("envelope", f"event {number}", f"{data} is no event of this format")
        else:
            body.add(data, f"event {number}")
    return body.reply(stream=True)


class _Body:
    """What the object, or all objects of a stream so far, say."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.heard = Heard()
        self.ids: dict[str, None] = {}
        self.reason: str | None = None
        self.blocked: str | None = None
        self.usage: Usage | None = None
        self.model: str | None = None
        self.error: Json = None

    def add(self, root: JsonObject, where: str) -> None:
        if root.get("error") is not None:
            self.error = root["error"]
        if (found := string(root, "responseId")) is not None:
            self.ids[found] = None
        self.model = self.model or string(root, "modelVersion")
        self.usage = _usage(root.get("usageMetadata")) or self.usage
        feedback = root.get("promptFeedback")
        if isinstance(feedback, dict):
            self.blocked = self.blocked or string(feedback, "blockReason")
        for candidate in _candidates(root, where, self.notes):
            content = candidate.get("content")
            place = f"{where}.candidates[0].content"
            if isinstance(content, dict):
                hear(self.heard, content.get("parts"), f"{place}.parts", self.notes)
            elif content is not None:
                self.notes.add("bad-field", place, f"content is {a_kind(content)}")
            reason = checked_string(candidate, "finishReason", f"{where}.candidates[0]", self.notes)
            self.reason = reason or self.reason

    def reply(self, *, stream: bool) -> Reply:
        heard = self.heard
        return Reply(
            "",
            stream,
            None,
            text="".join(heard.text),
            reasoning="".join(heard.reasoning),
            calls=tuple(heard.calls),
            finish_reason=self.reason or self.blocked,
            finish=self._finish(),
            usage=self.usage,
            model=self.model,
            error=self.error,
            ended=not stream or self.reason is not None or self.blocked is not None,
            chunk_ids=tuple(self.ids),
            extra=heard.beside.extra,
            places=heard.beside.places,
        )

    def _finish(self) -> Finish | None:
        """STOP also ends a reply that calls tools. A blocked prompt has no finish reason."""
        if self.reason is None:
            return "refusal" if self.blocked else None
        finish = _FINISHES.get(self.reason.upper(), "other")
        return "tool_calls" if finish == "stop" and self.heard.calls else finish


def _candidates(root: JsonObject, where: str, notes: Notes) -> Iterator[JsonObject]:
    """Yield the first candidate: one was asked for, so any other is noted."""
    candidates = root.get("candidates")
    if candidates is not None and not isinstance(candidates, list):
        notes.add("envelope", f"{where}.candidates", f"candidates is {a_kind(candidates)}")
        return
    for n, candidate in enumerate(candidates or ()):
        place = f"{where}.candidates[{n}]"
        if not isinstance(candidate, dict):
            notes.add("bad-field", place, f"a candidate is {a_kind(candidate)}")
        elif n or candidate.get("index", 0) not in (0, None):
            notes.add("choice-index", place, "a candidate other than 0 although one was asked for")
        if n == 0 and isinstance(candidate, dict):
            yield candidate


def _usage(usage: Json) -> Usage | None:
    """Read the token counts; thoughts are counted apart and are output too."""
    if not isinstance(usage, dict):
        return None
    spoken = count(usage.get("candidatesTokenCount"))
    thought = count(usage.get("thoughtsTokenCount"))
    output = None if spoken is None and thought is None else (spoken or 0) + (thought or 0)
    return Usage(count(usage.get("promptTokenCount")), output)
