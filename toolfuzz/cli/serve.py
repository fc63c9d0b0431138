"""``toolfuzz serve``: the simulated endpoint, for people's own client tests."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from toolfuzz.simulate.profiles import Profile
    from toolfuzz.simulate.served import Served

EPILOG = """\b
Examples:
  toolfuzz serve --profile glm-4.7 --port 8399
  toolfuzz serve --fault args-truncated@0.5      half of the replies have this fault
  toolfuzz serve --fault http-429~1              the first request is refused, then all is well
  toolfuzz serve --script replies.toml           these replies, one after the other
  toolfuzz serve --script CASE.json              the case of a report, strictly, whoever asks
  toolfuzz serve --port 0 --ready-file url.json  for scripts: a free port, and where it is

It speaks every wire format (`toolfuzz list formats`), plain and streamed, and logs a line for each
request. `toolfuzz list faults` and `toolfuzz list profiles` name what it can do wrong; a request's
model picks a profile or a fault (fault:NAME), too. It calls the tool that a prompt names, with the
JSON object that stands in the prompt.
"""


@click.command(epilog=EPILOG)
@click.option("--profile", default="clean", show_default=True, metavar="NAME",
              help="What kind of endpoint.")  # fmt: skip
@click.option("--fault", "faults", multiple=True, metavar="NAME[@P][~N]",
              help="A perfect endpoint but for this: with probability P, in request N, N-M or N-; "
                   "repeatable.")  # fmt: skip
@click.option("--script", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE",
              help="Replies one by one (.toml), or always a report's case (.json).")  # fmt: skip
@click.option("--port", default=8399, show_default=True, type=click.IntRange(0, 65535),
              help="0: a free one.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="0.0.0.0 in a container.")  # fmt: skip
@click.option("--latency-ms", default=0.0, type=click.FloatRange(min=0), help="Delay per reply.")
@click.option("--seed", default=0, type=int, help="Same seed, same faults.")
@click.option("--json", "as_json", is_flag=True, help="Print where it is as a line of JSON.")
@click.option("--ready-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write that line to a file once it answers.")  # fmt: skip
@click.pass_context
def serve(
    ctx: click.Context,
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
    """Serve a simulated model endpoint with known faults on 127.0.0.1, until Ctrl-C."""
    from toolfuzz.core.errors import UsageError
    from toolfuzz.system.extras import require

    require("server", "toolfuzz serve")
    from toolfuzz.simulate.service import serve as serve_until_killed
    from toolfuzz.system.files import written_whole

    if faults:
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
) -> tuple["ASGIApp", str, list[str]]:
    """Return what is served, a title, and what can't happen everywhere."""
    from toolfuzz.evidence.corpus import case_with_defect
    from toolfuzz.simulate.profiles import check_profile
    from toolfuzz.simulate.script import load_script
    from toolfuzz.simulate.scripted import Script, build_upstream
    from toolfuzz.simulate.server import Endpoint

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


def _limits(profile: "Profile") -> Iterator[str]:
    from toolfuzz.simulate.faults.registry import where

    for risk in profile.risks:
        if not risk.fault.legal and (told := where(risk.fault)):
            yield f"{risk.fault.slug} can occur only in {told}"


def _log(told: "Served") -> None:
    click.echo(told.line, err=True)


def _addresses(url: str) -> Iterator[tuple[str, str]]:
    from toolfuzz.formats import format_names, wire_format

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
