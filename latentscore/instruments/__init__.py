"""Instruments: what turns note events into audio. Patches describe sounds, banks play them."""
