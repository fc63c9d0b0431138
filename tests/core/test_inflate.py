"""What was compressed is undone, piece by piece; what isn't undone is said."""

import gzip
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core import inflate
from toolfuzz.core.inflate import EncodingError, inflater, understood

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


PACKED = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
}


@given(st.binary(max_size=5000), st.sampled_from(sorted(PACKED)), st.integers(1, 700))
def test_what_was_compressed_comes_back(body: bytes, name: str, size: int) -> None:
    packed = PACKED[name](body)
    inflating = inflater(name)
    pieces = [packed[n : n + size] for n in range(0, len(packed), size)]
    out = [part for piece in pieces for part in inflating.feed(piece)]
    assert b"".join([*out, *inflating.finish()]) == body


@pytest.mark.parametrize("header", ["", "identity", " Identity , identity"])
def test_nothing_to_undo(header: str) -> None:
    inflating = inflater(header)
    assert [*inflating.feed(b"as it is"), *inflating.finish()] == [b"as it is"]


@pytest.mark.parametrize("header", ["gzip, gzip", "br", "gzip,br", "x"])
def test_what_is_not_undone_is_said(header: str) -> None:
    with pytest.raises(EncodingError, match="is not undone"):
        inflater(header)


def test_without_its_module_zstd_is_not_undone_and_it_is_said(monkeypatch) -> None:
    monkeypatch.setattr(inflate, "zstd_module", lambda: None)
    with pytest.raises(EncodingError, match=r"zstd is not undone \(pip install 'toolfuzz\[zstd\]'"):
        inflater("zstd")
    assert understood("gzip, zstd") == "gzip"


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("gzip, deflate, br, zstd", "gzip, deflate, zstd"),
        ("br;q=1.0, GZIP;q=0.8, *;q=0.1", "GZIP;q=0.8"),
        ("br", "identity"),
    ],
)
def test_only_what_is_undone_is_asked_for(asked: str, passed: str) -> None:
    assert understood(asked) == passed
