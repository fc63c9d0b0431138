"""What is to be changed, in words, and what it means for a record.

Every record names things in five places: a field, a list, a link and a text of JSON, and beside the
right name each of link and text holds another (the homonym's), which has a field of its own.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject, Message
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.generate.dimensions.base import filled, read_filled
from toolfuzz.worlds.view import View

__all__ = [
    "CHANGES",
    "COUNT",
    "PLACES",
    "Change",
    "corrected",
    "made",
    "mapped",
    "plainly",
    "read",
    "render",
]

COUNT = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change: ``key`` is the field of what changes, ``many`` that of the list.

    ``homonym`` is the field of what only looks the same. ``says`` and ``stays`` are texts, the
    first with the values; ``number``: the names are numbers of a unit.
    """

    key: str
    many: str
    homonym: str
    says: Sequence[str]
    stays: Sequence[str]
    number: bool = False


CHANGES: Mapping[str, Change] = {
    "rename": Change(
        "owner",
        "readers",
        "topic",
        (
            "The person {old} is called {new} from now on.",
            "Please rename the person {old}. The new name is {new}.",
            "{old} has a new name. Wherever this person is meant, {new} has to stand.",
        ),
        (
            "The same word is used for a topic, too: topics stay as they are, and so do people "
            "with longer names.",
            "Topics of the same name stay, and so does anybody whose name is longer.",
            "Don't touch topics that are spelled alike, nor people whose names only begin so.",
        ),
    ),
    "move": Change(
        "folder",
        "folders",
        "label",
        (
            "Whatever lies in the folder {old} moves to the folder {new}.",
            "The folder {old} is given up: its contents move to the folder {new}.",
            "Please move all that is in folder {old} into folder {new}.",
        ),
        (
            "The same word is used for a label, too: labels stay as they are, and so do folders "
            "with longer names.",
            "Labels of the same name stay, and so does any folder whose name is longer.",
            "Don't touch labels that are spelled alike, nor folders whose names only begin so.",
        ),
    ),
    "rekey": Change(
        "parent",
        "related",
        "ticket",
        (
            "The one with the id {old} gets the id {new}: give it that with {rekey}, and mend "
            "whatever refers to it, which does not follow by itself.",
            "Please change the id {old} to {new}, with {rekey}. References don't follow, so change "
            "them as well.",
            "{old} is to have the id {new}. {rekey} changes this one id alone; what refers to it "
            "has to be changed, too.",
        ),
        (
            "Tickets have ids of their own, which may be spelled alike: they stay as they are, and "
            "so do longer ids.",
            "The ids of tickets may be equal by chance and stay, and so does any longer id.",
            "Don't touch the ids of tickets, even when they are equal, nor ids that only begin so.",
        ),
    ),
    "unit": Change(
        "weight",
        "parts",
        "price",
        (
            "From now on weights are kept in grams instead of kilograms (1 kg is 1000 g). Where "
            "unit is kg, convert the weights and set unit to g.",
            "Please convert all weights from kilograms to grams (times 1000), and set unit from kg "
            "to g where you did.",
            "All weights are to be in grams: what has the unit kg is multiplied by 1000 and gets "
            "the unit g.",
        ),
        (
            "Where unit is g already, all stays as it is; prices stay, too.",
            "What has the unit g is right already, and prices are none of this.",
            "Don't touch prices, nor what is in g already.",
        ),
        number=True,
    ),
}

_WHERE = (
    "The places are the fields {{key}} and {{many}}, link (behind {{key}}=), and the JSON text of "
    "settings (as {{key}}). ",
    "Places to look at: the fields {{key}} and {{many}}, the link, as {{key}}=..., and settings, "
    "which is JSON as text, under {{key}}. ",
    "This concerns the fields {{key}} and {{many}}, what stands behind {{key}}= in link, and "
    "{{key}} in settings, which holds JSON as text. ",
)
_HOW = (
    " {list} shows all {things}, page by page; {update} changes them. In the end every one of them "
    "has to be right. Change nothing else. Go ahead without asking back.",
    " You get the {things} from {list}, one page after the other, and change them with {update}. "
    "None may be forgotten, and nothing else may be changed. Start right away; there is "
    "nothing to ask me.",
    " Go through all the {things} ({list} gives them in pages) and use {update} where it is "
    "needed, but only there. Please don't ask back, just do it.",
)


def _template(change: Change, wording: int) -> str:
    where = _WHERE[wording].replace("{{key}}", change.key).replace("{{many}}", change.many)
    return f"{change.says[wording]} {where}{change.stays[wording]}{_HOW[wording]}"


def render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    """Put the task into the one opening message."""
    fields = {name: value for name, value in task.items() if name != "change"}
    return (Message("user", filled(_template(CHANGES[task["change"]], wording), **fields)),)


def read(view: View) -> JsonObject | None:
    """Read the task back out of the first message."""
    for name, change in CHANGES.items():
        for wording in range(COUNT):
            found = read_filled(_template(change, wording), view.task)
            if found is not None:
                return {"change": name, **found}
    return None


# --- records

PLACES = ("link", "settings")
_LINK = "https://wiki.example/find?{key}={one}&{homonym}={other}"


def made(change: Change, key: Json, many: list[Json], other: Json) -> JsonObject:
    """Return the fields of a record that names ``key`` and ``many``, and a homonym ``other``."""
    texts: JsonObject = {change.key: key, change.homonym: other}
    link = _LINK.format(key=change.key, homonym=change.homonym, one=key, other=other)
    return {
        change.key: key,
        change.many: many if change.number else sorted(many),
        "link": link,
        "settings": canonical(texts),
        change.homonym: other,
    }


def mapped(change: Change, record: JsonObject, to: Callable[[Json], Json]) -> JsonObject:
    """Return what a record's fields hold when everything that is named in them is changed."""
    many = [to(one) for one in record[change.many]]
    settings = json.loads(record["settings"])
    one = re.split(r"[a-z]+=", record["link"])[1].removesuffix("&")
    named = to(int(one) if change.number else one)
    link = record["link"].replace(f"{change.key}={one}&", f"{change.key}={named}&", 1)
    return record | {
        change.key: to(record[change.key]),
        change.many: many if change.number else sorted(many),
        "link": link,
        "settings": canonical(settings | {change.key: to(settings[change.key])}),
    }


def corrected(task: JsonObject, record: JsonObject) -> JsonObject:
    """Return a record as it has to be."""
    change = CHANGES[task["change"]]
    if not change.number:
        return mapped(change, record, lambda one: task["new"] if one == task["old"] else one)
    if record["unit"] != "kg":
        return record
    return mapped(change, record, lambda one: one * 1000) | {"unit": "g"}


def plainly(task: JsonObject, value: Json) -> Json:
    """Return a value in which all that looks like the old name is replaced, whatever it means."""
    match value:
        case str():
            return value.replace(task["old"], task["new"])
        case list():
            return sorted(plainly(task, one) for one in value)
        case _:
            return value
