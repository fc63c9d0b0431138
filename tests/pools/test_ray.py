"""Jobs done on a Ray cluster of two nodes: the same journal as from one process."""

import asyncio
import json
import os
import re
import shlex
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
from typing import Any

import click
import needs
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
from made_xinference import build_environment, held, make_xinference
from test_pools import CASES, Shut, done, without_clock
from test_processes import times_of

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseSkipped, Event, VerdictReached
from toolfuzz.generate import draw_cases
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.generate.dimensions.proving import prove_pair
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.calls import in_order
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.ray import RayPool, ray_pool
from toolfuzz.runs.access import Access
from toolfuzz.runs.blocks import journal_index, judge_blocks
from toolfuzz.runs.offline import judge_file
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.run import run
from toolfuzz.runs.said import say
from toolfuzz.runs.sweep import Sweep, sweep
from toolfuzz.runs.targets import open_sources

HERE = Path(__file__).parent
KEY = "sk-canary-4f1d0c77e2"
RELEASES = ("1.2.0", "1.3.0")


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
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where all machines keep what they fetch; of an engine's releases two are there."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOOLFUZZ_CACHE", str(folder))
        build_environment()
        for version in RELEASES:
            make_xinference(folder, version)
        yield folder


@pytest.fixture(scope="module")
def cluster(cache: Path) -> Iterator[Cluster]:
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


pytestmark = [pytest.mark.asyncio(loop_scope="module"), needs.signals]


async def test_the_page_starts_a_cluster_as_ray_has_it() -> None:
    from ray.scripts.scripts import start

    page = (HERE.parents[1] / "docs/scale.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ ray start (.*?) *(?:#.*)?$", page, re.MULTILINE)
    parser = start.make_parser(click.Context(start))
    assert [dict(parser.parse_args(shlex.split(line))[0]) for line in lines] == [
        {"head": True, "port": "6379"},
        {"address": "10.0.0.1:6379"},
    ]


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


async def test_releases_of_an_engine_and_worlds_are_asked_as_by_one_process(pool: RayPool) -> None:
    engines = [f"engine/xinference@{version}:qwen" for version in RELEASES]
    worlds = [case for name in ("plan", "scope") for case in draw_pair(find(name), 3, 0, 3)]
    both = Access(stream="both")
    async with (
        open_sources(engines, both) as (old, new),
        open_sources(["sim/clean"], both, seed=5) as (model,),
    ):
        for source, cases in (
            (old, list(draw_cases(4, seed=3))),
            (new, list(draw_cases(4, seed=3))),
            (model, worlds),
        ):
            # What is said of a world's calls holds the ids that the server made up.
            local, other = (
                sorted(without_clock(e) for e in events if isinstance(e, VerdictReached))
                for events in (
                    await done(LocalPool(), source, cases=cases),
                    await done(pool, source, cases=cases),
                )
            )
            assert len(local) == 8 and local == other


async def under_way(folder: Path, count: int) -> None:
    """Wait until so many left a file beside the one that says that all are to hang."""
    while len(os.listdir(folder)) <= count:  # noqa: ASYNC110, PTH208 - they are other processes'
        await asyncio.sleep(0.05)


async def swept(folder: Path, **options: Any) -> list[JsonObject]:
    asked = RunOptions(cases=3, stream="both")
    table = await sweep(Sweep("xinference", RELEASES, folder, asked, ("qwen",), **options))
    return [{**cell, "seconds": 0} for cell in table["cells"]]


async def test_what_a_lost_node_had_in_hand_is_done_by_others(
    pool: RayPool, cluster: Cluster, cache: Path, tmp_path: Path
) -> None:
    """Four jobs hang at their streams, and two runs of a sweep, on both nodes, when one ends."""
    before = await swept(tmp_path / "local", workers=2)
    hanging = [tmp_path / name for name in ("jobs", "runs")]
    for folder in hanging:
        folder.mkdir()
        (folder / "hang").touch()
    jobs, runs = hanging
    for version in RELEASES:
        make_xinference(cache, version, does=held(runs))
    hang = partial(hang_for_now, str(jobs))
    source = MadeSource(target(stream="both"), before=hang, concurrency=4)
    doing = asyncio.create_task(done(pool, source))
    on_ray = swept(tmp_path / "ray", workers=2, ray=cluster.address)
    sweeping = asyncio.create_task(on_ray)
    await asyncio.gather(under_way(jobs, 4), under_way(runs, 2))
    cluster.kill_a_node()
    await asyncio.gather(under_way(jobs, 5), under_way(runs, 3))
    for folder in hanging:
        (folder / "hang").unlink()
    local = await done(LocalPool(), MadeSource(target(stream="both")))
    assert sorted(map(without_clock, await doing)) == sorted(map(without_clock, local))
    assert await sweeping == before
    for version in RELEASES:
        one, other = (tmp_path / where / version / "qwen" for where in ("local", "ray"))
        assert {path.name for path in one.iterdir()} == {path.name for path in other.iterdir()}
        events = [sorted(map(without_clock, read_journal(run)))[:-2] for run in (one, other)]
        assert len(events[0]) > 12 and events[0] == events[1]


async def test_worlds_are_proved_as_by_one_process(pool: RayPool) -> None:
    pairs = [(find("plan"), 0, k, 3) for k in range(4)]
    proved = [one async for one in in_order(pool, prove_pair, iter(pairs), ahead=4)]
    assert [replace(one, seconds=0) for one in proved] == [
        replace(prove_pair(*pair), seconds=0) for pair in pairs
    ]


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
