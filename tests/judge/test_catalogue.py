"""The catalogue is whole, and everything in it can be shown."""

import re
from pathlib import Path

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.judge import catalogue
from toolfuzz.judge.catalogue import defect, defects, finding

SOURCE = Path(catalogue.__file__).parent
GROUPS = "ABCDEFGH"


def test_every_entry_can_be_explained() -> None:
    for entry in defects().values():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", entry.slug)
        assert entry.group in GROUPS
        assert entry.severity in ("error", "warn", "info")
        assert entry.layer in ("wire", "stream", "structure", "arguments", "schema", "values")
        assert entry.scope in ("exchange", "multi-turn")
        assert 10 < len(entry.title) < 100
        assert not entry.title.endswith(".")
        assert entry.help.endswith(".")
        assert entry.usual
        assert entry.example
        assert entry.example.isprintable() or "\n" in entry.example
        for source in entry.sources:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", source)
        for slug in entry.pairs:
            assert slug in defects()


def test_the_groups_hold_what_was_documented() -> None:
    counts = {g: sum(d.group == g for d in defects().values()) for g in GROUPS}
    documented = {"A": 20, "B": 22, "C": 9, "D": 21, "E": 20, "F": 23, "G": 9, "H": 10}
    for group, number in documented.items():
        assert counts[group] >= number
    assert list(counts) == sorted({d.group: None for d in defects().values()})


def test_every_slug_in_the_code_is_in_the_catalogue_and_back() -> None:
    code = "".join(p.read_text() for p in SOURCE.glob("*.py"))
    named = set(re.findall(r'finding\(\s*"([a-z0-9-]+)"', code))
    assert named <= defects().keys()
    single = {d.slug for d in defects().values() if d.scope == "exchange"}
    spelled = code.replace("_", "-")
    # Two are put together from a kind, and one shows only beside another question.
    elsewhere = {"object-as-json-string", "array-as-json-string", "coercion-error-drops-call"}
    assert {slug for slug in single if slug not in spelled} <= elsewhere


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        defect("stream-tail-loss")
    assert "stream-tail-lost" in str(caught.value.hint)


def test_findings_take_their_weight_from_the_catalogue() -> None:
    plain = finding("idx-sparse", "1, 4", call=1)
    assert (plain.severity, plain.layer, plain.call) == ("warn", "stream", 1)
    assert finding("stream-no-finish", "", severity="warn").severity == "warn"
