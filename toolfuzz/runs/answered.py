"""What needn't be asked again when a run is gone on with."""

from collections.abc import Iterable, Iterator, Set

from toolfuzz.analyze.ledger import Ledger

__all__ = ["Answered"]

_Asking = tuple[str, str, int]


class Answered(Set[_Asking]):
    """The askings of a run that were judged so far: (case id, target name, repeat).

    What ended without a judgement is not answered. A case that is asked both plain and streamed
    counts when both are there.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._questions = ledger.questions
        self._both = {t.name for t in ledger.opening.targets if t.stream == "both"}

    def __contains__(self, asking: object) -> bool:
        if not isinstance(asking, tuple):
            return False
        case_id, target, repeat = asking
        ways = [self._questions.became(case_id, target, repeat, way) for way in (False, True)]
        there = [status in ("pass", "fail") for status in ways]
        return all(there) if target in self._both else any(there)

    def __iter__(self) -> Iterator[_Asking]:
        questions, seen = self._questions, set[_Asking]()
        for row in range(len(questions)):
            case_id = questions.cases.ids.texts[questions.case[row]]
            target = questions.targets.texts[questions.target[row]]
            asking = case_id, target, questions.repeat[row]
            if asking in self and asking not in seen:
                seen.add(asking)
                yield asking

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @classmethod
    def _from_iterable(cls, askings: Iterable[_Asking]) -> Set[_Asking]:  # type: ignore[override]
        return frozenset(askings)
