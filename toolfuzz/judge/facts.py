"""What is known of a reply under judgement. Each stage adds its facts; detectors read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from toolfuzz.core.case import Case, ExpectedCall, Tool, Turn
from toolfuzz.core.given import Cut, Given
from toolfuzz.core.reply import Reply, ToolCall, WireProblem
from toolfuzz.core.verdict import Finding
from toolfuzz.formats import Traits, wire_format

if TYPE_CHECKING:
    from toolfuzz.judge.markup import Written
    from toolfuzz.judge.pairing import Pair
    from toolfuzz.judge.streamed import StreamedCall
    from toolfuzz.judge.texts import ReadArguments

__all__ = ["Facts", "MatchedCall", "Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server said instead of a reply: the HTTP status, and its error as text for people.

    ``said`` are the error's messages without what they quote, ``codes`` the words by which it calls
    itself: that alone is what it says. ``params`` are the places in the request that it points at.
    """

    status: int
    text: str
    said: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    params: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All that it says."""
        return self.said + self.codes


@dataclass(slots=True)
class Facts:
    """One reply, the last of a conversation, and what the stages found out about it.

    ``case`` offers the turn's tools. ``number`` is the turn's, from 0; ``earlier`` are the replies
    before it (None: not kept).
    ``counterpart`` is the plain reply to the same question when it was asked in both modes,
    ``max_tokens`` the cap that the request carried, ``misfit`` what is wrong with the pairing of
    calls and results that it sent back, ``given`` what must stand beside the calls, where it is
    known to the letter. ``again`` are the replies, plain and streamed, when both were asked again;
    None where the same question always gets the same answer.

    laws: ``excuse`` says why the reply is nobody's fault unless a defect explains it, ``refusal``
    what the server said, ``broke_off`` that an error ended a stream, ``problems`` what the
    format's reader found out of place, ``readable`` whether anything else is there.
    assemble: ``streamed`` are the calls of a stream, ``sent`` all calls as a client has them,
    ``complete`` that there are calls whose arguments load; ``text_for_object`` the positions of
    those whose arguments are text though the format has an object there.
    structure: ``calls`` are mended of what the stream did to them; ``legacy``: they stand in the
    old field. ``in_text`` and ``in_reasoning`` are a call that stands there instead.
    pairing: ``pairs`` are the calls beside the tool they mean and the call asked for; ``merged``
    (position, number) calls taken apart, ``repeated`` calls made too often, ``unforced`` those of
    another tool than the one demanded, ``strays`` of another than asked for, ``extra`` nobody asked
    for, ``missing`` never came; ``order`` is the order in which they came, ``trace`` the calls'
    own markup beside them as (place, what), ``marker`` the beginning of one at the text's end,
    ``remains`` what else of them stands in the text.
    values: ``matched`` are the calls whose arguments were read, ``untried`` (keys) the patterns of
    schemas that could not be tried on them.
    """

    case: Case
    number: int
    reply: Reply
    earlier: Sequence[Reply | None] = ()
    counterpart: Reply | None = None
    max_tokens: int | None = None
    misfit: str | None = None
    given: Given | None = None
    again: Sequence[tuple[Reply, Reply]] | None = None
    turn: Turn = field(init=False)
    traits: Traits = field(init=False)
    findings: list[Finding] = field(default_factory=list)
    # laws
    excuse: str | None = None
    refusal: Refusal | None = None
    broke_off: bool = False
    problems: Sequence[WireProblem] = ()
    readable: bool = True
    # assemble
    streamed: Sequence[StreamedCall] = ()
    sent: Sequence[ToolCall] = ()
    complete: bool = False
    text_for_object: Sequence[int] = ()
    # structure
    calls: list[ToolCall] = field(default_factory=list)
    legacy: bool = False
    in_text: Written | None = None
    in_reasoning: Written | None = None
    # pairing
    pairs: list[Pair] = field(default_factory=list)
    merged: Sequence[tuple[int, int]] = ()
    repeated: Sequence[Pair] = ()
    unforced: Sequence[Pair] = ()
    strays: Sequence[Pair] = ()
    extra: Sequence[Pair] = ()
    missing: Sequence[ExpectedCall] = ()
    order: Sequence[int] = ()
    trace: tuple[str, Written] | None = None
    marker: str | None = None
    remains: str | None = None
    # values
    matched: list[MatchedCall] = field(default_factory=list)
    untried: Mapping[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.turn = self.case.turns[self.number]
        if self.turn.tools is not None:
            self.case = replace(self.case, tools=self.turn.tools)
        self.traits = wire_format(self.reply.api).traits

    @property
    def cut(self) -> Cut | None:
        """Where the generation is known to have ended too early."""
        return self.given.cut if self.given else None

    @property
    def forbidden(self) -> bool:
        """Whether no call was allowed."""
        return self.turn.tool_choice == "none" or not self.case.tools

    @property
    def unwanted(self) -> bool:
        """Whether no call was right, though calls were allowed."""
        return self.turn.expect.kind == "no_call" and not self.forbidden

    @property
    def demanded(self) -> bool:
        """Whether the server had to see to a call, whatever the model likes.

        An engine's parser, of which the text is known, is asked as with ``auto``.
        """
        if self.forbidden or self.unwanted or self.given is not None:
            return False
        return self.turn.tool_choice != "auto"

    @property
    def sought(self) -> bool:
        """Whether a call was asked for or demanded."""
        if self.forbidden or self.unwanted:
            return False
        return self.turn.expect.kind == "calls" or self.demanded


@dataclass(frozen=True, slots=True)
class MatchedCall:
    """A call of the reply beside the tool it means and the call that was asked for.

    ``index`` is its position in the assembled reply. ``right``: its text needed no mending, and
    what it holds is, to the letter, what was asked for.
    """

    index: int
    call: ToolCall
    tool: Tool | None
    expected: ExpectedCall | None
    document: ReadArguments
    right: bool
