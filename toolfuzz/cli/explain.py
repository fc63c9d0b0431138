"""``toolfuzz explain``: what a defect is and what to do about it, or what a dimension asks."""

import click

from toolfuzz.cli._complete import complete_explained

EPILOG = """\b
Examples:
  toolfuzz explain object-as-json-string
  toolfuzz explain plan
  toolfuzz list defects
"""


@click.command(epilog=EPILOG)
@click.argument("name", metavar="SLUG|DIMENSION", shell_complete=complete_explained)
def explain(name: str) -> None:
    """Explain one defect: symptom, who usually causes it, what to do, public reports.

    Of a dimension: what it asks, its levels, its control twin, what can be found, an example.
    """
    from toolfuzz.core.errors import UsageError, did_you_mean
    from toolfuzz.judge.catalogue import defects

    if name in defects():
        from toolfuzz.report.console import print_defect

        print_defect(defects()[name])
        return
    from toolfuzz.generate.dimensions import all_dimensions

    families = all_dimensions()
    if name not in families:
        raise UsageError(
            f"no defect or dimension is called {name!r}",
            did_you_mean(name, [*defects(), *families])
            or "`toolfuzz list defects` and `toolfuzz list dimensions` name them all",
        )
    from toolfuzz.report.dimension_page import print_dimension

    print_dimension(families[name])
