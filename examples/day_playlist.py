"""Music for a day: a playlist that begins with the hour at hand and lasts until it comes round again.

python examples/day_playlist.py                                   # play for 24 hours
python examples/day_playlist.py --seconds 60 --output day.flac    # the whole day in a minute, to a file
"""

from __future__ import annotations

import argparse
from datetime import datetime

import latentscore as ls

DAY_S = 24 * 3600.0
HOURS = {
    0: "deep night, slow drones under the stars",
    5: "first birds, blue hour, dew",
    7: "morning coffee, soft light on wood",
    9: "clear focus, gentle pulse",
    12: "noon in the garden, warm and bright",
    14: "afternoon focus, steady and light",
    17: "golden hour, the city slows down",
    20: "candles, warm pads, a late conversation",
    22: "getting sleepy, rain far away",
}
"""What is heard from each hour on."""


def playlist(hour: float, scale: float = 1.0) -> ls.Playlist:
    """Return a day that begins at `hour`, with every length multiplied by `scale`."""
    starts = list(HOURS)
    first = max(start for start in starts if start <= hour)
    turned = [start for start in starts if start >= first] + [start for start in starts if start < first]
    tracks: list[ls.Track] = []
    for start, end in zip(turned, [*turned[1:], turned[0]], strict=True):
        lasts_h = (end - start) % 24
        minutes = min(5.0, lasts_h * 6.0)
        name = f"{start:02d}:00 {HOURS[start]}"
        tracks.append(ls.Track(HOURS[start], lasts_h * 3600.0 * scale, minutes * 60.0 * scale, name))
    return ls.Playlist(tracks)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=DAY_S, help="length of the day")
    parser.add_argument("--output", help="write a file instead of playing")
    parser.add_argument("--hour", type=float, help="hour to begin with, 0 to 24; now by default")
    options = parser.parse_args()
    now = datetime.now()
    hour = now.hour + now.minute / 60 if options.hour is None else options.hour
    day = playlist(hour, options.seconds / DAY_S)
    hooks = ls.StreamHooks(on_transition_start=lambda event: print(f"{event.time_s:8.1f} s  {event.label}"))
    if options.output:
        print("wrote", day.stream(hooks=hooks).save(options.output))
    else:
        day.play(hooks=hooks)


if __name__ == "__main__":
    main()
