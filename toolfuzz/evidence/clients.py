"""What the users of the official SDKs get from recorded bytes, in words."""

from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Exchange
from toolfuzz.evidence.turns import arguments
from toolfuzz.judge.clients import ClientView, client_views

__all__ = ["client_sentences"]

_WORDS = {
    "same": "gives the calls that were asked for",
    "different": "silently gives other calls",
    "nothing": "silently gives no call",
    "exception": "raises",
    "unjudged": "gives",
}


def client_sentences(exchange: Exchange, format: str, case: Case) -> list[str]:
    """Say what each SDK makes of an exchange's last reply, one sentence each.

    In a world no one call is the right one, so nothing can be said of theirs.
    """
    if case.world is not None:
        return []
    views = client_views(
        exchange.last, format, stream=exchange.stream, case=case, turn=exchange.turn
    )
    return [_sentence(view) for view in views]


def _sentence(view: ClientView) -> str:
    calls = "; ".join(f"{name} {arguments(None, given)}" for name, given in view.calls)
    told = (view.detail or calls or ("no call" if view.outcome == "unjudged" else ""))[:300]
    return f"{view.client} {_WORDS[view.outcome]}{f': {told}' if told else ''}"
