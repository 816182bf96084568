"""The composer: config and seed become bars of note events, endlessly."""
