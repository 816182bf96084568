"""Patches: frozen descriptions of sounds, one kind for each bank. They make the start values of a note's lanes."""
