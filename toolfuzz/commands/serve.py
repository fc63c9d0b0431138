"""``toolfuzz serve``: the simulated endpoint, for people's own client tests."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from starlette.types import ASGIApp

from toolfuzz.core.errors import UsageError
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.formats import format_names, wire_format
from toolfuzz.simulate.faults.registry import where
from toolfuzz.simulate.profiles import Profile, check_profile
from toolfuzz.simulate.script import load_script
from toolfuzz.simulate.scripted import Script, build_upstream
from toolfuzz.simulate.served import Served
from toolfuzz.simulate.server import Endpoint
from toolfuzz.simulate.service import serve as serve_until_killed
from toolfuzz.system.files import written_whole


def serve(
    profile: str,
    faults: tuple[str, ...],
    script: Path | None,
    port: int,
    host: str,
    latency_ms: float,
    seed: int,
    as_json: bool,
    ready_file: Path | None,
) -> None:
    """Do what ``toolfuzz serve`` does."""
    if faults:
        ctx = click.get_current_context()
        if ctx.get_parameter_source("profile") is not click.core.ParameterSource.DEFAULT:
            raise UsageError("--profile and --fault", "one of them: a profile has its own faults")
        profile = f"fault:{'+'.join(faults)}"
    app, title, notes = _endpoint(profile, script, latency_ms, seed)

    if ready_file is not None:
        ready_file.unlink(missing_ok=True)  # of a server that is gone

    def announce(url: str) -> None:
        told = json.dumps(_place(url, profile, script))
        if as_json:
            click.echo(told)
        else:
            _print(title, url)
        for note in notes:
            click.echo(f"note: {note}", err=True)
        if ready_file is not None:
            try:
                with written_whole(ready_file) as file:
                    file.write(f"{told}\n".encode())
            except OSError as error:
                raise UsageError(f"can't write {ready_file}: {error.strerror or error}") from None

    serve_until_killed(app, port=port, host=host, announce=announce)


def _endpoint(
    profile: str, script: Path | None, latency_ms: float, seed: int
) -> tuple[ASGIApp, str, list[str]]:
    """Return what is served, a title, and what can't happen everywhere."""

    if script is not None and script.suffix == ".json":
        title = f"simulated endpoint: answers whatever is asked as {script} says, and is strict"
        return build_upstream(Script(always=case_with_defect(script).case)), title, []
    chosen = check_profile(profile)
    steps = load_script(script) if script else ()
    title = f"simulated endpoint {profile!r}: {chosen.description}"
    if steps:
        title = f"simulated endpoint: {len(steps)} replies of {script}, then as {profile!r}"
    every = [chosen, *(step.profile for step in steps if step.profile)]
    notes = dict.fromkeys(note for one in every for note in _limits(one))
    endpoint = Endpoint(profile, latency_ms, seed, script=steps, tell=_log)
    return endpoint.app(), title, list(notes)


def _limits(profile: Profile) -> Iterator[str]:

    for risk in profile.risks:
        if not risk.fault.legal and (told := where(risk.fault)):
            yield f"{risk.fault.slug} can occur only in {told}"


def _log(told: Served) -> None:
    click.echo(told.line, err=True)


def _addresses(url: str) -> Iterator[tuple[str, str]]:

    for name in format_names():
        prefix, *_ = (serving := wire_format(name).serving).prefixes
        for path in serving.paths:
            address = f"{url.removesuffix('/v1')}{prefix}{path.replace(':path', '')}"
            yield name, address.format(model="MODEL")


def _print(title: str, url: str) -> None:
    click.echo(title)
    click.echo(url)
    for name, address in _addresses(url):
        click.echo(f"  {name:20}{address}")


def _place(url: str, profile: str, script: Path | None) -> dict[str, object]:
    formats: dict[str, list[str]] = {}
    for name, address in _addresses(url):
        formats.setdefault(name, []).append(address)
    return {
        "url": url,
        "origin": url.removesuffix("/v1"),
        "profile": profile,
        "script": str(script) if script else None,
        "formats": formats,
    }
