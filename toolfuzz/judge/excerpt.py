"""Values as findings show them: see ``toolfuzz.core.text``."""

from toolfuzz.core.text import clip

__all__ = ["clip"]
