"""Gemini ``generateContent``: all of the wire format stands in this folder."""
