"""Stands for DuckDB's command line: the same engine, by its Python package."""

import sys

import duckdb

assert sys.argv[1] == "-c"
duckdb.sql(sys.argv[2]).show()
