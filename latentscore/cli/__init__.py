"""The `latentscore` command: thin shells over the public API."""
