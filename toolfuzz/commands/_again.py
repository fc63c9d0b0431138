"""How to ask again what a run asked, and what is said to have been expected then."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from toolfuzz.analyze.load import RunData
from toolfuzz.commands._given import parse_headers
from toolfuzz.runs.access import Access
from toolfuzz.runs.expecting import by_hand
from toolfuzz.runs.rejudged import expected_run
from toolfuzz.runs.stored import access_of_run, require_headers
from toolfuzz.runs.trust import named_by, require_trust

__all__ = ["access_again", "expected"]


def access_again(run: RunData, given: dict[str, Any]) -> Access:
    """Return how to ask again what a run asked, given a command's ``again_options``.

    Raises UsageError when that takes trust, or a header that the run was started with.
    """

    settings, headers = run.started.settings, parse_headers(given["headers"])
    named = {name: given[name] for name in ("base_url", "key_env") if given[name]}
    answered = [*named, *(("engine_python", "models") if given["engine_python"] else ())]
    require_trust({**named_by(run.started), **dict.fromkeys(answered)}, trust=given["trust"])
    require_headers(settings, headers)
    access = access_of_run(run)
    again = replace(
        access,
        **named,
        headers=headers,
        secret_headers=(*access.secret_headers, *given["secret_headers"]),
        engine_python=given["engine_python"],
        concurrency=given["concurrency"] or "auto",
        rpm=access.rpm if given["rpm"] is None else given["rpm"],
        tpm=access.tpm if given["tpm"] is None else given["tpm"],
    )
    again.check()
    return again


def expected(
    run: Path, given: dict[str, Any], cases: tuple[str, ...] = ()
) -> tuple[Path, tuple[str, ...]]:
    """Return a run and the cases to look at, judged by a command's ``expect_options``.

    Of several cases those are left that they speak of; what they say of the only one is said of
    ``cases``, where one is named. Without them all is as it was. Raises UsageError.
    """

    told = by_hand(given["expect"], given["expect_values"])
    if told is None:
        return run, cases
    return expected_run(run, told.for_case(cases[0]) if len(cases) == 1 else told), ()
