"""Real serving engines' tool-call parsers on trial: perfect model text in, their reading out."""
