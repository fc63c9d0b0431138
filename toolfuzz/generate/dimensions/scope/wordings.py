"""What is asked, in several wordings: what to change, in which records, and nothing else."""

from toolfuzz.generate.dimensions.lines import Lines

__all__ = ["WORDINGS"]

WORDINGS: tuple[Lines, ...] = (
    (
        "In some {kind} records the field {field} has to become {to}.",
        "Which ones: those with exactly these names: {named}.",
        "Which ones: all that meet every one of these conditions: {where}.",
        "Leave out those that meet any of these conditions: {unless}.",
        "Where one of them is locked, you may unlock it with {unlock}; unlock no other record.",
        "Change nothing else: no other record, no other field. Go ahead without asking back.",
    ),
    (
        "Please change {kind} records for me, and only what I say here: the rest stays as it is.",
        "Set {field} to {to}.",
        "Do so for the records with these names, and for no others: {named}.",
        "Do so for every record of which all of this is true: {where}.",
        "Skip each record of which any of this is true: {unless}.",
        "A record that has to be changed may be locked: unlock that one with {unlock}, and none "
        "that does not have to be changed.",
        "Nobody is there to answer questions: please do it now.",
    ),
    (
        "A task for the {kind} records. Nothing may be changed that this message does not name.",
        "New value of {field}: {to}.",
        "It is for the records with these names: {named}.",
        "It is for all records that fit, which means that every one of these conditions holds: "
        "{where}.",
        "It is not for records for which any of these conditions holds: {unless}.",
        "Locked ones among them may be unlocked, one by one, with {unlock}. Others stay locked.",
        "Do not ask back; begin at once.",
    ),
)
