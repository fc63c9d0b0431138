"""What the tests of evidence share."""

from functools import cache

import pytest

from toolfuzz.core.case import Case
from toolfuzz.evidence import ablation, toggles

KNOWN: dict[str, Case] = {}
FEATURES = cache(lambda id_: toggles.features_of(KNOWN[id_]))
TOGGLES = cache(lambda id_: toggles.toggles(KNOWN[id_]))
BARE = cache(lambda id_, features, place: toggles.bare_with(KNOWN[id_], features, place))


@pytest.fixture
def parts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ablations take the same case apart once; that doesn't depend on answers."""

    def noted(case: Case) -> str:
        return KNOWN.setdefault(case.id, case).id

    monkeypatch.setattr(ablation, "features_of", lambda case: FEATURES(noted(case)))
    monkeypatch.setattr(ablation, "toggles", lambda case: TOGGLES(noted(case)))
    monkeypatch.setattr(
        ablation,
        "bare_with",
        lambda case, features, place="": BARE(noted(case), tuple(sorted(features)), place),
    )
