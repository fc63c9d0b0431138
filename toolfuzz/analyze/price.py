"""What tokens cost, where that is known."""

from collections.abc import Callable

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


def prices_at(given: tuple[float, float] | None) -> PriceOf:
    """Return the prices that the user gave, in dollars for a million tokens in and out.

    They are those of whatever is asked; where none are given it is ``price_of``.
    """
    if given is None:
        return price_of
    read, made = given
    return lambda model, nature: (
        lambda tokens_in, tokens_out: (tokens_in * read + tokens_out * made) / 1e6
    )
