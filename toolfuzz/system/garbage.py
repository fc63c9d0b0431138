"""How often Python looks for objects in circles, which nobody needs any more."""

import gc

__all__ = ["look_rarely"]


def look_rarely() -> None:
    """Look after 50,000 new objects instead of 700, in a process that is ours alone.

    What a run makes is kept or dies by itself, and each look goes through all that is kept: at
    Python's own pace that is an eighth of a run's processor time.
    """
    gc.set_threshold(50_000, 20, 20)
