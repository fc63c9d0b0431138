"""Valid values of a JSON Schema: read the schema once (``plans``), then draw cheaply (``draw``)."""
