"""``toolfuzz list``: what there is to choose from."""

import json
import os
from collections.abc import Iterator

import click

from toolfuzz.generate import feature_names, probe_names
from toolfuzz.generate.tools import catalogues, describe_catalogue
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.console import print_rows
from toolfuzz.simulate.profiles import profiles
from toolfuzz.sources.registry import endpoints

KINDS = (
    "models",
    "defects",
    "features",
    "probes",
    "dimensions",
    "formats",
    "profiles",
    "faults",
    "schemas",
)


@click.command("list", epilog="Example: toolfuzz list models")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(kind: str, as_json: bool) -> None:
    """List models, defects, features, probes, dimensions, formats, profiles, faults or schemas."""
    header, find = _KINDS[kind]
    rows = list(find())
    if as_json:
        click.echo(json.dumps([dict(zip(header, row, strict=True)) for row in rows], indent=2))
    else:
        print_rows(header, rows)


def _models() -> Iterator[tuple[str, ...]]:
    for endpoint in endpoints().values():
        key = endpoint.key_env or "no key"
        if endpoint.key_env and os.environ.get(endpoint.key_env):
            key += " (set)"
        names = ", ".join(endpoint.models) or f"{endpoint.name}/MODEL"
        yield endpoint.name, names, endpoint.format, key


def _defects() -> Iterator[tuple[str, ...]]:
    for defect in defects().values():
        yield (
            defect.slug,
            defect.group,
            defect.severity,
            defect.layer,
            defect.tells_of,
            defect.title,
        )


def _features() -> Iterator[tuple[str, ...]]:
    from toolfuzz.generate.features import all_features

    for feature in all_features().values():
        yield feature.name, feature.group, feature_names()[feature.name]


def _probes() -> Iterator[tuple[str, ...]]:
    yield from probe_names().items()


def _dimensions() -> Iterator[tuple[str, ...]]:
    from toolfuzz.generate.dimensions import all_dimensions

    for family in all_dimensions().values():
        least, most = family.levels
        yield family.name, family.summary, f"{least} – {most}", str(family.usual), family.knobs


def _formats() -> Iterator[tuple[str, ...]]:
    from toolfuzz.formats import format_names, wire_format

    for name in format_names():
        format = wire_format(name)
        yield name, format.title, format.key_env, format.docs


def _profiles() -> Iterator[tuple[str, ...]]:
    for profile in profiles().values():
        yield f"sim/{profile.name}", profile.description


def _faults() -> Iterator[tuple[str, ...]]:
    from toolfuzz.simulate.faults.registry import faults, http_faults, where

    for sent in http_faults().values():
        yield sent.slug, "every answer", sent.help
    for fault in faults().values():
        known = defects().get(fault.slug)
        yield fault.slug, where(fault) or "every reply", known.title if known else fault.help


def _schemas() -> Iterator[tuple[str, ...]]:
    for name in catalogues():
        facts = describe_catalogue(name)
        yield name, str(facts.tools), str(facts.depth), ", ".join(facts.features)


_KINDS = {
    "models": (("endpoint", "models", "wire format", "key"), _models),
    "defects": (("slug", "group", "severity", "layer", "tells of", "what it is"), _defects),
    "features": (("feature", "group", "what it is"), _features),
    "probes": (("probe", "what it asks"), _probes),
    "dimensions": (
        ("dimension", "what it asks", "levels", "usual", "what the level changes"),
        _dimensions,
    ),
    "formats": (("wire format", "what it is", "key", "documentation"), _formats),
    "profiles": (("profile", "what it does"), _profiles),
    "faults": (("fault", "where it can occur", "what it is"), _faults),
    "schemas": (("catalogue", "tools", "depth", "features"), _schemas),
}
