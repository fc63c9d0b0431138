"""Every defect keeps what its file says: its page, its examples, what it explains away."""

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from msgspec import structs

from toolfuzz import formats
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import format_names, wire_format
from toolfuzz.judge import catalogue
from toolfuzz.judge.catalogue import defect, defects
from toolfuzz.judge.defect import STAGES
from toolfuzz.judge.example import Example
from toolfuzz.judge.judge import judge
from toolfuzz.judge.stages.causes import first

SOURCE = Path(catalogue.__file__).parent
EXAMPLES = [
    pytest.param(entry.slug, example, id=f"{entry.slug}-{n}")
    for entry in defects().values()
    for n, example in enumerate(entry.examples)
]
BEYOND = ("world", "relay")
GROUPS = "ABCDEFGHIJ"
LAYERS = ("wire", "stream", "structure", "arguments", "schema", "values", "world", "relay")


def test_every_entry_can_be_explained() -> None:
    for entry in defects().values():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", entry.slug)
        assert entry.group in GROUPS
        assert entry.severity in ("error", "warn", "info")
        assert entry.layer in LAYERS
        assert (entry.group == "I") == (entry.layer == "world") == (entry.shows_in == "world")
        assert (entry.group == "J") == (entry.layer == "relay") == (entry.shows_in == "relay")
        assert entry.command.startswith("toolfuzz ")
        assert 10 < len(entry.title) < 100
        assert not entry.title.endswith(".")
        assert entry.help.endswith(".")
        assert entry.usual
        assert entry.stage in STAGES
        assert entry.example
        assert entry.example.isprintable() or "\n" in entry.example
        for source in entry.sources:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", source)
        for slug in entry.pairs:
            assert slug in defects()


def test_sentences_about_who_causes_it_read_well() -> None:
    """They stand behind the word "usually"."""
    for entry in defects().values():
        assert re.match(r"(the|a|an) |grammar-", entry.usual), entry.slug
        assert not entry.usual.endswith(".")


def test_the_readme_counts_them_right() -> None:
    text = " ".join((Path(__file__).parents[2] / "README.md").read_text().split())
    of_calls = [entry for entry in defects().values() if entry.shows_in not in BEYOND]
    reported = sum(bool(entry.sources) for entry in of_calls)
    assert f"{len(of_calls)} defects, {reported} of them known from public reports" in text


def test_slugs_stand_in_no_other_code() -> None:
    """What one defect means to the rest of the package stands in its own file, as data.

    What is done in a world is told by the worlds themselves, which are below the judge; what a
    gateway changes by what compares its sides.
    """
    package = SOURCE.parent
    beyond = {entry.slug for entry in defects().values() if entry.shows_in in BEYOND}
    for path in package.rglob("*.py"):
        if path.parent == SOURCE / "defects":
            continue
        folders = {package / name for name in ("worlds", "generate/dimensions", "judge/relay")}
        told_here = folders & {*path.parents} or path == package / "runs/sides.py"
        elsewhere = defects().keys() - (beyond if told_here else set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in elsewhere, f"{path}:{node.lineno}"


def test_laws_name_defects_that_there_are() -> None:
    """``[shows]`` in a format's laws.toml: law → the defect that its breach is."""
    named = set()
    for laws in Path(formats.__file__).parent.glob("*/laws.toml"):
        table = tomllib.loads(laws.read_text(encoding="utf-8"))
        named |= set(table.get("shows", {}).values())
    assert named
    assert named <= defects().keys()


def test_reading_all_files_loads_nothing_heavy() -> None:
    """``toolfuzz explain`` asks for a page, not for a validator, a client or a generator."""
    heavy = ("hypothesis", "httpx", "scipy", "openai", "anthropic", "jsonschema", "rich")
    code = (
        "import sys; from toolfuzz.judge.catalogue import defects; defects(); "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_defect_finds_by_facts_and_not_by_other_slugs() -> None:
    for path in (SOURCE / "defects").glob("*.py"):
        own = path.stem.replace("_", "-")
        functions = [
            node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef)
        ]
        for node in (inner for function in functions for inner in ast.walk(function)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value == own or node.value not in defects()


def test_a_file_is_called_like_its_slug() -> None:
    files = {p.stem for p in (SOURCE / "defects").glob("*.py") if not p.stem.startswith("_")}
    assert files == {slug.replace("-", "_") for slug in defects()}


@pytest.mark.parametrize("slug", [d.slug for d in defects().values() if d.explains])
def test_what_is_explained_is_left_out(slug: str) -> None:
    entry = defect(slug)
    cause = entry.finding("the cause", severity="error")
    for other in entry.explains:
        follows = defect(other).finding("what follows")
        assert first([follows, cause]) == [cause]
        note = replace(cause, severity="info")
        assert first([follows, note]) == [follows, note]


def test_a_note_explains_nothing() -> None:
    assert not any(entry.explains for entry in defects().values() if entry.severity == "info")


def test_what_explains_is_no_circle() -> None:
    """Whatever a finding takes away can't, over any number of steps, take the finding away."""
    for entry in defects().values():
        reached, new = set[str](), set(entry.explains)
        while new:
            assert new <= defects().keys()
            reached |= new
            new = {slug for found in new for slug in defects()[found].explains} - reached
        assert entry.slug not in reached


def test_what_outranks_is_no_circle() -> None:
    order = TopologicalSorter({d.slug: d.outranks for d in defects().values()})
    assert set(order.static_order()) <= defects().keys()


@pytest.mark.parametrize(("slug", "example"), EXAMPLES)
def test_examples(slug: str, example: Example) -> None:
    """The defect is found where its file says so, alone but for its pairs; else it is not."""
    judged = 0
    for api in format_names():
        *earlier, last = [reply and structs.replace(reply, api=api) for reply in example.replies]
        assert last is not None
        if not wire_format(api).traits.fit(example.where):
            continue
        judged += 1
        plain = example.counterpart and structs.replace(example.counterpart, api=api)
        judgement = judge(
            example.case,
            [*earlier, last],
            counterpart=[*[None] * len(earlier), plain],
            max_tokens=example.max_tokens,
            given=example.given,
        )
        found = {f.slug for f in judgement.findings if f.severity != "info" or f.slug == slug}
        if example.found:
            assert slug in found
            assert found <= {slug, *defects()[slug].pairs}
        else:
            assert slug not in found
    assert judged


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        defect("stream-tail-loss")
    assert "stream-tail-lost" in str(caught.value.hint)


def test_findings_take_their_weight_from_the_catalogue() -> None:
    plain = defect("idx-sparse").finding("1, 4", call=1)
    assert (plain.severity, plain.layer, plain.call) == ("warn", "stream", 1)
    assert defect("stream-no-finish").finding("", severity="warn").severity == "warn"
