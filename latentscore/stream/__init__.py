"""Streams: music that goes on and changes, from lists, generators and calls."""
