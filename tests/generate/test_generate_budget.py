import gc

import pytest

from toolfuzz.generate.schema.budget import check_time, within
from toolfuzz.generate.schema.errors import BrokenSchema


def test_a_collection_of_the_whole_process_is_not_the_schemas_time() -> None:
    with within(60):
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_switched_off_stays_so() -> None:
    gc.disable()
    try:
        with within(60):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_end_of_the_time_is_said_and_collections_go_on() -> None:
    with pytest.raises(BrokenSchema, match="takes too long to draw from: more than 0 s"), within(0):
        check_time()
    assert gc.isenabled()
    check_time()
