"""The failures of a run, one by one: what was asked, what should have come, and what came."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from toolfuzz.analyze.load import RunData
    from toolfuzz.core.verdict import Finding, Verdict

__all__ = ["Failure", "Failures"]


class Failure:
    """One reply that failed: what was asked, what should have come, and what came."""

    def __init__(self, run: "RunData", verdict: "Verdict", number: int) -> None:
        self._run = run
        self._verdict = verdict
        self.number = number
        """Its number in ``toolfuzz show RUN``."""
        self.case: str = verdict.case_id
        self.target: str = verdict.target
        self.stream: bool = verdict.stream
        self.repeat: int = verdict.repeat

    @property
    def findings(self) -> "tuple[Finding, ...]":
        """All that is wrong with it: slug, message, pointer, expected, actual …"""
        return self._verdict.findings

    @cached_property
    def defects(self) -> list[str]:
        """The defects that failed it, the first cause first."""
        from toolfuzz.analyze.load import causes

        return list(dict.fromkeys(found.slug for found in causes(self._verdict)))

    @property
    def prompt(self) -> str:
        """What the user said last before the reply."""
        said = self._shown["said"]
        return next((str(one["text"]) for one in reversed(said) if one["who"] == "user"), "")

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools that were offered: name, description and parameters."""
        case = self._run.cases[self.case]
        return [
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
            for tool in case.tools_at(self.turn)
        ]

    @property
    def turn(self) -> int:
        """The turn of the reply, from 0."""
        return int(self._shown["turn"]) - 1

    @property
    def expected(self) -> list[dict[str, Any]] | None:
        """The calls that were right (name, arguments); None where nobody knows them."""
        found: list[dict[str, Any]] | None = self._shown["expected"]
        return found

    @property
    def got(self) -> list[dict[str, Any]]:
        """The calls that came; arguments that are no JSON as the text that they are."""
        found: list[dict[str, Any]] = self._shown["got"]
        return found

    @property
    def text(self) -> str:
        """The text that came beside them."""
        return str(self._shown["text"] or "")

    @cached_property
    def request(self) -> dict[str, Any]:
        """The body that was sent."""
        return dict(self._exchange().request)

    @cached_property
    def bytes(self) -> bytes:
        """The body that came, to the byte."""
        return bytes(self._exchange().last.body)

    @property
    def curl(self) -> str:
        """A shell command that asks it again; the key is its variable's name."""
        return str(self._shown["curl"] or "")

    @cached_property
    def _shown(self) -> dict[str, Any]:
        from toolfuzz.evidence.showing import shown_reply

        return shown_reply(self._run, self._verdict)

    def _exchange(self) -> Any:
        from toolfuzz.analyze.load import last_of_each_turn, question

        kept = last_of_each_turn(self._run.exchanges.get(question(self._verdict), []))
        return next(exchange for exchange in kept if exchange.turn == self.turn)

    def __repr__(self) -> str:
        return f"<Failure {self.number}: {', '.join(self.defects)} on {self.target}, {self.case}>"


class Failures(Sequence[Failure]):
    """The replies of a run that failed, numbered as by ``toolfuzz show``; read when asked for."""

    def __init__(self, run: "RunData") -> None:
        from toolfuzz.evidence.listing import failing

        self._run = run
        self._found = failing(run)

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> Failure: ...
    @overload
    def __getitem__(self, at: slice) -> list[Failure]: ...
    def __getitem__(self, at: int | slice) -> Failure | list[Failure]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        number = at + 1 if at >= 0 else len(self) + at + 1
        if not 1 <= number <= len(self):
            raise IndexError(at)
        return Failure(self._run, self._found.verdict(number), number)

    def __repr__(self) -> str:
        return f"<{len(self)} failures>"

    def _repr_html_(self) -> str:
        from toolfuzz.notebook import failures_html

        return failures_html(self)
