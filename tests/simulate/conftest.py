import pytest

from toolfuzz.simulate.process import start


@pytest.fixture(scope="module")
def base_url():
    """A simulator in its own process."""
    with start(seed=3) as simulator:
        yield simulator.base_url
