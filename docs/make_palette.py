"""Draws the pictures of docs/palette.md and writes the page: a spectrogram of each config, and the config beneath.

    python docs/make_palette.py

Needs the extra `plot`. The pieces are those that `render` gives with the seed of the page.
"""

from __future__ import annotations

import textwrap
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image  # comes with matplotlib

from latentscore.config import FIELDS, MusicConfig
from latentscore.engine.render import render_config

HERE: Final = Path(__file__).resolve().parent
PICTURES: Final = HERE / "pictures"
RATE: Final = 44_100
SECONDS: Final = 30
SEED: Final = 7
SIZE: Final = 4_096
HOP: Final = 1_024
LOWEST_HZ, HIGHEST_HZ = 40.0, 16_000.0
N_ROWS: Final = 256
RANGE_DB: Final = 75.0
WIDTH: Final = 118


class Plate(NamedTuple):
    """One config of the palette."""

    name: str
    title: str
    look: str
    """What to look for in the picture."""
    config: MusicConfig


def _plates() -> list[Plate]:
    return [
        Plate(
            "defaults",
            "The defaults",
            "The bass steps along the bottom; a warm pad lies over it, the melody's notes with their "
            "harmonics above 300 Hz. Two strokes of a closed hat, near 23 and 29 s, are the columns at "
            "the top.",
            MusicConfig(),
        ),
        Plate(
            "night",
            "Night drone",
            "The drone is an unbroken band at the bottom, and `very_dark` leaves little above 1 kHz but "
            "`breath`, which swells and falls every five seconds. Nothing has an edge: the attack is soft "
            "and the room `vast`.",
            MusicConfig(
                tempo="very_slow",
                brightness="very_dark",
                space="vast",
                root="d",
                mode="dorian",
                bass="drone",
                pad="dark_sustained",
                melody="contemplative",
                rhythm="none",
                texture="breath",
                accent="piano_note",
                attack="soft",
                density=2,
            ),
        ),
        Plate(
            "rain",
            "Noise and haze",
            "The wash fills the middle with noise instead of lines. `wind` rises as a cloud at 5 and "
            "again at 25 s.",
            MusicConfig(
                tempo="slow",
                brightness="medium",
                mode="minor",
                root="a",
                bass="fifth_drone",
                pad="ambient_drift",
                melody="minimal",
                rhythm="none",
                texture="noise_wash",
                accent="wind",
                motion="medium",
                stereo="ultra_wide",
            ),
        ),
        Plate(
            "club",
            "Electronic",
            "Columns at every beat: kick at the bottom, hats to the top. Sharp attacks and a `dry` room "
            "leave gaps between them, and the bass climbs in arpeggios.",
            MusicConfig(
                tempo="fast",
                brightness="bright",
                space="dry",
                mode="minor",
                root="e",
                bass="arp_bass",
                pad="bright_open",
                melody="arp_melody",
                rhythm="electronic",
                texture="glitch",
                accent="blip",
                attack="sharp",
                human="robotic",
                density=6,
            ),
        ),
        Plate(
            "plucked",
            "Strings and tabla",
            "Plucked strings are columns whose upper partials die first, over a walking bass. Between "
            "them the strokes of the tabla; there is no bed, so that gaps are black.",
            MusicConfig(
                tempo="medium",
                root="c#",
                mode="mixolydian",
                bass="walking",
                pad="stacked_fifths",
                melody="ornamental",
                rhythm="tabla_essence",
                texture="none",
                accent="pluck",
                space="medium",
                attack="sharp",
                density=5,
            ),
        ),
        Plate(
            "procession",
            "Heroic",
            "Snare rolls are the grainy blocks above 1 kHz, brass and strings the stacks of harmonics; "
            "the bass leaps by octaves.",
            MusicConfig(
                tempo="medium",
                brightness="bright",
                root="d",
                bass="octave",
                pad="cinematic",
                melody="heroic",
                rhythm="military",
                texture="none",
                accent="brass_hit",
                space="large",
                density=6,
                cadence_strength="strong",
            ),
        ),
        Plate(
            "crystal",
            "Glass and stars",
            "Most of it lies between 400 Hz and 10 kHz: partials of glass and chime, not in whole-number "
            "ratios, each with its own decay; an `infinite` echo keeps them.",
            MusicConfig(
                tempo="slow",
                brightness="very_bright",
                space="vast",
                root="f#",
                bass="sustained",
                pad="thin_high",
                melody="falling",
                rhythm="none",
                texture="crystal",
                accent="chime",
                echo="infinite",
                stereo="wide",
            ),
        ),
        Plate(
            "tape",
            "Worn tape",
            "`gritty` folds and crushes: hiss follows the level up to the top, as a veil over all that "
            "plays, and pulses of the bass are the blocks at the bottom. The movement is `chaotic`.",
            MusicConfig(
                tempo="slow",
                brightness="dark",
                grain="gritty",
                motion="chaotic",
                root="g",
                mode="minor",
                bass="pulsing",
                pad="warm_slow",
                melody="call_response",
                rhythm="brush",
                texture="vinyl_crackle",
                accent="bells",
                human="drunk",
                density=5,
            ),
        ),
    ]


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return levels in dB below the loudest, rows of equal ratios from low to high, both sides added by power."""
    n = (len(samples) - SIZE) // HOP + 1
    window = np.hanning(SIZE)
    frames = np.lib.stride_tricks.sliding_window_view(samples, SIZE, axis=0)[::HOP][:n]
    power = np.sum(np.abs(np.fft.rfft(frames * window)) ** 2, axis=1)
    hz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, N_ROWS + 1)
    edges = hz * SIZE / RATE
    total = np.concatenate([np.zeros((n, 1)), np.cumsum(power, axis=1)], axis=1)
    reached = np.array([np.interp(edges, np.arange(total.shape[1]) - 0.5, row) for row in total])
    level = 10.0 * np.log10(np.diff(reached, axis=1) / np.diff(edges) ** 0.5 + 1e-12)
    return (level - level.max()).T


def draw(plate: Plate, plt: Any) -> None:
    """Render a config and save its picture: spectrogram above, peaks of both sides below."""
    samples = render_config(
        plate.config, SEED, SECONDS * RATE, sample_rate=RATE, channels=2, fade_out_s=2.0
    ).samples
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(7.6, 3.6), height_ratios=(5, 1), sharex=True, layout="constrained"
    )
    times = np.linspace(0.0, SECONDS, (len(samples) - SIZE) // HOP + 2)
    hz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, N_ROWS + 1)
    top.pcolormesh(times, hz, spectrogram(samples), cmap="magma", vmin=-RANGE_DB, vmax=0.0, rasterized=True)
    top.set_yscale("log")
    top.set_yticks([100, 1_000, 10_000], ["100 Hz", "1 kHz", "10 kHz"])
    blocks = samples[: len(samples) // 441 * 441].reshape(-1, 441, 2)
    seconds = np.arange(len(blocks)) * 441 / RATE
    for side, sign in ((0, 1.0), (1, -1.0)):
        bottom.fill_between(seconds, sign * np.abs(blocks[:, :, side]).max(axis=1), color="#51127c", lw=0)
    bottom.set(ylim=(-1, 1), yticks=[0.5, -0.5], yticklabels=["left", "right"], xlabel="seconds")
    drawn = BytesIO()
    figure.savefig(drawn, dpi=84)
    plt.close(figure)
    # Forty-eight colours are enough for the eye, and a third of the bytes.
    Image.open(drawn).convert("RGB").quantize(48, dither=Image.Dither.NONE).save(
        PICTURES / f"{plate.name}.png", optimize=True
    )


def recipe(config: MusicConfig) -> str:
    """Return the call that makes a config, with the fields that are not at their defaults."""
    default = MusicConfig()
    changed = [f"{name}={getattr(config, name)!r}".replace("'", '"') for name in config.differences(default)]
    lines = "".join(f"    {change},\n" for change in changed)
    return f"MusicConfig(\n{lines})" if changed else "MusicConfig()"


def page(plates: list[Plate]) -> str:
    """Return the text of the page."""
    parts = [
        "# The palette\n",
        textwrap.fill(
            f"Eight configs as pictures, each half a minute from its first note, seed {SEED}. Above, the spectrogram: "
            f"time to the right, pitch upwards from {LOWEST_HZ:.0f} Hz to {HIGHEST_HZ / 1000:.0f} kHz, "
            f"{RANGE_DB:.0f} dB from black to white. Below, the peaks of the left side upwards and of the right side "
            f"downwards. To hear one: `ls.render(config, duration={SECONDS}, seed={SEED}, channels=2).play()`.",
            WIDTH,
            break_on_hyphens=False,
        )
        + "\n",
        "`python docs/make_palette.py` draws the pictures and writes this page anew; it needs the extra `plot`.\n",
    ]
    for plate in plates:
        layers = ", ".join(
            f"{name} {getattr(plate.config, name)}"
            for name, field in FIELDS.items()
            if field.group == "layer"
        )
        parts += [
            f"## {plate.title}\n",
            f"![Spectrogram of {plate.title.lower()}](pictures/{plate.name}.png)\n",
            textwrap.fill(plate.look, WIDTH) + "\n",
            textwrap.fill(f"Layers: {layers}.", WIDTH) + "\n",
            f"```python\n{recipe(plate.config)}\n```\n",
        ]
    return "\n".join(parts)


def main() -> None:
    """Draw all pictures and write the page."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    PICTURES.mkdir(exist_ok=True)
    plates = _plates()
    for plate in plates:
        draw(plate, plt)
    (HERE / "palette.md").write_text(page(plates), encoding="utf-8")


if __name__ == "__main__":
    main()
