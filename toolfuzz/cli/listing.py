"""``toolfuzz list``: what there is to choose from."""

import click

KINDS = ("models", "defects", "features", "probes", "profiles", "schemas")


@click.command("list", epilog="Example: toolfuzz list models")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(kind: str, as_json: bool) -> None:
    """List models, defects, features, probes, profiles or schemas."""
    from toolfuzz.cli._list import rows
    from toolfuzz.report.terminal import print_rows

    header, body = rows(kind)
    if as_json:
        import json

        click.echo(json.dumps([dict(zip(header, row, strict=True)) for row in body], indent=2))
    else:
        print_rows(header, body)
