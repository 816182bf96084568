"""From text to a config: encoder, library, retrieval, and what the choice rests on."""
