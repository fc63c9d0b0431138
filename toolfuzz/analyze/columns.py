"""A run's cases as columns of numbers, and texts by number.

Columns take some hundred bytes a verdict, where objects would take thousands. What isn't in them is
read again from where it stands (``place``).
"""

import json
from array import array
from functools import cached_property
from typing import NamedTuple

from toolfuzz.core.case import respelled_from
from toolfuzz.core.glance import CaseGlance

__all__ = ["Cases", "Drawn", "Names", "held"]

_MOST = 2**63 - 1
_MOST_FEATURES = 1000
"""That a file of a stranger may speak of; we know some eighty."""


class Drawn(NamedTuple):
    """A case without what is asked; ``features`` are sorted.

    ``size``, ``patience`` and ``called`` are as in ``CaseGlance``.
    """

    id: str
    schema_id: str
    cluster: str
    origin: str
    probe: str
    features: tuple[str, ...]
    size: int
    patience: int
    called: tuple[str, ...]

    @property
    def is_of_drawn_tools(self) -> bool:
        """Whether its tools were drawn as such: neither the user's own nor those of a world."""
        return self.origin == "generated" and self.cluster == self.schema_id


class Names:
    """Texts by number, in the order in which they came."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {text: number for number, text in enumerate(self.texts)}

    def __len__(self) -> int:
        return len(self.texts)

    def number(self, text: str) -> int:
        """Return the number of a text; one that is new gets the next."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return found

    def known(self, text: str) -> int | None:
        """Return the number of a text; None for one that never came."""
        return self._numbers.get(text)

    def __getstate__(self) -> bytes:
        """Return the texts in one piece: of a million each would be remembered while it is kept."""
        return json.dumps(self.texts).encode()

    def __setstate__(self, texts: bytes) -> None:
        """Take them back."""
        self.texts = json.loads(texts)


class Cases:
    """One row a case, numbered by ``ids``.

    ``tool_sets`` are the different sets of tools that cases ask for or replies tell of, the first
    is empty; ``called`` are the numbers of the cases'.
    ``features`` say of each feature which cases have it, up to the last one that does. A case that
    was never drawn has a row where something else speaks of it (``place`` below 0).
    """

    def __init__(self, names: Names) -> None:
        self.ids = Names()
        self.names = names
        self.place = array("q")
        self.schema = array("I")
        self.cluster = array("I")
        self.origin = array("I")
        self.probe = array("I")
        self.features: dict[str, bytearray] = {}
        self.size = array("q")
        self.turns = array("I")
        self.tools = array("I")
        self.patience = array("q")
        self.respelled = bytearray()
        self.called = array("I")
        self._tool_sets: dict[tuple[str, ...], int] = {(): 0}
        self.tool_sets: list[tuple[str, ...]] = [()]

    def __contains__(self, id_: str) -> bool:
        row = self.ids.known(id_)
        return row is not None and self.place[row] >= 0

    def number(self, id_: str) -> int:
        """Return the row of a case."""
        row = self.ids.number(id_)
        if row == len(self.place):
            self._append(CaseGlance(id_, "", "", "", (), 0, 0, 0, "", 0), -1)
        return row

    def take(self, case: CaseGlance, place: int) -> None:
        """Take in a case that was drawn."""
        row = self.ids.number(case.id)
        if row == len(self.place):
            self._append(case, place)
        else:
            self._write(row, case, place)
        for feature in case.features:
            has = self.features.get(feature)
            if has is None:
                if len(self.features) == _MOST_FEATURES:
                    continue
                has = self.features[feature] = bytearray()
            if len(has) > row:
                has[row] = True
            else:
                has.extend(bytes(row - len(has)))
                has.append(True)

    def _append(self, case: CaseGlance, place: int) -> None:
        number = self.names.number
        self.place.append(place)
        self.schema.append(number(case.schema_id))
        self.cluster.append(number(case.cluster))
        self.origin.append(number(case.origin))
        self.probe.append(number(case.probe))
        self.size.append(case.size)
        self.turns.append(case.turns)
        self.tools.append(case.tools)
        self.patience.append(held(case.patience))
        self.respelled.append(respelled_from(case.origin) is not None)
        self.called.append(self.tool_set(case.called))

    def _write(self, row: int, case: CaseGlance, place: int) -> None:
        number = self.names.number
        self.schema[row] = number(case.schema_id)
        self.cluster[row] = number(case.cluster)
        self.origin[row] = number(case.origin)
        self.probe[row] = number(case.probe)
        self.size[row] = case.size
        self.turns[row], self.tools[row] = case.turns, case.tools
        self.patience[row] = held(case.patience)
        self.respelled[row] = respelled_from(case.origin) is not None
        self.called[row] = self.tool_set(case.called)
        self.place[row] = place

    def tool_set(self, names: tuple[str, ...]) -> int:
        """Return the number of a set of tools; one that is new gets the next."""
        found = self._tool_sets.get(names)
        if found is None:
            found = self._tool_sets[names] = len(self.tool_sets)
            self.tool_sets.append(names)
        return found

    def drawn(self, row: int) -> Drawn:
        """Return what is known of a case."""
        texts = self.names.texts
        features = (f for f, has in self.features.items() if row < len(has) and has[row])
        return Drawn(
            self.ids.texts[row],
            texts[self.schema[row]],
            texts[self.cluster[row]],
            texts[self.origin[row]],
            texts[self.probe[row]],
            tuple(sorted(features)),
            self.size[row],
            self.patience[row],
            self.tool_sets[self.called[row]],
        )


def held(count: int) -> int:
    """Return a number as a column holds it: others may say any."""
    return max(-_MOST, min(count, _MOST))
