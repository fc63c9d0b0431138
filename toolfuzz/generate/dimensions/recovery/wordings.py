"""What is asked, in several wordings; and what the codes of errors mean."""

from collections.abc import Iterable

from toolfuzz.generate.dimensions.lines import Lines

__all__ = ["WORDINGS", "meanings"]

WORDINGS: tuple[Lines, ...] = (
    (
        "Set the field {field} in some {kind} records with {update}. Their ids and the new values: "
        "{set}.",
        "A record is done when {get} shows the new value: the answer to an update does not tell.",
        "Calls may fail. Go by the code of an error: the tools' descriptions say what each code "
        "means and what helps. The message beside the code may be wrong.",
        "Make a call that is unavailable or has no effect again, until it works or was made "
        "{tries} times.",
        "Then send one notice, and only one, for each record that is done, with {notify}.",
        "In the end report each of the records with {report}: as done, or as impossible when none "
        "of this has helped.",
        "Change nothing else. Go ahead without asking back.",
    ),
    (
        "Please update some {kind} records. Only their field {field} changes, and no other record.",
        "Use {update}. The ids and the values that they get: {set}.",
        "Look with {get} whether a value has arrived. Do not trust the answer to an update.",
        "If an error comes, its code is right and its message may be wrong. What a code means, and "
        "what to do then, stands in the descriptions of the tools.",
        "When the service is unavailable or nothing changes, make the call again, until it works "
        "or was made {tries} times.",
        "When you are through, call {notify} so that each record which has its value gets one "
        "notice, never two.",
        "Last, tell what became of each id with {report}: done if it has its value, impossible if "
        "all that could help was tried. Nobody is there to answer questions.",
    ),
    (
        "New values for {kind} records, by id: {set}. They go into the field {field}, with "
        "{update}.",
        "Whether a record has its new value is shown by {get} alone.",
        "Errors carry a code. The descriptions of the tools explain the codes and name what helps; "
        "messages are only hints and can mislead.",
        "When a call is unavailable or does nothing, repeat it until it works or until it was made "
        "{tries} times.",
        "For the records that have their new value, one notice each is to be sent with {notify}.",
        "Finish with {report} for every id: done, or impossible if nothing helped.",
        "Leave everything else alone. Do not ask back; begin at once.",
    ),
)

_MEANINGS = {
    "conflict": "`version` is not the record's current version, which get_{kind} shows",
    "unavailable": "the service is busy and nothing was done; make the same call again",
    "not_found": "no record has this id now; find_{kind} tells whether it has another one, and "
    "when it finds none, the record is gone for good",
    "forbidden": "nobody has given you access to this record yet; request_{kind}_access does",
    "invalid": "an argument is missing or wrong, `path` says which; `details.reference` has to be "
    "the `reference` of the record, as get_{kind} shows it",
    "rate_limited": "too many calls; nothing is taken before the seconds that quota tells are over",
}


def meanings(codes: Iterable[str], kind: str) -> str:
    """Explain these codes, and that of versions, as tools' descriptions do."""
    known = [code for code in _MEANINGS if code in codes or code == "conflict"]
    told = (f"{code}: {_MEANINGS[code].format(kind=kind)}" for code in known)
    return " Error codes: " + ". ".join(told) + "."
