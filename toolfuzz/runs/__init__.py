"""Running cases against targets: asyncio, one dispatcher, journal first. Knows no report."""
