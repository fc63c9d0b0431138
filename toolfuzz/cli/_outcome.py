"""From a gate's outcome to an exit code."""

import click

from toolfuzz.core.errors import EXIT_GATE_FAILED, EXIT_INCONCLUSIVE, EXIT_PASSED

__all__ = ["exit_with"]

_CODES = {
    "PASS": EXIT_PASSED,
    "ACCEPT": EXIT_PASSED,
    "FAIL": EXIT_GATE_FAILED,
    "REJECT": EXIT_GATE_FAILED,
}


def exit_with(outcome: str, inconclusive: str | None) -> None:
    """End the command: 0 passed, 1 failed, 3 neither, unless ``inconclusive`` names one of them."""
    code = _CODES.get(outcome, EXIT_INCONCLUSIVE)
    if code == EXIT_INCONCLUSIVE and inconclusive is not None:
        code = EXIT_PASSED if inconclusive == "pass" else EXIT_GATE_FAILED
    click.get_current_context().exit(code)
