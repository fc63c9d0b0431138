"""Jobs done on a Ray cluster of two nodes: the same journal as from one process."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio
from made_sources import (
    MadeSource,
    PacedSource,
    another_process,
    case,
    hang_for_now,
    retried,
    target,
)
from test_pools import CASES, Shut, done, without_clock
from test_processes import times_of

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseSkipped, Event, VerdictReached
from toolfuzz.generate import draw_cases
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.ray import RayPool, ray_pool
from toolfuzz.runs.access import Access
from toolfuzz.runs.blocks import journal_index, judge_blocks
from toolfuzz.runs.offline import judge_file
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.run import run
from toolfuzz.runs.said import say
from toolfuzz.runs.targets import open_sources

HERE = Path(__file__).parent
KEY = "sk-canary-4f1d0c77e2"


@dataclass(frozen=True)
class Cluster:
    address: str
    folder: Path
    process: subprocess.Popen[str]

    def kill_a_node(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        print("kill", file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "done\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    paths = [str(HERE), *sys.path]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        process = subprocess.Popen(
            [sys.executable, find_spec("two_nodes").origin],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        with process:
            assert process.stdin is not None and process.stdout is not None
            address, folder = process.stdout.readline().split()
            yield Cluster(address, Path(folder), process)
            process.stdin.close()
        shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(cluster: Cluster) -> AsyncIterator[RayPool]:
    async with ray_pool(cluster.address, 2) as pool:
        yield pool


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_same_journal_as_from_one_process(pool: RayPool) -> None:
    source = MadeSource(target(stream="both"), retried, refused=frozenset({3}))
    local, other = await done(LocalPool(), source), await done(pool, source)
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
    assert sum(isinstance(e, VerdictReached) for e in other) == 2 * (len(CASES) - 1)
    assert {e.tool for e in other if isinstance(e, CaseSkipped)} == {CASES[3].id}


async def test_conversations_and_processes_of_a_worker(pool: RayPool) -> None:
    source = MadeSource(target(), before=another_process)
    talks = [case(n, turns=3) for n in range(4)]
    local, other = (
        await done(LocalPool(), source, cases=talks),
        await done(pool, source, cases=talks),
    )
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))


async def test_a_target_that_cannot_be_opened_is_one_error(pool: RayPool) -> None:
    with pytest.raises(UsageError, match="no such engine"):
        await done(pool, Shut(target()))


async def test_requests_with_one_key_follow_each_other_evenly(pool: RayPool) -> None:
    """Two targets of one address and key, asked at the same time by workers of two nodes.

    Workers knew a target of that name before, with another pace.
    """
    models = [PacedSource(target(name), rpm=60 / 0.05) for name in "mn"]
    for model in models:
        await done(pool, model, cases=CASES[:2], modes=(False,))
    # The actor that keeps their places is there, so none of these was let go before.
    begun = time.time()
    both = await asyncio.gather(*(done(pool, model, modes=(False,)) for model in models))
    times = times_of([event for events in both for event in events])
    assert len(times) == 2 * len(CASES)
    # A request may be late, as on a busy machine, but none comes early.
    assert times[-1][0] - begun >= 0.99 * 0.05 * (len(times) - 1)


async def test_a_server_with_a_key_that_stands_nowhere(pool: RayPool, cluster: Cluster) -> None:
    cases = list(draw_cases(8, seed=3))

    async def asked(pool: LocalPool | RayPool) -> list[Event]:
        # Its faults depend on how often a request has come, so each pool has a simulator.
        async with open_sources(["sim/glm-4.7"], Access(stream="both"), seed=5) as (source,):
            return await done(pool, replace(source, key=KEY), cases=cases)

    local, other = await asked(LocalPool()), await asked(pool)
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
    assert any(e.verdict.status == "fail" for e in local if isinstance(e, VerdictReached))
    files = [path for path in cluster.folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


async def test_the_command_prints_what_it_always_does(cluster: Cluster, tmp_path: Path) -> None:
    """Nothing that Ray says of itself, neither where JSON is expected nor beside it."""
    on_ray = ("--ray", cluster.address, "--workers", "2", "--out", tmp_path / "run")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "toolfuzz", "run", "-m", "sim/clean", "--cases", "4"),
        *("--json", "--quiet", *on_ray),
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert json.loads(out)["targets"][0]["judged"] == 4
    assert err == b""
    assert cluster.address not in (tmp_path / "run" / "run.jsonl").read_text()


async def test_a_journal_is_judged_as_by_one_process(pool: RayPool, tmp_path: Path) -> None:
    options = RunOptions(models=("sim/glm-4.7",), cases=40, stream="both", seed=3)
    await run(options.but(out=tmp_path / "run"))
    path = tmp_path / "run" / "run.jsonl"
    with journal_index(path) as index:
        assert index is not None and len(list(index.blocks())) > 1
        judging = judge_blocks(index, Policy(), pool, ahead=4, keep=False)
        other = [entry async for entry in judging]
    assert other == [(say(item), None) for item in judge_file(path, Policy())]
    assert {said.verdict["status"] for said, _ in other} == {"pass", "fail"}


async def asked(folder: Path, streams: int) -> None:
    """Wait until so many streams were asked, each counted once for every process that did."""
    while len(os.listdir(folder)) <= streams:  # noqa: ASYNC110, PTH208 - they are other processes'
        await asyncio.sleep(0.05)


async def test_jobs_of_a_lost_node_are_done_by_others(
    pool: RayPool, cluster: Cluster, tmp_path: Path
) -> None:
    """Four jobs hang at their streams, on both nodes, when one node ends."""
    (tmp_path / "hang").touch()
    hang = partial(hang_for_now, str(tmp_path))
    source = MadeSource(target(stream="both"), before=hang, concurrency=4)
    doing = asyncio.create_task(done(pool, source))
    await asked(tmp_path, 4)
    cluster.kill_a_node()
    await asked(tmp_path, 5)
    (tmp_path / "hang").unlink()
    other = await doing
    local = await done(LocalPool(), MadeSource(target(stream="both")))
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", "no Ray cluster at 127.0.0.1:1: "),
        ("ray://127.0.0.1:10001", "Ray's client can't be used"),
        ("head", "--ray head: not the address of a cluster"),
    ],
)
async def test_a_cluster_that_cannot_be_had_is_one_error(address: str, said: str) -> None:
    with pytest.raises(UsageError) as failed:
        async with ray_pool(address, 1):
            pass
    assert failed.value.message.startswith(said) or said in failed.value.message
    assert failed.value.hint
