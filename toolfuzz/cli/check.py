"""``toolfuzz check``: may this model replace that one?"""

from typing import Any

import click

from toolfuzz.cli._complete import complete_formats
from toolfuzz.cli.options import (
    asking_workers,
    budget_options,
    case_options,
    endpoint_options,
    inconclusive_option,
    judge_options,
    report_option,
    trust_option,
)

EPILOG = """\b
Examples:
  toolfuzz check -m sim/glm-4.7 --baseline sim/claude-opus
  toolfuzz check -m glm-4.7 --baseline reports/baseline --tools my_tools.json
  toolfuzz check -m qwen3 --base-url http://new:8000/v1 \\
                 --baseline qwen3 --baseline-url http://old:8000/v1
  toolfuzz check -m glm-4.7 --accept 0.99 --reject 0.95

Two questions are answered: is the success rate worse than the margin allows, and is there a defect
that is new or clearly more frequent (--allow-new-defects leaves that out)? One yes is a FAIL, two
times no a PASS. Both sides are asked the same cases: 100, and up to 300 when that doesn't decide.
What looks worse is asked again on both sides, and the fresh answers have to confirm it. Rates and
differences count calls. See docs/checking.md.

\b
Exit codes: 0 PASS · 1 FAIL · 3 INCONCLUSIVE · 4 an endpoint is unusable
            2 usage, or a baseline that is old, of other cases, or simulated
              (--force)
"""


@click.command(epilog=EPILOG)
@endpoint_options
@asking_workers
@budget_options
@click.option(
    "--baseline", metavar="RUN|MODEL", help="What it must not fall behind: a run's folder, a model."
)
@click.option("--baseline-model", metavar="NAME", help="Which target of a baseline run.")
@click.option("--baseline-url", metavar="URL", help="Where a baseline model is served.")
@click.option(
    "--baseline-format",
    "--baseline-api",
    "baseline_format",
    metavar="FORMAT",
    shell_complete=complete_formats,
    help="Wire format of a baseline model.",
)
@click.option("--baseline-key-env", metavar="NAME", help="Variable that holds its key.")
@click.option(
    "--margin", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="SHARE",
    help="The drop in success that is tolerated (0.05).",
)  # fmt: skip
@click.option(
    "--allow-new-defects", is_flag=True, default=None,
    help="Ask only whether the rate is worse, not whether there is a new defect.",
)  # fmt: skip
@click.option(
    "--accept", type=float, metavar="RATE",
    help="Without a baseline: accept a model this good (0.99).",
)  # fmt: skip
@click.option("--reject", type=float, metavar="RATE", help="… and reject one this bad (0.95).")
@trust_option
@click.option("--force", is_flag=True, help="Use a doubtful baseline.")
@inconclusive_option
@case_options
@judge_options
@click.option("--out", metavar="DIR", help="Folder for the check (reports/<time>-check-<model>).")
@click.option("--resume", is_flag=True, help="Go on with the check in --out that was cut off.")
@report_option
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; only the result.")
def check(**given: Any) -> None:
    """Decide whether a model may replace another: PASS, FAIL or INCONCLUSIVE.

    With --accept and --reject there is no baseline: one model is asked until it is clear whether
    it is as good as the one rate or as bad as the other.
    """
    from toolfuzz.commands.check import check as do

    do(**given)
