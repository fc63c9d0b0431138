"""The operating system: child processes that nobody else cleans up after."""
