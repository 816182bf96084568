"""Output: arrays and events become files and sound from a device."""
