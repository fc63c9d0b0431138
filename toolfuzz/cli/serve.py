"""``toolfuzz serve``: the simulated endpoint, for people's own client tests."""

import click

EPILOG = """\b
Examples:
  toolfuzz serve --profile glm-4.7 --port 8399
  toolfuzz serve --profile clean --latency-ms 200
  toolfuzz run -m clean --base-url http://127.0.0.1:8399/v1

It speaks every wire format (`toolfuzz list formats`), plain and streamed.
`toolfuzz list profiles` names the profiles; a request's model picks one too.
"""


@click.command(epilog=EPILOG)
@click.option("--profile", default="clean", show_default=True, metavar="NAME")
@click.option("--port", default=8399, show_default=True, type=click.IntRange(0, 65535))
@click.option("--latency-ms", default=0.0, type=click.FloatRange(min=0), help="Delay per reply.")
@click.option("--seed", default=0, type=int, help="Same seed, same faults.")
def serve(profile: str, port: int, latency_ms: float, seed: int) -> None:
    """Serve a simulated model endpoint with known faults on 127.0.0.1, until Ctrl-C."""
    from toolfuzz.formats import format_names, wire_format
    from toolfuzz.simulate.profiles import check_profile
    from toolfuzz.simulate.service import serve as serve_until_killed

    description = check_profile(profile).description

    def announce(url: str) -> None:
        click.echo(f"simulated endpoint {profile!r}: {description}")
        click.echo(url)
        for name in format_names():
            prefix, *_ = (serving := wire_format(name).serving).prefixes
            for path in serving.paths:
                address = f"{url.removesuffix('/v1')}{prefix}{path.replace(':path', '')}"
                click.echo(f"  {name:20}{address.format(model='MODEL')}")

    serve_until_killed(
        port=port, profile=profile, latency_ms=latency_ms, seed=seed, announce=announce
    )
