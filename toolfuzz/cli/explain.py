"""``toolfuzz explain``: what a defect is and what to do about it."""

import click

EPILOG = """\b
Examples:
  toolfuzz explain object-as-json-string
  toolfuzz list defects
"""


@click.command(epilog=EPILOG)
@click.argument("slug")
def explain(slug: str) -> None:
    """Explain one defect: symptom, who usually causes it, what to do, public reports."""
    from toolfuzz.core.errors import UsageError, did_you_mean
    from toolfuzz.judge.catalogue import defects
    from toolfuzz.report.console import print_defect

    known = defects()
    if slug not in known:
        raise UsageError(
            f"no defect is called {slug!r}",
            did_you_mean(slug, known) or "`toolfuzz list defects` names them all",
        )
    print_defect(known[slug])
