"""What needn't be asked again when a run is gone on with."""

from collections.abc import Iterable, Iterator, Set

from toolfuzz.analyze.answers import Question
from toolfuzz.analyze.ledger import Ledger
from toolfuzz.analyze.questions import FAIL, PASS
from toolfuzz.core.exchange import asked_again
from toolfuzz.judge.catalogue import defects

__all__ = ["Answered"]

_Asking = tuple[str, str, int]


class Answered(Set[_Asking]):
    """The askings of a run that were judged so far: (case id, target name, repeat).

    What ended without a judgement is not answered. A case that is asked both plain and streamed
    counts when both are there, and when what may be chance was asked again.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._questions = ledger.questions
        self._by_chance = {slug for slug, defect in defects().items() if defect.by_chance}
        self._both = {t.name for t in ledger.opening.targets if t.stream == "both"}

    def __contains__(self, asking: object) -> bool:
        if not isinstance(asking, tuple):
            return False
        there = [self._settled((*asking, way)) for way in (False, True)]
        target = asking[1]
        return all(there) if target in self._both else any(there)

    def _settled(self, of: Question) -> bool:
        questions, row = self._questions, self._questions.find(*of)
        if row is None or questions.status[row] not in (PASS, FAIL):
            return False
        found = questions.kinds[questions.findings[row]]
        if not any(f.severity != "error" and f.slug in self._by_chance for f in found):
            return True
        case_id, target, repeat, _ = of
        return questions.find(case_id, target, asked_again(repeat)[-1], True) is not None

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
