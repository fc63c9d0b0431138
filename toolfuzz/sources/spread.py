"""So much a minute, evenly: what is taken now puts off what may come next."""

__all__ = ["Spread"]


class Spread:
    """Says from when on the next may begin, where so much ``a_minute`` may be taken.

    None a minute: there is no limit. Times are in seconds of the caller's clock.
    """

    def __init__(self, a_minute: float | None) -> None:
        self._each = 60 / a_minute if a_minute else 0.0
        self.next = float("-inf")

    def take(self, amount: float, now: float) -> None:
        """Take so much; what wasn't taken before isn't made up for."""
        if self._each:
            self.next = max(self.next, now) + amount * self._each

    def correct(self, amount: float) -> None:
        """Take note that it was so much more than was taken, or less where it is below 0."""
        self.next += amount * self._each
