"""Traffic that passes a recorder: judged as it comes, and kept as a run that others can read.

Nothing is known of what was right, so only the wire, the stream, the structure, the schemas and the
history of each conversation are judged.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.core.credentials import is_credential
from toolfuzz.core.events import Event
from toolfuzz.core.inflate import EncodingError
from toolfuzz.formats.routes import route_of
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.conversations import Conversations
from toolfuzz.recordings.recorded import read_attempt
from toolfuzz.runs.keeping import Keeper
from toolfuzz.runs.offline import judged
from toolfuzz.sources.recorder import Seen
from toolfuzz.sources.redaction import Redaction

__all__ = ["Observer"]


@dataclass(slots=True)
class Observer:
    """Judges what a recorder saw, one exchange after the other, and keeps it in journals.

    There is one run a wire format; that of the first one seen is ``folder``. ``tell`` sees every
    event that was written, ``warn`` is told once when nothing can be written any more.
    ``passed_by`` counts requests that ask no model for calls, ``lost`` exchanges that could not be
    kept; ``failed`` is why the disk took nothing more.
    """

    upstream: str
    folder: Path
    policy: Policy = field(default_factory=Policy)
    tell: Callable[[Event], None] = lambda event: None
    warn: Callable[[str], None] = lambda message: None
    passed_by: int = field(default=0, init=False)
    lost: int = field(default=0, init=False)
    failed: OSError | None = field(default=None, init=False)
    _conversations: Conversations = field(default_factory=Conversations, init=False)
    _tools: dict[tuple[str, ...], tuple[Tool, ...]] = field(default_factory=dict, init=False)
    _keeper: Keeper = field(init=False)

    def __post_init__(self) -> None:
        self._keeper = Keeper(self.folder, self.policy, about={"observed": True}, tell=self.tell)

    def take(self, seen: Seen) -> None:
        """Judge and keep one exchange. Whatever goes wrong is told, never raised."""
        try:
            self._take(seen)
        except Exception as error:
            # A mistake here, or a full disk, must not end what goes on between others.
            if not self.lost:
                self.warn(f"an exchange could not be kept: {error}")
            self.lost += 1
            if isinstance(error, OSError):
                self.failed = error

    def _take(self, seen: Seen) -> None:
        path, route = seen.path, route_of(seen.path)
        body = _body(seen) if route else None
        if body is None or route is None:
            self.passed_by += 1
            return
        format, prefix = route
        redaction = Redaction(None, seen.headers, others=_secrets_of_query(path))
        body = redaction.request(body)
        ask = self._shared(format.read_request(body, path=path))
        recorded = read_attempt("", format.name, body, seen.attempt, ask=ask, stream=ask.stream)
        recorded = self._conversations.join(recorded)
        judgement = judged(recorded)
        self._conversations.remember(recorded, judgement.reply)
        self._keeper.keep(
            recorded,
            self.policy.apply(judgement),
            base_url=self.upstream + prefix,
            redaction=redaction,
        )

    def _shared(self, ask: Ask) -> Ask:
        """Return what is asked with the tools of an earlier request where they are the same.

        An agent offers the same ones each time, and they are most of what is held in memory.
        """
        known = self._tools.setdefault(tuple(tool.name for tool in ask.tools), ask.tools)
        return replace(ask, tools=known) if known == ask.tools else ask

    def close(self) -> list[JsonObject]:
        """Close the journals and return the summaries; what can't be written is told."""
        if self.lost:
            self.warn(f"{self.lost} exchange{'s' if self.lost > 1 else ''} could not be kept")
        try:
            summaries = self._keeper.close()
        except OSError as error:
            self.warn(f"the end of the run could not be written: {error.strerror or error}")
            self.failed = error
            return []
        if not summaries and not self.lost:
            self.warn("nothing passed that asks a model for anything")
        return summaries


def _secrets_of_query(path: str) -> list[str]:
    """Return the keys in a request's address (Gemini's ``?key=``)."""
    queried = parse_qsl(urlsplit(path).query)
    return [value for name, value in queried if is_credential(name)]


def _body(seen: Seen) -> JsonObject | None:
    """Return the JSON object that was posted; None for anything else.

    Raises EncodingError for a body that can't be read.
    """
    if seen.method != "POST":
        return None
    if seen.unread:
        raise EncodingError(seen.unread)
    try:
        body = json.loads(seen.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
