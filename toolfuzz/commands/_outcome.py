"""From a gate's outcome to an exit code."""

import click

from toolfuzz.core.errors import EXIT_GATE_FAILED, EXIT_INCONCLUSIVE, EXIT_PASSED

__all__ = ["exit_with", "settled"]

_CODES = {
    "PASS": EXIT_PASSED,
    "ACCEPT": EXIT_PASSED,
    "FAIL": EXIT_GATE_FAILED,
    "REJECT": EXIT_GATE_FAILED,
}


def settled(outcome: str | None, inconclusive: str | None) -> str | None:
    """Return the outcome, or what ``--inconclusive`` makes of it where nothing was decided."""
    if outcome is None or outcome in _CODES or inconclusive is None:
        return outcome
    return inconclusive.upper()


def exit_with(outcome: str | None) -> None:
    """End the command: 0 passed, 1 failed, 3 neither."""
    code = EXIT_INCONCLUSIVE if outcome is None else _CODES.get(outcome, EXIT_INCONCLUSIVE)
    click.get_current_context().exit(code)
