"""The rows behind ``toolfuzz list``."""

from collections.abc import Iterator

__all__ = ["rows"]

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]


def rows(kind: str) -> Rows:
    """Return the header and the rows for one kind of thing."""
    header, body = _KINDS[kind]
    return header, list(body())


def _models() -> Iterator[tuple[str, ...]]:
    import os

    from toolfuzz.sources.registry import endpoints

    for endpoint in endpoints().values():
        key = endpoint.key_env or "no key"
        if endpoint.key_env and os.environ.get(endpoint.key_env):
            key += " (set)"
        names = ", ".join(endpoint.models) or f"{endpoint.name}/MODEL"
        yield endpoint.name, names, endpoint.format, key


def _defects() -> Iterator[tuple[str, ...]]:
    from toolfuzz.judge.catalogue import defects

    for defect in defects().values():
        yield defect.slug, defect.group, defect.severity, defect.layer, defect.title


def _features() -> Iterator[tuple[str, ...]]:
    from toolfuzz.generate import feature_names

    yield from feature_names().items()


def _probes() -> Iterator[tuple[str, ...]]:
    from toolfuzz.generate import probe_names

    yield from probe_names().items()


def _profiles() -> Iterator[tuple[str, ...]]:
    from toolfuzz.simulate.profiles import profiles

    for profile in profiles().values():
        yield f"sim/{profile.name}", profile.description


def _schemas() -> Iterator[tuple[str, ...]]:
    from toolfuzz.generate.tools import catalogues, describe_catalogue

    for name in catalogues():
        facts = describe_catalogue(name)
        yield name, str(facts.tools), str(facts.depth), ", ".join(facts.features)


_KINDS = {
    "models": (("endpoint", "models", "wire format", "key"), _models),
    "defects": (("slug", "group", "severity", "layer", "what it is"), _defects),
    "features": (("feature", "what it is"), _features),
    "probes": (("probe", "what it asks"), _probes),
    "profiles": (("profile", "what it does"), _profiles),
    "schemas": (("catalogue", "tools", "depth", "features"), _schemas),
}
