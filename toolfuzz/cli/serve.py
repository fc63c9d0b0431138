"""``toolfuzz serve``: the simulated endpoint, for people's own client tests."""

from pathlib import Path

import click

EPILOG = """\b
Examples:
  toolfuzz serve --profile glm-4.7 --port 8399
  toolfuzz serve --profile clean --latency-ms 200
  toolfuzz serve --script CASE.json            the case of a report, whoever asks
  toolfuzz run -m clean --base-url http://127.0.0.1:8399/v1

It speaks every wire format (`toolfuzz list formats`), plain and streamed.
`toolfuzz list profiles` names the profiles; a request's model picks one too.
"""


@click.command(epilog=EPILOG)
@click.option("--profile", default="clean", show_default=True, metavar="NAME")
@click.option("--script", type=click.Path(path_type=Path, exists=True), metavar="CASE.json",
              help="Answer whatever is asked by this case, strictly.")  # fmt: skip
@click.option("--port", default=8399, show_default=True, type=click.IntRange(0, 65535))
@click.option("--latency-ms", default=0.0, type=click.FloatRange(min=0), help="Delay per reply.")
@click.option("--seed", default=0, type=int, help="Same seed, same faults.")
def serve(profile: str, script: Path | None, port: int, latency_ms: float, seed: int) -> None:
    """Serve a simulated model endpoint with known faults on 127.0.0.1, until Ctrl-C."""
    from toolfuzz.evidence.corpus import case_with_defect
    from toolfuzz.formats import format_names, wire_format
    from toolfuzz.simulate.profiles import check_profile
    from toolfuzz.simulate.scripted import Script, build_upstream
    from toolfuzz.simulate.server import build_app
    from toolfuzz.simulate.service import serve as serve_until_killed

    title = f"simulated endpoint {profile!r}: {check_profile(profile).description}"
    if script is not None:
        title = f"simulated endpoint: answers whatever is asked as {script} says, and is strict"

    def announce(url: str) -> None:
        click.echo(title)
        click.echo(url)
        for name in format_names():
            prefix, *_ = (serving := wire_format(name).serving).prefixes
            for path in serving.paths:
                address = f"{url.removesuffix('/v1')}{prefix}{path.replace(':path', '')}"
                click.echo(f"  {name:20}{address.format(model='MODEL')}")

    if script is None:
        app = build_app(profile=profile, latency_ms=latency_ms, seed=seed)
    else:
        app = build_upstream(Script(always=case_with_defect(script).case))
    serve_until_killed(app, port=port, announce=announce)
