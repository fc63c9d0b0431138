"""``toolfuzz worlds``: what dimensions are asked on, and the proofs of it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolfuzz.core.errors import EXIT_GATE_FAILED, UsageError
from toolfuzz.core.text import printable

if TYPE_CHECKING:
    from toolfuzz.generate.dimensions.proving import Proven

EPILOG = """\b
Examples:
  toolfuzz worlds prove --cases 300
  toolfuzz worlds prove --dimension scope --level 6
  toolfuzz worlds draw plan --level 3 > world.json
  toolfuzz worlds prove world.json
"""


@click.group(epilog=EPILOG)
def worlds() -> None:
    """Prove the worlds that dimensions are asked on, or draw one to begin with."""


@worlds.command(epilog=EPILOG)
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[CASE.json]")
@click.option("--cases", type=click.IntRange(min=1), default=50, show_default=True, metavar="N",
              help="Worlds of each dimension, each with its control twin.")  # fmt: skip
@click.option("--dimension", "names", multiple=True, metavar="NAME", help="Only this one.")
@click.option("--level", type=int, metavar="N", help="How hard they are (the usual level).")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Other worlds.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def prove(
    file: Path | None,
    cases: int,
    names: tuple[str, ...],
    level: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Try the seven claims about drawn worlds, or about one file.

    Exits 1 when one doesn't hold.
    """
    if file is not None:
        _prove_file(file)
        return
    from toolfuzz.generate.dimensions import all_dimensions, find
    from toolfuzz.generate.dimensions.proving import proved

    found: list[Proven] = []
    for family in [find(name) for name in names] or all_dimensions().values():
        known = None
        for known in proved(family, cases=cases, seed=seed, level=level):
            if sys.stderr.isatty():
                click.echo(f"\r{family.name}: {known.worlds} worlds ", nl=False, err=True)
        if sys.stderr.isatty():
            click.echo(f"\r{' ' * 40}\r", nl=False, err=True)
        found += [known] if known else []
    if as_json:
        click.echo(json.dumps([_to_json(one) for one in found], indent=2))
    else:
        _print(found)
    if not all(one.holds for one in found):
        sys.exit(EXIT_GATE_FAILED)


@worlds.command(epilog="Example: toolfuzz worlds draw plan --level 3 > world.json")
@click.argument("name", metavar="DIMENSION")
@click.option("--level", type=int, metavar="N", help="How hard it is (the usual level).")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Another one.")
@click.option("--twin", is_flag=True, help="Its control twin.")
def draw(name: str, level: int | None, seed: int, twin: bool) -> None:
    """Print a world as a case file, to be changed by hand."""
    from toolfuzz.core.codec import case_to_json
    from toolfuzz.generate.dimensions import draw_pair, find

    case = draw_pair(find(name), seed, 0, level)[twin]
    click.echo(json.dumps(case_to_json(case), indent=2, ensure_ascii=False))


def _prove_file(file: Path) -> None:
    from toolfuzz.evidence.corpus import case_with_defect
    from toolfuzz.generate.dimensions.proving import refuted

    case = case_with_defect(file).case
    if case.world is None:
        raise UsageError(f"{file}: the case has no world", "`toolfuzz worlds draw` prints one")
    wrong = refuted(case)
    if wrong:
        click.echo(f"not proved — {printable(wrong)}")
        sys.exit(EXIT_GATE_FAILED)
    click.echo("proved: all claims about this world hold")


def _print(found: list["Proven"]) -> None:
    from toolfuzz.report.console import print_rows

    dimensions = [f"{one.family.name} {one.level}" for one in found]
    rows = [
        (proof, *(f"{one.held[proof]}/{one.tried[proof]}" for one in found))
        for proof in found[0].tried
    ]
    rows.append(("random callers that passed", *(f"{one.lucky}/{one.callers}" for one in found)))
    rows.append(("thrown away while drawing", *(str(one.anew) for one in found)))
    rows.append(("worlds a second", *(f"{one.worlds / one.seconds:.0f}" for one in found)))
    print_rows(("dimension and level", *dimensions), rows)
    for one in found:
        for name, wrong in one.wrong.items():
            click.echo(f"{one.family.name}, {name}: {printable(wrong)}")
    click.echo("held of tried; worlds and their control twins (an ignored burden has none there)")


def _to_json(one: "Proven") -> dict[str, object]:
    return {
        "dimension": one.family.name,
        "level": one.level,
        "worlds": one.worlds,
        "proofs": {n: {"held": one.held[n], "tried": one.tried[n]} for n in one.tried},
        "wrong": one.wrong,
        "random_callers": {"passed": one.lucky, "tried": one.callers},
        "thrown_away": one.anew,
        "worlds_per_second": one.worlds / one.seconds,
        "holds": one.holds,
    }
