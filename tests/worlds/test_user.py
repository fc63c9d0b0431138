"""The scripted user is never wrong: what it says is true of the state, and following it repairs."""

import json

from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.case import ExpectedCall
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.outcome import failing_checks, place_of
from toolfuzz.worlds.spec import Check, Deed, User, World
from toolfuzz.worlds.user import MOST_HELP, ScriptedUser, correction, is_correction, told_call

FIELDS = ("port", "label")
WANTED = {"a1": {"port": 4, "label": "x"}, "b2": {"port": 5, "label": {"y": [1.5, None]}}}


def world(user: User) -> World:
    names = {"a1": "amber", "b2": "basalt"}
    return World(
        dimension="none",
        level=1,
        pair="",
        twin=False,
        wording=0,
        seed="s",
        task={},
        deeds={
            "update": Deed("set", {"kind": "device", "by": "id", "fields": {f: f for f in FIELDS}})
        },
        records={"device": {id: {"name": names[id], "port": 0, "label": "?"} for id in WANTED}},
        goal=tuple(
            Check(
                "device", id, f, v, "goal-not-reached", fix=ExpectedCall("update", {"id": id, f: v})
            )
            for id, values in WANTED.items()
            for f, v in values.items()
        ),
        user=user,
    )


ids = st.sampled_from(["a1", "b2", "c3"])
values = st.sampled_from([0, 4, 5, 4.0, "x", "?", {"y": [1.5, None]}, None])
calls = st.lists(st.tuples(ids, st.sampled_from(FIELDS), values), max_size=8)


@given(calls, st.integers(0, 3))
def test_it_says_what_is_so(calls: list[tuple[str, str, object]], grade: int) -> None:
    machine = Machine(world(User(grade=grade, patience=1)))
    for id, field, value in calls:
        machine.call("update", {"id": id, field: value})
    failing = failing_checks(machine)
    said = ScriptedUser(machine).says(0)
    assert (said is None) == (not failing)
    if said is None:
        return
    assert is_correction(said)
    place, want = place_of(machine, failing[0]), json.dumps(failing[0].want)
    assert (place in said) == (grade in (1, 2))
    assert (want in said) == (grade in (2, 3)) or grade == 1
    call = told_call(said)
    assert (call is not None) == (grade == MOST_HELP)


@given(calls)
def test_whoever_follows_exact_calls_repairs_it(calls: list[tuple[str, str, object]]) -> None:
    machine = Machine(world(User(grade=MOST_HELP, patience=4)))
    for id, field, value in calls:
        machine.call("update", {"id": id, field: value})
    user = ScriptedUser(machine)
    wrong = len(failing_checks(machine))
    for n in range(wrong):
        call = told_call(user.says(n) or "")
        assert call is not None
        machine.call(call.tool, call.arguments, round=n)
        assert len(failing_checks(machine)) == wrong - n - 1
    assert user.says(wrong) is None
    assert user.regressions == 0


def test_help_grows_until_patience_runs_out() -> None:
    user = ScriptedUser(Machine(world(User(patience=5))))
    said = [user.says(n) for n in range(6)]
    assert [c.grade for c in user.corrections] == [0, 1, 2, 3, 3]
    assert said[-1] is None
    assert said[:4] == [
        "That is not right yet. Please look at it again and finish it.",
        'That is not right yet. Look again at device "amber" (a1), port.',
        'That is not right yet. device "amber" (a1), port has to be 4',
        'That is not right yet. Call update with exactly {"id": "a1", "port": 4}',
    ]


def test_pieces_come_first_and_cost_nothing() -> None:
    user = ScriptedUser(Machine(world(User(pieces=("One.", "Two."), patience=1))))
    assert [user.says(0), user.says(1)] == ["One.", "Two."]
    assert user.corrections == []
    assert is_correction(user.says(2) or "")


def test_a_record_that_has_to_be_there_or_not() -> None:
    there = Check("device", "z", "", True, "goal-not-reached")
    assert correction(there, "device z", 2) == "That is not right yet. device z has to be there."
    gone = Check("device", "z", "", False, "goal-not-reached")
    assert correction(gone, "device z", 3) == "That is not right yet. device z must not be there."


def slugs(*moves: tuple[str, str, object] | None) -> list[str]:
    """Return what is found after these moves, None for "done"."""
    machine = Machine(world(User(patience=3)))
    user = ScriptedUser(machine)
    machine.call("update", {"id": "a1", "port": 4, "label": "x"})
    machine.call("update", {"id": "b2", "port": 5})
    for n, move in enumerate(moves):
        if move is None:
            user.says(n)
        else:
            machine.call("update", {"id": move[0], move[1]: move[2]}, round=n)
    return [finding.slug for finding in user.findings()]


def test_what_corrections_show() -> None:
    right = ("b2", "label", {"y": [1.5, None]})
    assert slugs(right, None) == []
    assert slugs(None, right) == ["correction-needed"]
    assert slugs(None, None, right) == ["correction-needed"]
    assert slugs(None, None, None) == ["correction-needed", "correction-not-taken"]
    broke = ("a1", "port", 9)
    assert slugs(None, right, broke) == ["correction-needed", "correction-regressed"]
    assert slugs(broke, None, right) == ["correction-needed"]
    again = ("a1", "port", 4)
    assert slugs(None, right, broke, None, again) == ["correction-needed", "correction-regressed"]
    assert slugs(None, ("a1", "port", 4.0), right) == ["correction-needed"]
