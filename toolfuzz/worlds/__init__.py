"""Worlds: small state machines that tools act on, and what is provably right in them.

A world is data (``spec``), one interpreter executes the calls (``machine``), and what became of it
is read from the trace and the last state alone (``outcome``): no model judges anything.
"""
