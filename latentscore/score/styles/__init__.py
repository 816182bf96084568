"""The styles of the six layers, one registration each; loaded by the registry on first use."""
