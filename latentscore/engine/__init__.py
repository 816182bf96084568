"""The engine: performer, layers, mixer and master, advanced in ticks."""
