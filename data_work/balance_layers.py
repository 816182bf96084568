"""Measure how loud every style sits in real music, and say by how much its instrument's gain is off.

    python -m data_work.balance_layers            # print the corrections
    python -m data_work.balance_layers --apply    # write them into latentscore/instruments/<layer>.py

Each style plays in the default config, with several seeds; its stem's gated loudness is compared with the target of
its layer. Run it after changing a sound or a part, then run `data_work.fit_loudness`.
"""

from __future__ import annotations

import argparse
import math
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.progress import track

from latentscore.config import FIELDS, MusicConfig
from latentscore.dsp.loudness import integrated_loudness
from latentscore.engine.render import render_config
from latentscore.events import LAYERS

TARGET_LUFS = {
    "bass": -20.0,
    "pad": -22.0,
    "melody": -19.0,
    "rhythm": -22.0,
    "texture": -37.0,
    "accent": -21.0,
}
"""Gated loudness of a stem before the master; only their distances matter, as the trim does the rest."""

_RATE = 44100
_SEEDS = (1, 2, 3)
_SECONDS = 24.0
_INSTRUMENTS = Path(__file__).parent.parent / "latentscore" / "instruments"


def stem_lufs(job: tuple[str, str]) -> float:
    """Loudness of a style's stem, the mean over seeds."""
    layer, label = job
    config = MusicConfig.model_validate({"density": 5, "space": "small", "echo": "none", layer: label})
    return float(np.mean([_one(config, layer, seed) for seed in _SEEDS]))


def _one(config: MusicConfig, layer: str, seed: int) -> float:
    n_frames = round(_SECONDS * _RATE)
    made = render_config(config, seed, n_frames, sample_rate=_RATE, channels=2, fade_out_s=0.0, stems=True)
    assert made.stems is not None
    return integrated_loudness(made.stems[layer], _RATE)


def apply(layer: str, label: str, correction_db: float) -> None:
    """Add a correction to the gain in an instrument's registration."""
    path = _INSTRUMENTS / f"{layer}.py"
    text = path.read_text("utf-8")
    by_helper = rf'("{label}",\s*)(-?\d+(?:\.\d+)?)(\s*,)'
    by_hand = rf'("{layer}\.{label}",.*?\n {{8}})(-?\d+(?:\.\d+)?)(,\n)'
    pattern = re.compile(by_hand if f'"{layer}.{label}"' in text else by_helper, re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise SystemExit(f"{path}: no single gain of {label!r} to change")
    path.write_text(pattern.sub(lambda m: f"{m[1]}{float(m[2]) + correction_db:.1f}{m[3]}", text), "utf-8")


def main() -> None:
    """Measure, print, and with --apply write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--layers", nargs="+", choices=LAYERS, default=LAYERS)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    jobs = [
        (layer, str(label)) for layer in options.layers for label in FIELDS[layer].labels if label != "none"
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        levels = list(track(pool.map(stem_lufs, jobs), total=len(jobs)))
    for (layer, label), level in zip(jobs, levels, strict=True):
        correction_db = TARGET_LUFS[layer] - level
        print(f"{layer:8} {label:20} {level:7.1f} LUFS  {correction_db:+.1f} dB")
        if options.apply and math.isfinite(level) and abs(correction_db) >= 0.1:
            apply(layer, label, correction_db)


if __name__ == "__main__":
    main()
