"""The nouns: cases, exchanges, verdicts, journal events. No I/O, no other part of the package."""
