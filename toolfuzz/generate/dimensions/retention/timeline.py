"""What is said in which turn: decisions and what becomes of them, and what is asked for."""

from dataclasses import dataclass, field

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.dimensions.base import THINGS
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.spec import nonce

__all__ = ["AGREED", "CHANGED", "GOODS", "REMINDER", "WITHDRAWN", "Timeline", "drawn", "in_force"]

AGREED, CHANGED, WITHDRAWN, REMINDER = "agreed", "changed", "withdrawn", "reminder"

_SIDES = ("North", "South", "East", "West", "Central", "Harbour", "Hill", "Lake", "Bridge", "Park")
GOODS = ("tiles", "pipes", "bolts", "panels", "cables", "hinges", "valves", "lamps")
_FATES = (AGREED, CHANGED, AGREED, CHANGED, WITHDRAWN)
"""What becomes of the decision. It is seldom withdrawn: whoever always takes the standard code is
right then."""
_SIMILAR_NAMES = 6
_SIMILAR_CODES = 25
"""Levels from which depots have similar names, and codes begin alike."""
_LATEST = 6
_NOISE = 20
_STRAY_CODES = 4


@dataclass(slots=True)
class Timeline:
    """The turns of a talk, and the facts behind them.

    Each of ``turns`` has ``notes`` (what is decided: how, depot, code) and ``asks`` (the request);
    the first also has the ``standard`` code. ``told`` is the turn of the last word on the depot
    ``target``, whose code is needed in the last turn. ``said`` are the codes by depot as they were
    said, one after the other, ``strays`` those that stand in logs alone.
    """

    standard: str
    target: str
    depots: list[str]
    orders: dict[str, JsonObject]
    told: int = 0
    turns: list[JsonObject] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    now: dict[str, str] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> str:
        """The code that is right in the end."""
        return self.now.get(self.target, self.standard)

    @property
    def needed(self) -> str:
        """The order whose code has to be known."""
        return str(self.turns[-1]["asks"]["order"])

    def note(self, turn: int, how: str, depot: str, code: str | None = None) -> None:
        """Let something be said of a depot's code."""
        said: JsonObject = {"how": how, "depot": depot}
        if code is not None:
            said["code"] = code
            self.said.setdefault(depot, []).append(code)
            self.now[depot] = code
        else:
            del self.now[depot]
        self.turns[turn]["notes"].append(said)


def in_force(turns: list[JsonObject], depot: str) -> str:
    """Return the code by which a depot's orders go after all that was said in these turns."""
    standard = code = str(turns[0]["standard"])
    for turn in turns:
        for note in turn["notes"]:
            if note["depot"] == depot:
                code = str(note.get("code", standard))
    return code


def drawn(pick: Pick, level: int, seed: str) -> Timeline:
    """Draw a timeline in which ``level`` turns lie between the last word and the need."""
    fate = pick.of(_FATES)
    told = 0 if fate == AGREED else pick.within(1, max(1, min(_LATEST, level // 3)))
    last = told + level
    live = max(1, level.bit_length() - 1)
    depots = _depots(pick, live + 2, similar=level >= _SIMILAR_NAMES)
    codes = _Codes(seed, alike=level >= _SIMILAR_CODES)
    line = Timeline(codes.new(), depots[0], depots, {}, told)
    _traffic(pick, line, last, codes)
    for depot in pick.shuffled(depots[:live]):
        line.note(0, AGREED, depot, codes.new())
    if told > 1 and pick.chance(50):
        line.note(pick.within(1, told - 1), CHANGED, line.target, codes.new())
    if fate == CHANGED:
        line.note(told, CHANGED, line.target, codes.new())
    elif fate == WITHDRAWN:
        line.note(told, WITHDRAWN, line.target)
    _noise(pick, line, codes)
    line.strays = [codes.new() for _ in range(_STRAY_CODES)]
    return line


def _depots(pick: Pick, count: int, *, similar: bool) -> list[str]:
    """Return names; the similar ones share their first word with another."""
    first = pick.some(THINGS, count, count)
    sides = pick.some(_SIDES, count, count)
    words = [first[0 if similar and n % 3 else n] for n in range(count)]
    return [f"{word.capitalize()} {side}" for word, side in zip(words, sides, strict=True)]


@dataclass(slots=True)
class _Codes:
    """Codes that nobody can guess; ``alike``: their first half is the same."""

    seed: str
    alike: bool
    made: int = 0

    def new(self) -> str:
        self.made += 1
        code = nonce(self.seed, "code", self.made)
        return nonce(self.seed, "codes")[:8] + code[8:] if self.alike else code


def _traffic(pick: Pick, line: Timeline, last: int, codes: _Codes) -> None:
    """Fill all turns with requests; the last one is that the target's order be shipped."""
    unlisted = list(line.depots)
    for turn in range(last + 1):
        order = nonce(codes.seed, "order", turn)[:10]
        depot = line.target if turn == last else pick.of(line.depots)
        line.orders[order] = {
            "depot": depot,
            "goods": pick.of(GOODS),
            "weight_kg": pick.within(16, 900),
            "note": None,
            "code": None,
        }
        asks: JsonObject = {"asks": "ship", "order": order}
        if turn < last:
            asks = _filler(pick, order, depot if depot in unlisted else None, codes)
            if asks["asks"] == "once":
                line.said.setdefault("", []).append(asks["code"])
            if asks["asks"] == "list":
                unlisted.remove(depot)
        line.turns.append({"notes": [], "asks": asks})
    line.turns[0]["standard"] = line.standard


def _filler(pick: Pick, order: str, unlisted: str | None, codes: _Codes) -> JsonObject:
    """Ask for something that can't be done without a call, whatever is known from before."""
    match pick.of(("look", "list", "look", "list", "look", "note", "once")):
        case "list" if unlisted:
            return {"asks": "list", "depot": unlisted}
        case "note":
            return {"asks": "note", "order": order, "note": f"gate {pick.within(1, 60)}"}
        case "once":
            return {"asks": "once", "order": order, "code": codes.new()}
        case _:
            return {"asks": "look", "order": order}


def _noise(pick: Pick, line: Timeline, codes: _Codes) -> None:
    """Let similar things be decided about other depots on the way."""
    for turn in range(1, len(line.turns)):
        if pick.chance(_NOISE):
            depot = pick.of(line.depots[1:])
            line.note(turn, CHANGED if depot in line.now else AGREED, depot, codes.new())
