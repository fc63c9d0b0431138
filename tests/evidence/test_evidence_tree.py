"""A case that lost parts is still a case: it validates, and its prompt asks for it."""

from functools import cache

from evidence_cases import big_case
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import Case
from toolfuzz.core.codec import case_from_json, case_to_json
from toolfuzz.core.validation import fits
from toolfuzz.evidence.pruning import prune_schema
from toolfuzz.evidence.simplify import CharacterTree, PlainTree, long_strings
from toolfuzz.evidence.toggles import bare_with, features_of, toggles
from toolfuzz.evidence.tree import CaseTree, size
from toolfuzz.generate import draw_cases, prompts


@cache
def cases() -> list[Case]:
    return [big_case(), *(c for c in draw_cases(30, seed=5) if len(c.turns) == 1)]


any_case = st.deferred(lambda: st.sampled_from(cases()))


def assert_valid(case: Case) -> None:
    turn = case.turns[0]
    for call in turn.expect.calls:
        tool = case.tool(call.tool)
        assert tool is not None
        assert fits(tool.parameters, call.arguments)
    asked = prompts.read(turn.messages, case.tools)
    # A call may be spoken of and forbidden.
    assert asked == list(turn.expect.calls) or (
        not turn.expect.calls and turn.tool_choice == "none"
    )
    assert case_from_json(case_to_json(case)) == case


@settings(max_examples=80, deadline=None)
@given(any_case, st.data())
def test_whatever_is_taken_away_leaves_a_valid_case_or_none(
    case: Case, data: st.DataObject
) -> None:
    tree = CaseTree(case)
    removed = data.draw(st.frozensets(st.sampled_from(tree.nodes), max_size=12))
    smaller = tree.build(removed)
    assert tree.valid(removed) == (smaller is not None)
    if smaller is not None:
        assert_valid(smaller)
        assert size(smaller) <= size(case)


def test_a_union_goes_with_its_last_branch() -> None:
    schema = {"title": "a", "anyOf": [{"type": "string"}, {"type": "null"}]}
    assert prune_schema(schema, {("anyOf", 0)}) == {"title": "a", "anyOf": [{"type": "null"}]}
    assert prune_schema(schema, {("anyOf", 0), ("anyOf", 1)}) == {"title": "a"}


@settings(max_examples=40, deadline=None)
@given(any_case, st.data())
def test_whatever_is_made_plain_stays_valid(case: Case, data: st.DataObject) -> None:
    tree = PlainTree(case)
    nodes = tree.candidates(frozenset())
    if not nodes:
        return
    plainer = tree.build(data.draw(st.frozensets(st.sampled_from(nodes))))
    if plainer is not None:
        assert_valid(plainer)


def test_every_candidate_changes_the_case() -> None:
    for case in cases()[:8]:
        tree = CaseTree(case)
        for node in tree.candidates(frozenset()):
            assert tree.build(frozenset({node})) not in (None, case)


def test_names_get_short_at_every_level() -> None:
    tree = PlainTree(big_case())
    names, members = (n for n in tree.candidates(frozenset()) if n.kind in ("names", "members"))
    short = tree.build(frozenset({names, members}))
    assert short is not None
    assert_valid(short)
    (tool,) = short.tools
    assert tool.name == "f"
    assert list(tool.parameters["properties"]) == list("abcdefghi")
    settings_ = tool.parameters["$defs"]["Settings"]
    assert (list(settings_["properties"]), settings_["required"]) == (["j", "k"], ["j", "k"])
    assert short.turns[0].expect.calls[0].arguments["g"] == {"j": "dark", "k": 4}
    inner = tree.build(frozenset({members}))
    assert inner is not None
    assert inner.turns[0].expect.calls[0].arguments["settings"] == {"j": "dark", "k": 4}


def test_characters_go_one_by_one() -> None:
    case = big_case()
    call, path = next(iter(long_strings(case)))
    shorter = CharacterTree(case, call, path).build(frozenset({0, 1, 2}))
    assert shorter is not None
    assert shorter.turns[0].expect.calls[0].arguments["plain_0"] == "t number 0"
    assert_valid(shorter)


def test_unused_definitions_go_with_their_last_reference() -> None:
    case = big_case()
    tree = CaseTree(case)
    node = next(n for n in tree.nodes if n.path == ("properties", "settings"))
    smaller = tree.build(frozenset({node}))
    assert smaller is not None
    assert "$defs" not in smaller.tools[0].parameters
    assert "settings" not in smaller.turns[0].expect.calls[0].arguments


def test_a_toggled_feature_is_gone_and_little_else() -> None:
    case = big_case()
    without = toggles(case)["ref-defs"]
    assert without is not None
    assert without.lost == {"ref-defs"}
    assert_valid(without.case)


def test_bare_cases_keep_what_was_asked_for() -> None:
    for case in cases()[:6]:
        for feature in sorted(features_of(case))[:4]:
            bare = bare_with(case, [feature])
            assert feature in features_of(bare)
            assert size(bare) <= size(case)
            assert_valid(bare)
