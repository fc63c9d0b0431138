"""Worlds are proved on the command line, drawn ones and those that somebody wrote."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.generate.dimensions import all_dimensions, proving
from toolfuzz.worlds.prove import PROOFS, Proof


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def test_the_table_of_proofs() -> None:
    names = ("--dimension", "plan", "--dimension", "correction")
    done = toolfuzz_("worlds", "prove", "--cases", "2", *names)
    assert done.exit_code == 0, done.output
    head = done.output.splitlines()[0]
    assert head.split() == ["dimension", "and", "level", "plan", "7", "correction", "5"]
    for proof in PROOFS:
        times = "2/2" if proof.burdened else "4/4"
        assert f"{proof.name:<28}{times}" in done.output


def test_all_of_it_as_json() -> None:
    names = all_dimensions()
    done = toolfuzz_("worlds", "prove", "--cases", "1", "--seed", "5", "--json")
    assert done.exit_code == 0, done.output
    rows = json.loads(done.output)
    assert [row["dimension"] for row in rows] == list(names)
    for row in rows:
        assert row["holds"] and row["wrong"] == {}
        assert row["proofs"].keys() == {proof.name for proof in PROOFS}
        assert all(proof["held"] == proof["tried"] for proof in row["proofs"].values())
        assert row["random_callers"]["passed"] == 0
        assert row["worlds_per_second"] > 0


def test_two_processes_prove_what_one_does() -> None:
    prove = ("worlds", "prove", "--cases", "3", "--dimension", "plan", "--level", "3", "--json")
    one, two = (toolfuzz_(*prove, *more) for more in ((), ("--workers", "2")))
    assert (one.exit_code, two.exit_code) == (0, 0), two.output
    rows = [json.loads(done.output)[0] | {"worlds_per_second": 0} for done in (one, two)]
    assert rows[0] == rows[1] and rows[0]["worlds"] == 6


def test_a_claim_that_does_not_hold_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    mood = Proof("good mood", "the world smiles", lambda family, case, values: "it doesn't")
    proofs = (*PROOFS, mood)

    def failed(*given: Any) -> list[tuple[str, str]]:
        return [(proof.name, wrong) for proof in proofs if (wrong := proof.proves(*given))]

    monkeypatch.setattr(proving, "PROOFS", proofs)
    monkeypatch.setattr(proving, "failed_proofs", failed)
    done = toolfuzz_("worlds", "prove", "--cases", "1", "--dimension", "plan")
    assert done.exit_code == 1
    assert "plan, good mood: it doesn't" in done.output
    assert "0/2" in done.output


def world(tmp_path: Path, *args: str) -> dict[str, Any]:
    done = toolfuzz_("worlds", "draw", "correction", "--level", "2", *args)
    assert done.exit_code == 0, done.output
    drawn: dict[str, Any] = json.loads(done.output)
    return drawn


def write(tmp_path: Path, case: dict[str, Any]) -> str:
    path = tmp_path / "world.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("twin", [(), ("--twin",)])
def test_a_drawn_world_is_a_file_that_proves(tmp_path: Path, twin: tuple[str, ...]) -> None:
    done = toolfuzz_("worlds", "prove", write(tmp_path, world(tmp_path, *twin)))
    assert (done.exit_code, done.output) == (0, "proved: all claims about this world hold\n")


def lost(case: dict[str, Any]) -> None:
    case["world"]["gold"].pop()


def aimless(case: dict[str, Any]) -> None:
    case["world"]["goal"] = []
    case["world"]["gold"] = []


def said_otherwise(case: dict[str, Any]) -> None:
    case["turns"][0]["messages"][0]["content"] = "Please do the usual."


def another_task(case: dict[str, Any]) -> None:
    case["world"]["task"]["said"][0][0]["name"] = "nobody"


def unknown_deed(case: dict[str, Any]) -> None:
    next(iter(case["world"]["deeds"].values()))["operation"] = "telepathy"


def unknown_value(case: dict[str, Any]) -> None:
    case["world"]["gold"][0][0]["arguments"]["name"] = "4711-abc"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lost, "solvable: the shortest known way ends in "),
        (aimless, "not by doing nothing: the null agent passes"),
        (said_otherwise, "solvable: this asks nothing of correction"),
        (
            another_task,
            "one reading: what the user says is not the task that the world was made of",
        ),
        (unknown_deed, "solvable: it can't be played: KeyError 'telepathy'"),
        (unknown_value, "known before needed: find_"),
    ],
)
def test_a_world_by_hand_that_does_not_prove_is_one_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    case = world(tmp_path)
    change(case)
    done = toolfuzz_("worlds", "prove", write(tmp_path, case))
    assert done.exit_code == 1, done.output
    assert done.output.startswith(f"not proved — {told}")
    assert done.output.count("\n") == 1


def no_world(case: dict[str, Any]) -> None:
    del case["world"]


def no_dimension(case: dict[str, Any]) -> None:
    case["world"]["dimension"] = "plam"


def no_deeds(case: dict[str, Any]) -> None:
    del case["world"]["deeds"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (no_world, "the case has no world"),
        (no_dimension, "there is no dimension 'plam'"),
        (no_deeds, "not a world: deeds: Field required"),
    ],
)
def test_what_is_no_world_is_said_so(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    case = world(tmp_path)
    change(case)
    done = toolfuzz_("worlds", "prove", write(tmp_path, case))
    assert done.exit_code == 2
    assert told in done.stderr
    assert "next:" in done.stderr or change is no_deeds


def test_levels_that_there_are_not() -> None:
    for args in (["prove", "--dimension", "plan"], ["draw", "plan"]):
        done = toolfuzz_("worlds", *args, "--level", "99")
        assert done.exit_code == 2
        assert "plan has the levels 3 to 20, not 99" in done.stderr
