"""The catalogue is whole, and everything in it can be shown."""

import re
from pathlib import Path

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.judge import catalogue
from toolfuzz.judge.catalogue import defect, defects, finding

SOURCE = Path(catalogue.__file__).parent
GROUPS = "ABCDEFGH"
# What the catalogue must hold whatever else it gains; a slug is a public name and stays.
DOCUMENTED = {
    "A": """
        args-is-object args-double-encoded args-non-object args-empty-string
        args-null-or-absent args-truncated args-concatenated args-trailing-garbage
        args-code-fence args-python-literal args-unquoted-value args-trailing-comma
        args-raw-control-char args-bad-escape args-nonfinite args-duplicate-keys
        args-native-markup args-wrapped args-unicode-corrupt args-ascii-escaped
    """,
    "B": """
        object-as-json-string array-as-json-string nested-stringified
        container-as-python-repr container-as-opaque-string number-as-string
        boolean-as-string boolean-as-alias null-as-string value-nulled string-as-scalar
        string-normalised string-as-container string-array-wrapped scalar-for-array
        array-as-delimited-string array-item-wrapped integer-as-float
        integer-precision-loss number-lexical-drift partial-literal-corruption
        coercion-error-drops-call
    """,
    "C": """
        whitespace-stripped whitespace-added html-entity-encoded html-entity-decoded
        delimiter-truncated escape-level-shift value-emptied reasoning-leak-in-args
        parameter-dropped-by-parser
    """,
    "D": """
        missing-required args-empty-object unknown-param param-renamed optional-null
        optional-placeholder enum-case enum-violation enum-type-mismatch
        constraint-violation union-branch-invalid recursive-collapse object-emptied
        tuple-violated default-const-ignored schema-rejected schema-unenforced
        schema-mutated schema-ref-invisible property-key-rejected tool-name-rejected
    """,
    "E": """
        no-call call-in-content call-and-markup call-in-reasoning call-dropped
        fabricated-call unknown-tool name-polluted name-case name-prefixed
        name-concatenated name-empty parallel-merged parallel-excess forced-tool-ignored
        call-when-none duplicate-call legacy-function-call runaway-generation
        provider-refused-call
    """,
    "F": """
        idx-missing idx-collision idx-sparse idx-drift id-missing id-late id-unstable
        id-blank-continuation name-repeated name-fragmented args-cumulative
        stream-tail-lost stream-head-lost stream-duplicate-delta
        stream-nonstream-divergence interleaved-misrouted stream-no-finish
        stream-error-midway stream-not-incremental stream-marker-split
        anthropic-input-inline anthropic-bad-partial-json anthropic-delta-after-stop
    """,
    "G": """
        finish-stop-with-calls finish-calls-empty finish-length-masked finish-null
        id-duplicate id-empty id-format envelope-nonstandard chunk-id-varies
    """,
    "H": """
        history-args-reparse history-args-type history-args-erased tool-result-dropped
        pairing-rejected id-rewritten id-reused-across-turns opaque-metadata-required
        format-degradation corruption-replayed
    """,
}


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


def test_every_documented_defect_is_there() -> None:
    documented = {slug: group for group, slugs in DOCUMENTED.items() for slug in slugs.split()}
    assert len(documented) == 134
    assert {slug: defects()[slug].group for slug in documented} == documented


def test_sentences_about_who_causes_it_read_well() -> None:
    """They stand behind the word "usually"."""
    for entry in defects().values():
        assert re.match(r"(the|a|an) |grammar-", entry.usual), entry.slug
        assert not entry.usual.endswith(".")


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
