"""Effects: stereo audio to stereo audio, advanced in ticks."""
