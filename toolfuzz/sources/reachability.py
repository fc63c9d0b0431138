"""One cheap question before money is spent on many."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from toolfuzz.core.case import Case, Expectation, Message, Turn
from toolfuzz.core.errors import EndpointError, ToolfuzzError, UsageError
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.talk import play
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.source import Permit
from toolfuzz.sources.tokens import LOGIN

__all__ = ["HELLO", "reachable"]

HELLO = Case(
    origin="probe",
    probe="reachable",
    features=(),
    tools=(),
    turns=(Turn((Message("user", "Reply with the word OK."),), Expectation("unknown")),),
)


async def reachable(
    source: HttpSource,
    permit: Permit | None = None,
    note: Callable[[Attempt], None] = lambda attempt: None,
) -> Attempt:
    """Ask one real question without tools; return its answer or raise what to do about it.

    It is a real question, because nothing cheaper tells enough: ``GET /models`` is missing on
    many servers and says nothing of the path, the model or the extra parameters that the run
    will use. It costs about 15 tokens in and few out. No output limit is sent, because its name
    differs between models of the same service.

    ``note`` gets every attempt. Raises UsageError (exit 2) where the request is wrong: key, path,
    model, parameters, base URL; EndpointError (exit 4) where nobody answers. A rate limit or a
    reply that makes no sense counts as reachable.
    """
    permit = permit or Pacer(1)
    hello = source.request(play(HELLO), stream=False)
    async with source.open(permit) as session:
        attempt = await session.ask_once(hello)
        note(attempt)
        failed = attempt.status is not None and attempt.status >= 500
        if failed and await permit.again(source.target.name):
            async for again in session.ask(hello):
                attempt = again
                note(attempt)
        attempt = session.redaction.attempt(attempt)
    if trouble := _trouble(source, source.endpoint.base_url + hello.path, attempt):
        raise trouble
    return attempt


def _trouble(source: HttpSource, url: str, attempt: Attempt) -> ToolfuzzError | None:
    said = _first_line(attempt)
    endpoint, target = source.endpoint, source.target
    login = LOGIN.get(endpoint.credentials or "") if source.key is None else None
    variable = login or endpoint.key_env or "the key's variable (--key-env NAME)"
    match attempt.status:
        case None:
            return _unreachable(url, attempt.error or "no answer")
        case 401 | 403:
            keys = f"; keys: {endpoint.key_url}" if endpoint.key_url else ""
            return UsageError(
                f"{endpoint.title} refused the key ({attempt.status}): {said}",
                f"check {variable}{keys}",
            )
        case 402:
            return UsageError(f"{endpoint.title} wants payment (402): {said}", "top up the account")
        case 404 if _names_model(said, target):
            return UsageError(
                f"{endpoint.title} has no model {target.model!r} (404): {said}",
                "check the name, or the access of your key to it",
            )
        case 404 | 405:
            return UsageError(
                f"nothing is served at {url} ({attempt.status}): {said}",
                "check --base-url (it usually ends in /v1) and --format",
            )
        case status if 300 <= status < 400:
            place = attempt.headers.get("location", "elsewhere")
            return UsageError(f"{url} redirects to {place}", "give the final address as --base-url")
        case status if status >= 500:
            return EndpointError(
                f"{endpoint.title} answers with an error ({status}): {said}",
                "look at the server's log, or try again later",
            )
        case status if status >= 400 and status not in (408, 409, 425, 429):
            return UsageError(
                f"{endpoint.title} refused a plain question ({status}): {said}",
                "check the model name and --param",
            )
        case _ if "html" in attempt.headers.get("content-type", ""):
            return UsageError(
                f"{url} answers with a web page, not with a reply",
                "check --base-url (it usually ends in /v1)",
            )
    return None


def _unreachable(url: str, error: str) -> EndpointError:
    host = urlsplit(url).netloc
    low = error.lower()
    if "refused" in low:
        return EndpointError(f"{host} refused the connection", "is the server running there?")
    if re.search(r"name or service|getaddrinfo|nodename|name resolution|no address", low):
        return EndpointError(f"the host {host} is not known", "check --base-url and the network")
    if re.search(r"ssl|certificate|tls", low):
        return EndpointError(
            f"no safe connection to {host}: {error}",
            "check the certificate, or http:// and https://",
        )
    if "timeout" in low:
        return EndpointError(
            f"{host} did not answer in time: {error}",
            "check it; if it is slow, or its replies don't end: --timeout 300, or a limit such as "
            "--param max_tokens=1000",
        )
    return EndpointError(f"{host} can't be reached: {error}", "check --base-url and the network")


def _names_model(said: str, target: Target) -> bool:
    return "model" in said.lower() or target.model in said


def _first_line(attempt: Attempt) -> str:
    """Return the first line of the body that says something, printable and short."""
    text = attempt.body[:4000].decode(errors="replace")
    message = re.search(r'"(?:message|detail)"\s*:\s*"((?:[^"\\]|\\.)+)', text)
    lines = (line for line in text.split("\n") if line.strip())
    found = message.group(1) if message else next(lines, "")
    shown = "".join(c if c.isprintable() else " " for c in found).strip()
    return shown[:200] or "an empty body"
