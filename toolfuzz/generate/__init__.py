"""Draws cases: questions with a known right answer. Imports nothing heavy by itself."""
