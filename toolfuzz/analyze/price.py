"""What tokens cost, where that is known."""

from collections.abc import Callable, Mapping

from toolfuzz.core.nature import Nature

__all__ = ["Price", "PriceOf", "price_of", "prices_at"]

Price = Callable[[int, int], float | None]
"""From (input tokens, output tokens) to US dollars; None when no price is known."""

PriceOf = Callable[[str, Nature], Price]
"""From (a model's id, what answers under it) to its price."""


def price_of(model: str, nature: Nature) -> Price:
    """Return the price of a model: 0 for what runs here.

    genai-prices (an extra) has the public price lists; without it no price is known.
    """

    def price(input_tokens: int, output_tokens: int) -> float | None:
        if not nature.priced:
            return 0.0
        try:
            from genai_prices import Usage, calc_price
        except ImportError:
            return None
        try:
            usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
            return float(calc_price(usage, model_ref=model).total_price)
        except LookupError:
            return None

    return price


def prices_at(
    given: tuple[float, float] | None, own: Mapping[str, tuple[float, float]] | None = None
) -> PriceOf:
    """Return the prices that the user gave, in dollars for a million tokens in and out.

    Those ``given`` are of whatever is asked, ``own`` are by a model's id; elsewhere it is
    ``price_of``.
    """

    def prices(model: str, nature: Nature) -> Price:
        pair = given or (own or {}).get(model)
        return _at(*pair) if pair else price_of(model, nature)

    return prices


def _at(read: float, made: float) -> Price:
    return lambda tokens_in, tokens_out: (tokens_in * read + tokens_out * made) / 1e6
