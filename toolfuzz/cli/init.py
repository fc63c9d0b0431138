"""``toolfuzz init``: a commented configuration file."""

import click

EPILOG = """\b
Examples:
  toolfuzz init
  toolfuzz init --schema > toolfuzz.schema.json
"""


@click.command(epilog=EPILOG)
@click.option("--schema", is_flag=True, help="Print the file's JSON Schema, for editors.")
def init(schema: bool) -> None:
    """Write a commented toolfuzz.toml into this folder; never overwrites one."""
    import json
    from pathlib import Path

    from toolfuzz.config import config_schema, starter
    from toolfuzz.config_file import CONFIG_NAME
    from toolfuzz.core.errors import UsageError

    if schema:
        click.echo(json.dumps(config_schema(), indent=2))
        return
    path = Path(CONFIG_NAME)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter())
    except FileExistsError:
        raise UsageError(f"{path} is there already", "edit it, or move it away first") from None
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from None
    click.echo(f"wrote {path}; every key is commented out at its default")
