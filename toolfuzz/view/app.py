"""The pages as a web application: one function a page, all of them only read."""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.price import price_of
from toolfuzz.core.errors import ToolfuzzError, UsageError
from toolfuzz.core.verdict import Verdict
from toolfuzz.evidence.showing import raw_reply
from toolfuzz.report.html import render_comparison, render_run, render_trial
from toolfuzz.report.html.templating import asset, policy
from toolfuzz.view.collector import Collector
from toolfuzz.view.guard import Guard
from toolfuzz.view.pages import failure_page, list_page, run_page, trouble_page
from toolfuzz.view.reader import Reader
from toolfuzz.view.shelf import Shelf

__all__ = ["MOST_COMPARED", "Broke", "build_app", "new_key"]

MOST_COMPARED = 8
_ASSETS = {"style.css": "text/css", "script.js": "text/javascript", "live.js": "text/javascript"}


def new_key() -> str:
    """Return the part of the address that only who started the server knows."""
    return secrets.token_urlsafe(12)


Broke = Callable[[BaseException], ToolfuzzError]
"""Makes of a mistake of our own what is said of it."""


def build_app(root: Path, *, port: int, key: str, broke: Broke) -> ASGIApp:
    """Return the pages of all runs below ``root``, under the path ``/KEY``.

    What others on this machine ask without the key finds nothing.
    """
    pages = _Pages(root, f"/{key}")

    def page(path: str, make: Callable[[Request], Response]) -> Route:
        # Pages take a while to make: without async they are made by threads, side by side.
        def made(request: Request) -> Response:
            try:
                return make(request)
            except UsageError as error:
                return _trouble(error, 404)
            except Exception as error:
                return _trouble(broke(error), 500)

        return Route(path, made)

    def _trouble(error: ToolfuzzError, status: int) -> Response:
        return HTMLResponse(trouble_page(f"/{key}", error.message, error.hint), status)

    routes = [
        page("/", pages.list),
        page("/run/{name:path}", pages.run),
        page("/failure/{name:path}", pages.failure),
        page("/report/{name:path}", pages.report),
        page("/raw/{name:path}", pages.raw),
        page("/compare", pages.compare),
        page("/{asset}", pages.asset),
    ]
    app = Starlette(routes=[Mount(f"/{key}", routes=routes)], exception_handlers={404: _unknown})
    return Guard(app, (f"127.0.0.1:{port}", f"localhost:{port}"))


def _unknown(request: Request, error: Exception) -> Response:
    return PlainTextResponse("nothing here; open the address that toolfuzz printed", 404)


class _Pages:
    """What the pages are made from: the shelf, the rows of its list, and the runs last read."""

    def __init__(self, root: Path, prefix: str) -> None:
        self.folder = str(root)
        self.prefix = prefix
        self.shelf = Shelf(root)
        self.collector = Collector(self.shelf)
        self.reader = Reader(self.shelf)

    def list(self, request: Request) -> Response:
        asked = request.query_params
        return HTMLResponse(
            list_page(
                self.prefix,
                self.folder,
                self.collector.rows(),
                target=asked.get("model", ""),
                number=_count(asked.get("page", "")),
            )
        )

    def run(self, request: Request) -> Response:
        asked = request.query_params
        read = self.reader.get(request.path_params["name"])
        others = sorted(self.shelf.runs(), reverse=True)
        defect, number = asked.get("defect", ""), _count(asked.get("page", ""))
        return HTMLResponse(run_page(self.prefix, read, others, number=number, defect=defect))

    def failure(self, request: Request) -> Response:
        read = self.reader.get(request.path_params["name"])
        verdict = _verdict(request, read.run)
        if verdict.status != "fail":
            raise UsageError(
                "this reply did not fail",
                f"`toolfuzz show` with the run's folder and {verdict.case_id[:6]} shows any reply",
            )
        return HTMLResponse(failure_page(self.prefix, read, verdict))

    def raw(self, request: Request) -> Response:
        run = self.reader.get(request.path_params["name"]).run
        verdict = _verdict(request, run)
        name = f"{verdict.case_id[:6]}.txt" if verdict.case_id.isalnum() else "reply.txt"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(raw_reply(run, verdict), 200, headers, "application/octet-stream")

    def report(self, request: Request) -> Response:
        read = self.reader.get(request.path_params["name"])
        if "trial" in read.summary:
            return _of_the_house(render_trial(read.summary))
        return _of_the_house(render_run(read.run, read.summary, home=f"{self.prefix}/"))

    def compare(self, request: Request) -> Response:
        names = list(dict.fromkeys(request.query_params.getlist("run")))
        if not 2 <= len(names) <= MOST_COMPARED:
            raise UsageError(
                f"{len(names)} runs were chosen", f"choose two to {MOST_COMPARED} in the list"
            )
        read = [(name, self.reader.get(name).run) for name in names]
        return _of_the_house(_compared(read, home=f"{self.prefix}/"))

    def asset(self, request: Request) -> Response:
        name = request.path_params["asset"]
        if name not in _ASSETS:
            return _unknown(request, UsageError(name))
        own = Path(__file__).with_name("templates")
        if name == "live.js":
            text = (own / name).read_text(encoding="utf-8")
        else:
            text = asset(name)
        if name == "style.css":
            text += (own / "view.css").read_text(encoding="utf-8")
        return Response(text, 200, media_type=_ASSETS[name])


def _compared(runs: Sequence[tuple[str, RunData]], *, home: str) -> str:
    """Set runs side by side as ``toolfuzz compare`` does."""
    early = [name for name, run in runs if run.finished and run.finished.reason == "decided"]
    fair = [(name, run) for name, run in runs if name not in early]
    if not fair:
        raise UsageError(
            "these runs stopped early, so their rates are no fair estimates",
            "choose others in the list",
        )
    return render_comparison(compare(fair, price_of) | {"left_out": early}, fair, home=home)


def _of_the_house(html: str) -> Response:
    """Return a report's page under its own policy: style and script stand in it."""
    own = policy(asset("style.css"), asset("script.js"))
    return HTMLResponse(html, headers={"content-security-policy": own})


def _verdict(request: Request, run: RunData) -> Verdict:
    """Return the verdict that an address names; raises UsageError."""
    said = request.query_params
    questions = run.verdicts.questions
    row = questions.find(
        said.get("case", ""),
        said.get("target", ""),
        _count(said.get("repeat", ""), least=0),
        said.get("stream") == "1",
    )
    for answers in (run.verdicts, run.respelled):
        if row is not None and row in answers.rows:
            return answers.at([row])[0]
    raise UsageError("the run has no such reply", "go back to the run; its page has them all")


def _count(said: str, *, least: int = 1) -> int:
    """Return a number of an address; what is none, or out of bounds, is the least."""
    return max(int(said), least) if said.isascii() and said.isdigit() and len(said) < 7 else least
