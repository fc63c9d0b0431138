"""Every fault does what it says where it says it, and nothing elsewhere."""

from functools import cache

import pytest
from sim_asks import APIS, requests, size

from toolfuzz.simulate.ask import read_ask
from toolfuzz.simulate.encode import encode_body, encode_events
from toolfuzz.simulate.faults import applies, faults
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import profile_named

SINGLE = [f.slug for f in faults().values() if f.turn == 1 and not f.legal]


def answer(request, api, profile, seed="s"):
    outcome = respond(read_ask(api, request, size(request)), profile_named(profile), seed)
    data = b"".join(encode_events(outcome.wire.events)) + encode_body(outcome.wire.body)
    return data, outcome


@cache
def asked(api, stream):
    """(request, what the clean profile answers) for every situation."""
    return [(r, answer(r, api, "clean", f"{n}")[0]) for n, r in enumerate(requests(api, stream))]


@pytest.mark.parametrize("slug", SINGLE)
def test_strikes_where_it_applies(slug):
    for api in APIS:
        for stream in (False, True):
            struck = 0
            for n, (request, clean) in enumerate(asked(api, stream)):
                faulty, outcome = answer(request, api, f"fault:{slug}", f"{n}")
                assert outcome.struck in ((), (slug,))
                assert (faulty != clean) == bool(outcome.struck), (api, stream, n)
                struck += bool(outcome.struck)
            assert bool(struck) == applies(slug, api, stream), (api, stream)
