"""Render a vibe, look at how it was read, and save it.

python examples/first_sound.py "rain on a tin roof"
"""

from __future__ import annotations

import sys

import latentscore as ls


def main() -> None:
    vibe = " ".join(sys.argv[1:]) or "warm sunset over water"
    print(ls.explain(vibe))
    audio = ls.render(vibe, duration=20, channels=2)
    print(audio)
    print("wrote", audio.save("first_sound.wav"))


if __name__ == "__main__":
    main()
