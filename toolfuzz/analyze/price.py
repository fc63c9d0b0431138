"""What tokens cost, where that is known."""

from collections.abc import Callable

from toolfuzz.core.exchange import Target

__all__ = ["price_of"]


def price_of(target: Target) -> Callable[[int, int], float | None]:
    """Return a function from (input tokens, output tokens) to US dollars.

    It gives 0 for what runs here, and None when no price is known: genai-prices (an extra) has
    the public price lists.
    """

    def price(input_tokens: int, output_tokens: int) -> float | None:
        if target.kind in ("simulated", "engine"):
            return 0.0
        try:
            from genai_prices import Usage, calc_price
        except ImportError:
            return None
        try:
            usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
            return float(calc_price(usage, model_ref=target.model).total_price)
        except LookupError:
            return None

    return price
