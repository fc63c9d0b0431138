"""OpenAI Chat Completions: all of the wire format stands in this folder."""
