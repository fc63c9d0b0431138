"""What a run was told, read back out of its journal."""

from collections.abc import Iterable

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.access import Access
from toolfuzz.runs.options import RunOptions, current_names

__all__ = ["access_of_run", "require_headers", "same_questions", "stored_options"]


_NEVER_STORED = {"headers", "tools_headers", "ray"}


def stored_options(settings: JsonObject) -> RunOptions:
    """Return the options that a journal's ``settings`` hold; headers and the cluster
    have to be given again.

    Settings of before are read, too: they lacked some options, and those of judging stood under
    ``policy``. Raises UsageError.
    """
    flat = current_names({**settings, **_object(settings.get("policy"))})
    known = {n: v for n, v in flat.items() if n in RunOptions.model_fields.keys() - _NEVER_STORED}
    return RunOptions.read(known)


_MAY_CHANGE = frozenset(
    {
        "headers", "tools_headers", "timeout", "max_reply", "concurrency", "rpm", "tpm",
        "engine_python", "latency_ms", "workers",
        "max_calls", "max_time", "max_tokens", "max_cost", "price",
    }
)  # fmt: skip


def same_questions(one: JsonObject, other: JsonObject) -> bool:
    """Whether two runs' settings ask and judge the same; how fast is nobody's business."""
    first, second = (
        stored_options(settings).model_dump(exclude=set(_MAY_CHANGE)) for settings in (one, other)
    )
    return first == second and _against(one) == _against(other)


def _against(settings: JsonObject) -> JsonObject:
    """Return what a check holds its candidate to; older journals kept less of it."""
    check = _object(settings.get("check"))
    names = ("baseline", "baseline_model", "margin", "accept", "reject")
    allowed = bool(check.get("allow_new_defects"))
    return {**{name: check.get(name) for name in names}, "allow_new_defects": allowed}


def _object(value: Json) -> JsonObject:
    """Return an object of a journal, that may be anybody's."""
    return value if isinstance(value, dict) else {}


def access_of_run(run: RunData) -> Access:
    """Return how a run reached its targets, so that they can be asked again."""
    stored = stored_options(run.started.settings)
    return Access(
        base_url=stored.base_url,
        format=stored.format,
        key_env=stored.key_env,
        secret_headers=stored.secret_headers,
        params=stored.params,
        rpm=stored.rpm,
        tpm=stored.tpm,
        timeout=stored.timeout,
        max_reply=stored.max_reply,
        cuts=stored.cuts,
    )


def require_headers(
    settings: JsonObject, headers: Iterable[str], *, option: str = "headers"
) -> None:
    """Raise UsageError when a run had a header, by its name in ``settings``, that isn't given.

    ``option`` is ``headers``, or ``tools_headers``.
    """
    given = {name.lower() for name in headers}
    then = settings.get(option, [])
    named = then if isinstance(then, list) else [then]
    if missing := [name for name in map(str, named) if name.lower() not in given]:
        raise UsageError(
            f"the run was started with headers that a journal never keeps: {', '.join(missing)}",
            f"give them again: --{option[:-1].replace('_', '-')} '{missing[0]}: VALUE'",
        )
