"""Why a schema gives no value."""

__all__ = ["BrokenSchema", "Unsatisfiable"]


class Unsatisfiable(Exception):  # noqa: N818
    """No value can be drawn; ``pointer`` (RFC 6901, into the schema) is where, ``reason`` why."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


class BrokenSchema(Unsatisfiable):
    """The schema can't be read there (a dangling reference), valid branch or not."""
