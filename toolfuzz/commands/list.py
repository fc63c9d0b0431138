"""``toolfuzz list``: what there is to choose from."""

import json
import os
from collections.abc import Callable, Iterator, Sequence

import click

from toolfuzz.core.case import JsonObject
from toolfuzz.generate import feature_names, probe_names
from toolfuzz.generate.tools import catalogues, describe_catalogue
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.console import print_rows
from toolfuzz.simulate.profiles import profiles
from toolfuzz.sources.registry import endpoints


def list_(kind: str, as_json: bool) -> None:
    """Do what ``toolfuzz list`` does."""
    things = list(_KINDS[kind]())
    if as_json:
        click.echo(json.dumps(things, indent=2))
        return
    header, row = _TABLES[kind]
    print_rows(header, [row(thing) for thing in things])


def _models() -> Iterator[JsonObject]:
    for endpoint in endpoints().values():
        yield {
            "endpoint": endpoint.name,
            "models": [endpoint.model] if endpoint.model else list(endpoint.models),
            "format": endpoint.format,
            "key_env": endpoint.key_env,
            "credentials": endpoint.credentials,
            "key_set": bool(endpoint.key_env and os.environ.get(endpoint.key_env)),
        }


def _defects() -> Iterator[JsonObject]:
    for defect in defects().values():
        yield {
            "slug": defect.slug,
            "group": defect.group,
            "severity": defect.severity,
            "layer": defect.layer,
            "tells_of": defect.tells_of,
            "title": defect.title,
        }


def _features() -> Iterator[JsonObject]:
    from toolfuzz.generate.features import all_features

    for feature in all_features().values():
        title = feature_names()[feature.name]
        yield {"feature": feature.name, "group": feature.group, "title": title}


def _probes() -> Iterator[JsonObject]:
    for name, title in probe_names().items():
        yield {"probe": name, "title": title}


def _dimensions() -> Iterator[JsonObject]:
    from toolfuzz.generate.dimensions import all_dimensions

    for family in all_dimensions().values():
        yield {
            "dimension": family.name,
            "title": family.summary,
            "levels": list(family.levels),
            "usual": family.usual,
            "knobs": family.knobs,
        }


def _formats() -> Iterator[JsonObject]:
    from toolfuzz.formats import format_names, wire_format

    for name in format_names():
        format = wire_format(name)
        yield {
            "format": name,
            "title": format.title,
            "key_env": format.key_env,
            "documentation": format.docs,
        }


def _profiles() -> Iterator[JsonObject]:
    for profile in profiles().values():
        yield {"profile": f"sim/{profile.name}", "title": profile.description}


def _faults() -> Iterator[JsonObject]:
    from toolfuzz.simulate.faults.registry import faults, http_faults, where

    for sent in http_faults().values():
        yield {"fault": sent.slug, "where": "every answer", "title": sent.help}
    for fault in faults().values():
        known = defects().get(fault.slug)
        title = known.title if known else fault.help
        yield {"fault": fault.slug, "where": where(fault) or "every reply", "title": title}


def _schemas() -> Iterator[JsonObject]:
    for name in catalogues():
        facts = describe_catalogue(name)
        yield {
            "catalogue": name,
            "tools": facts.tools,
            "depth": facts.depth,
            "features": list(facts.features),
        }


def _model_row(of: JsonObject) -> Sequence[str]:
    names = ", ".join(of["models"]) or f"{of['endpoint']}/MODEL"
    login = f"{of['credentials']} login" if of["credentials"] else "no key"
    key = f"{of['key_env'] or login}{' (set)' if of['key_set'] else ''}"
    return of["endpoint"], names, of["format"], key


def _dimension_row(of: JsonObject) -> Sequence[str]:
    least, most = of["levels"]
    return of["dimension"], of["title"], f"{least} – {most}", str(of["usual"]), of["knobs"]


def _schema_row(of: JsonObject) -> Sequence[str]:
    return of["catalogue"], str(of["tools"]), str(of["depth"]), ", ".join(of["features"])


def _row(of: JsonObject) -> Sequence[str]:
    return tuple(of.values())


_KINDS: dict[str, Callable[[], Iterator[JsonObject]]] = {
    "models": _models,
    "defects": _defects,
    "features": _features,
    "probes": _probes,
    "dimensions": _dimensions,
    "formats": _formats,
    "profiles": _profiles,
    "faults": _faults,
    "schemas": _schemas,
}


_TABLES: dict[str, tuple[Sequence[str], Callable[[JsonObject], Sequence[str]]]] = {
    "models": (("endpoint", "models", "wire format", "key"), _model_row),
    "defects": (("slug", "group", "severity", "layer", "tells of", "what it is"), _row),
    "features": (("feature", "group", "what it is"), _row),
    "probes": (("probe", "what it asks"), _row),
    "dimensions": (
        ("dimension", "what it asks", "levels", "usual", "what the level changes"),
        _dimension_row,
    ),
    "formats": (("wire format", "what it is", "key", "documentation"), _row),
    "profiles": (("profile", "what it does"), _row),
    "faults": (("fault", "where it can occur", "what it is"), _row),
    "schemas": (("catalogue", "tools", "depth", "features"), _schema_row),
}
