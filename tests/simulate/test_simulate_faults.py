"""Every fault does what it says where it says it, and nothing elsewhere."""

import json
from functools import cache
from random import Random

import pytest
from sim_asks import APIS, requests, size

from toolfuzz.formats import wire_format
from toolfuzz.formats.sse import SSE
from toolfuzz.formats.writing import encode_body
from toolfuzz.simulate.faults import applies, faults
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import profile_named
from toolfuzz.simulate.question import read_question

SINGLE = [f.slug for f in faults().values() if f.turn == 1 and not f.legal]


def answer(request, api, profile, seed="s"):
    outcome = respond(
        read_question(wire_format(api), request, size(request)), profile_named(profile), seed
    )
    data = b"".join(SSE.join(outcome.wire.events)) + encode_body(outcome.wire.body)
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


def test_faults_get_along():
    """Any faults together give some reply: one must cope with what another left."""
    rng = Random(7)
    slugs = sorted(faults())
    for _ in range(400):
        api, stream = rng.choice(APIS), rng.random() < 0.5
        request, _clean = rng.choice(asked(api, stream))
        name = "fault:" + "+".join(rng.sample(slugs, rng.choice([2, 3, 5, 9])))
        data, outcome = answer(request, api, name, str(rng.random()))
        assert data and set(outcome.struck) <= set(slugs)


def test_legal_variations_mean_the_same():
    for n in range(40):
        for request, _clean in asked("openai-chat", False):
            data, outcome = answer(request, "openai-chat", "legal-variations", str(n))
            assert outcome.struck == ()
            right = answer(request, "openai-chat", "clean")[1].reply.calls
            message = json.loads(data)["choices"][0]["message"]
            got = [c["function"] for c in message.get("tool_calls") or ()]
            assert [c["name"] for c in got] == [c.name for c in right]
            assert [json.loads(c["arguments"]) for c in got] == [c.arguments for c in right]


def test_a_fault_is_one_function_in_one_file(tmp_path, monkeypatch):
    from toolfuzz.simulate import faults as package
    from toolfuzz.simulate.faults import registry

    (tmp_path / "dummy_shouting.py").write_text(
        "from toolfuzz.simulate.faults import fault\n\n"
        '@fault("dummy-shouting", "plan", "indexed plain")\n'
        "def shouting(reply, roll):\n"
        '    """Everything in capitals."""\n'
        "    reply.text = reply.text.upper()\n"
        "    return bool(reply.text)\n"
    )
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "_FAULTS", dict(registry._FAULTS))
    registry.faults.cache_clear()
    try:
        assert faults()["dummy-shouting"].help == "Everything in capitals."
        assert applies("dummy-shouting", "openai-chat", False)
        assert not applies("dummy-shouting", "openai-chat", True)
        abstain = requests("openai-chat", False)[5]
        _, outcome = answer(abstain, "openai-chat", "fault:dummy-shouting")
        assert outcome.struck == ("dummy-shouting",) and outcome.reply.text.isupper()
    finally:
        registry.faults.cache_clear()


@pytest.mark.parametrize("needs", ["indexed steam", "everywhere"])
def test_a_trait_that_does_not_exist(needs):
    from toolfuzz.simulate.faults import fault

    with pytest.raises(ValueError, match="no trait"):
        fault("dummy-nowhere", "plan", needs)(lambda reply, roll: True)
