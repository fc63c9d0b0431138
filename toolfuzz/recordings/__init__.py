"""Exchanges that were recorded: a file of code for each kind of file, known by its content."""
