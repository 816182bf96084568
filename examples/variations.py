"""One vibe in several lights: other seeds, a brighter update, a blend with a second vibe.

python examples/variations.py
"""

from __future__ import annotations

from pathlib import Path

import latentscore as ls

FOLDER = Path("variations")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for k, take in enumerate(ls.render("deep space", variants=3, duration=15)):
        take.save(FOLDER / f"take-{k}.wav")
    brighter = ls.MusicConfigUpdate(brightness=ls.Step(+2), rhythm="electronic")
    ls.render("deep space", update=brighter, duration=15).save(FOLDER / "brighter.wav")
    ls.render({"deep space": 0.6, "neon city rain": 0.4}, duration=15).save(FOLDER / "blend.wav")
    print("wrote", *sorted(path.name for path in FOLDER.glob("*.wav")))


if __name__ == "__main__":
    main()
