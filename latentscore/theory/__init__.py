"""Music theory as pure functions: pitch, scales, chords, voice leading, meter and the drum numbers."""
