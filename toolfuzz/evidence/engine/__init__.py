"""What a failure of an engine's parser is told by: a script, a place in the code, plain words."""
