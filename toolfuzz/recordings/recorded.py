"""One recorded exchange, whatever file it stood in."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO, TypeVar

from toolfuzz.core.ask import Ask, turns_of
from toolfuzz.core.case import Case, Json, JsonObject, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import USUAL, format_names, wire_format
from toolfuzz.formats.history import misfit
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.formats.writing import encode_body
from toolfuzz.recordings.expected import expectation
from toolfuzz.recordings.lines import json_lines, json_value

__all__ = [
    "MOST_BEFORE",
    "BadEntry",
    "Recorded",
    "each",
    "lines_into",
    "merged",
    "of_unknown_tools",
    "read_attempt",
    "read_exchange",
    "rebuilt",
]

MOST_BEFORE = 50
"""How many replies of an agent's session the next one is judged beside: it may have thousands."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry of a file that could not be read as an exchange; ``number`` counts from 1."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange as it was read, ready to be judged.

    ``number`` is its place in the file, counted from 1. ``request`` went out in the wire format
    ``format``, ``attempt`` came back. ``replies`` are those to the case's turns so far.
    ``counterpart`` are the plain replies to the same turns, ``again`` both replies to this
    one where a run asked it again, ``source`` and ``question`` the target and the question of a
    run. Of other files ``ask`` is what the request says, ``misfit`` what is wrong with the history
    that it holds; ``note`` says what else is odd about the conversation. ``repeat`` counts how
    often the run asked it before. ``base_url`` is where it was asked, "" for
    unknown. ``rebuilt_from`` names the tool that kept only what it had understood: its wire
    isn't known. ``headers`` are the request's where the file has them, and the credentials in its
    address: for masking alone.
    """

    id: str
    case: Case
    replies: Sequence[Reply | None]
    cap: int | None
    format: str
    request: JsonObject = field(repr=False)
    attempt: Attempt = field(repr=False)
    stream: bool = False
    number: int = 0
    turn: int = 0
    counterpart: Sequence[Reply | None] = ()
    again: Sequence[tuple[Reply, Reply]] = ()
    source: str = ""
    question: str = ""
    repeat: int = 0
    base_url: str = ""
    ask: Ask | None = None
    misfit: str | None = None
    note: str = ""
    rebuilt_from: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def each(
    entries: Iterable[tuple[int, _T]], read: Callable[[_T], Recorded | None]
) -> Iterator[Recorded | BadEntry]:
    """Read numbered entries one by one; one that ``read`` refuses (UsageError) spoils itself."""
    for number, entry in entries:
        try:
            found = read(entry)
        except UsageError as error:
            yield BadEntry(number, error.message)
        else:
            if found is not None:
                yield replace(found, id=found.id or str(number), number=number)


def lines_into(file: BinaryIO, add: Callable[[int, Json], None]) -> Iterator[BadEntry]:
    """Give each line's number and value to ``add``; yield those that are no JSON or refused."""
    for number, line in json_lines(file):
        try:
            add(number, json_value(line))
        except UsageError as error:
            yield BadEntry(number, error.message)


def read_exchange(
    label: str,
    named: str,
    request: JsonObject,
    content: bytes | Json,
    *,
    status: int = 200,
    stream: bool = False,
    ask: Ask | None = None,
    path: str = "",
    expect: Json = None,
) -> Recorded:
    """Put a request, sent to ``path`` where that is known, and the body that came back together.

    ``label`` is what it is called, "" for its place in the file; ``ask`` is as in ``read_attempt``.
    Raises UsageError.
    """
    format_ = wire_format(named)
    content_type = format_.framing.content_type if stream else "application/json"
    attempt = Attempt(
        started=0.0,
        first_byte_ms=None,
        total_ms=0.0,
        status=status,
        headers={"content-type": content_type},
        chunks=((0.0, content if isinstance(content, bytes) else as_bytes(content)),),
    )
    return read_attempt(
        label, named, request, attempt, ask=ask, path=path, stream=stream, expect=expect
    )


def read_attempt(
    label: str,
    named: str,
    request: JsonObject,
    attempt: Attempt,
    *,
    ask: Ask | None = None,
    path: str = "",
    stream: bool = False,
    expect: Json = None,
) -> Recorded:
    """Put a request, sent to ``path`` where that is known, and an attempt together.

    ``ask`` is what the request says, where it has been read already.
    """
    format_ = wire_format(named)
    ask = ask or format_.read_request(request, path=path)
    case = Case("recorded", "recorded", (), ask.tools, turns_of(ask, expectation(expect)))
    reply = format_.read(attempt, stream=stream)
    wrong = misfit(ask)
    note = _foreign(named, request, ask) or _misfit_note(wrong)
    return Recorded(
        id=label,
        case=case,
        replies=[*ask.replies, reply],
        cap=ask.max_tokens,
        format=named,
        request=request,
        attempt=attempt,
        stream=stream,
        turn=len(case.turns) - 1,
        ask=ask,
        misfit=wrong,
        note=note,
    )


def rebuilt(
    tool: str, label: str, ask: Ask, calls: Sequence[Call], text: str = "", *, finish: str = ""
) -> Recorded:
    """Return an exchange of which ``tool`` kept what it had understood, not the bytes.

    Request and reply are spelled as chat completions, so that they can be kept and asked again;
    what only they would show isn't judged. Tools of ``ask`` whose schema isn't known are those that
    are not ``declared``. ``finish`` is a word of the chat vocabulary, where one was kept.
    """
    format_ = wire_format(USUAL)
    ended = finish or ("tool_calls" if calls else "stop")
    plan = ReplyPlan(ask, "rebuilt", text=text, calls=[*calls], finish=ended)
    request = format_.request(ask).body
    body = encode_body(format_.serve(plan).body)
    found = read_exchange(label, USUAL, request, body, ask=ask)
    return replace(found, note=_misfit_note(found.misfit), rebuilt_from=tool)


def merged(
    tool: str, label: str, named: str, request: JsonObject, body: Json, *, answered_in: str = ""
) -> Recorded:
    """Return an exchange of which ``tool`` kept the bodies as it had read and merged them itself.

    ``answered_in`` is the format that it spelled the reply in, where that isn't the request's.
    Raises UsageError for a reply that is in neither.
    """
    if answered_in and answered_in != named:
        request = wire_format(answered_in).request(wire_format(named).read_request(request)).body
    found = read_exchange(label, answered_in or named, request, body)
    reply = found.replies[-1]
    if reply is None or any(problem.kind == "envelope" for problem in reply.problems):
        raise UsageError(f"what {tool} kept of the reply is not written as {found.format}")
    return replace(found, rebuilt_from=tool)


def of_unknown_tools(found: Recorded) -> Recorded:
    """Return an exchange of which it isn't known what was on offer: the tools that are called."""
    reply = found.replies[-1]
    names = dict.fromkeys(call.name for call in reply.calls if call.name) if reply else {}
    tools = tuple(Tool(name, None, {}, declared=False) for name in names)
    return replace(found, case=replace(found.case, tools=tools))


def _misfit_note(wrong: str | None) -> str:
    return f"the history doesn't fit: {wrong}" if wrong else ""


def as_bytes(body: Json) -> bytes:
    """Return the bytes of a body that is text or JSON.

    Half of a surrogate pair (``\\ud83d``) is no text: its bytes are those that no UTF-8 has.
    """
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _foreign(named: str, request: JsonObject, ask: Ask) -> str:
    """Say when the calls in a request's history can be read in another wire format only."""
    if any(reply.calls for reply in ask.replies) or (ask.said and not ask.replies):
        return ""
    others = (name for name in format_names() if name != named)
    for other in others:
        calls = sum(len(r.calls) for r in wire_format(other).read_request(request).replies)
        if calls:
            return f"the history doesn't fit {named}: its calls are written as in {other}"
    return "" if ask.said else f"the request holds nothing that {named} can say"
