"""A refusal that names nothing is the question's own where other questions are answered."""

from pathlib import Path

import pytest
from made_sources import MadeSource, attempt, case, each, honest, target

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request
from toolfuzz.runs.campaign import Campaign, run_campaign
from toolfuzz.runs.record import Record


def refusing(numbers: set[int], status: int, words: str) -> object:
    def answer(request: Request) -> list[Attempt]:
        if request.body["n"] in numbers:
            return [attempt(status, {"error": {"message": words}})]
        return honest(request)

    return answer


async def ran(folder: Path, answer: object) -> RunData:
    source = MadeSource(target(), answer)  # type: ignore[arg-type]
    opening = RunStarted(1.0, "0", (source.target,), {"cases": 12})
    with Record(folder, opening) as record:
        await run_campaign(Campaign([source], each([case(n) for n in range(12)]), record))
        return record.run()


@pytest.mark.parametrize("status", [400, 422])
async def test_it_fails_the_question(tmp_path: Path, status: int) -> None:
    run = await ran(tmp_path / "run", refusing({3, 5}, status, "Bad Request"))
    figures = summarize(run)["targets"][0]
    assert (figures["passed"], figures["failed"], figures["unjudged"]) == (10, 2, 0)
    assert figures["defects"]["request-refused"]["cases"] == 2
    [message] = {f.message for v in run.verdicts for f in v.findings}
    assert message.startswith("refused, while other questions were answered: HTTP ")
    assert "Bad Request" in message


@pytest.mark.parametrize(
    ("numbers", "status", "words"),
    [
        (set(range(12)), 400, "Bad Request"),
        (set(range(11)), 400, "Bad Request"),
        ({3}, 402, "Payment Required"),
        ({3}, 403, "Forbidden"),
        ({3}, 404, "no such model"),
        ({3}, 400, "Your credit balance is too low"),
        ({3}, 400, "API key expired. Please renew the API key."),
        ({3}, 400, "The maximum context length is 8192 tokens; you sent 9000."),
        ({3}, 400, "The response was filtered due to the content management policy"),
        ({3}, 400, "too many requests"),
    ],
    ids=["all", "all-but-one", "402", "403", "404", "credit", "key", "context", "filter", "load"],
)
async def test_what_is_nobodys_fault_stays_unjudged(
    tmp_path: Path, numbers: set[int], status: int, words: str
) -> None:
    run = await ran(tmp_path / "run", refusing(numbers, status, words))
    figures = summarize(run)["targets"][0]
    assert (figures["failed"], figures["unjudged"]) == (0, len(numbers))
