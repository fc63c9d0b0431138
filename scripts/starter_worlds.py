"""Make the starter corpus' worlds: two of each dimension, small, with what fails in them.

    python scripts/starter_worlds.py

They stay as they are when families change later: a kept world is data, and must still be executed
as it was.
"""

from collections.abc import Iterator

from toolfuzz.core.case import Case
from toolfuzz.evidence.corpus import Entry, Note, add_entry, starter_folder
from toolfuzz.generate.dimensions import all_dimensions, draw_pair
from toolfuzz.judge.catalogue import defects
from toolfuzz.simulate.profiles import profiles
from toolfuzz.worlds import agents
from toolfuzz.worlds.family import Family

TRIED = 40
EACH = 2


def failing(family: Family) -> Iterator[tuple[Case, set[str]]]:
    """Small worlds with the errors of the agent that ignores the dimension."""
    for k in range(TRIED):
        case, _ = draw_pair(family, 0, k, family.levels[0])
        ended = agents.played(case, agents.ignorant(family)).outcome
        yield case, {finding.slug for finding in ended.findings if finding.severity == "error"}


def chosen(family: Family) -> list[tuple[str, Case]]:
    """Two worlds, with the findings that say most of the dimension (those stand first)."""
    tried = list(failing(family))
    found = [(slug, case) for slug in family.findings for case, shown in tried if slug in shown]
    taken: dict[str, tuple[str, Case]] = {}
    for other_slugs in (True, False):
        for slug, case in found:
            known = {kept for kept, _ in taken.values()}
            if len(taken) < EACH and case.id not in taken and not (other_slugs and slug in known):
                taken[case.id] = slug, case
    return list(taken.values())


def main() -> None:
    """Write the files; those that are there are left alone."""
    shows = {f"ignores-{name}": name for name in all_dimensions()}
    profile_of = {
        shows[slug]: f"sim/{profile.name}"
        for profile in profiles().values()
        for slug in profile.faults
        if slug in shows
    }
    for family in all_dimensions().values():
        for n, (slug, case) in enumerate(chosen(family), 1):
            name = f"{family.name}-{n}-{slug}"
            if (starter_folder() / f"{name}.json").exists():
                continue
            note = Note(
                f"{defects()[slug].title}.",
                "Any calls that lead to the goal of its world.",
                family.name,
            )
            entry = Entry(name, case, note, slug, None, (), profile_of.get(family.name))
            print(add_entry(starter_folder(), entry))


if __name__ == "__main__":
    main()
