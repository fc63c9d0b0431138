import pytest

from toolfuzz.core.sizes import read_size, size_text


@pytest.mark.parametrize(
    ("given", "size", "told"),
    [
        ("16MiB", 16 * 2**20, "16 MiB"),
        ("256 kib", 2**18, "256 KiB"),
        (" 1GiB ", 2**30, "1 GiB"),
        ("1536KiB", 1536 * 2**10, "1536 KiB"),
        ("1000", 1000, "1000 bytes"),
        (1000, 1000, "1000 bytes"),
        ("7B", 7, "7 bytes"),
    ],
)
def test_a_size_is_read_and_told(given: int | str, size: int, told: str) -> None:
    assert read_size(given) == size
    assert size_text(size) == told
    assert read_size(told.removesuffix(" bytes")) == size


@pytest.mark.parametrize(
    "given", ["0", "0MiB", -1, "-1", "", "MiB", "1.5MiB", "16MB", "16 megabytes", "1e6", True, "٣"]
)
def test_what_is_no_size_is_refused_with_how_to_write_one(given: int | str) -> None:
    with pytest.raises(ValueError, match="write bytes, 256KiB or 16MiB"):
        read_size(given)
