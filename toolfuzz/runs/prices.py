"""What tokens cost, as far as the user or a public list says it."""

from toolfuzz.analyze.price import PriceOf, prices_at
from toolfuzz.sources.registry import endpoints

__all__ = ["prices"]


def prices(given: tuple[float, float] | None) -> PriceOf:
    """Return the prices ``given`` for all, else those of the user's services, else the lists'."""
    own = {e.model: e.price for e in endpoints().values() if e.model and e.price}
    return prices_at(given, own)
