"""Audio backends: models that make audio from a text themselves, in place of composer and engine."""
