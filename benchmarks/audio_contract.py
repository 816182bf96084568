"""Whether random configs keep the audio contract: finite, -16 LUFS ± 1, true peak, no DC, side against mid.

python -m benchmarks.audio_contract --configs 200 --seconds 30
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
from rich.progress import track

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig

_RATE = 44100


class Measured(NamedTuple):
    """What one render measures."""

    code: str
    finite: bool
    lufs: float
    true_peak_db: float
    mean: float
    """Of ten seconds: it has what is left of unfinished periods, of deep basses above all."""
    dc: float
    """The same under a Hann window, which leaves out those."""
    side_to_mid_db: float
    mono_loss_db: float


def measure(job: tuple[int, str, float]) -> Measured:
    """Render one config in stereo and measure it."""
    from latentscore.dsp.loudness import integrated_loudness, true_peak_db
    from latentscore.engine.render import render_config

    seed, code, seconds = job
    config = MusicConfig.from_share(code)
    n_frames = round(seconds * _RATE)
    x = render_config(config, seed, n_frames, sample_rate=_RATE, channels=2, fade_out_s=0.0).samples
    mid, side = 0.5 * (x[:, 0] + x[:, 1]), 0.5 * (x[:, 0] - x[:, 1])
    ten = x[: 10 * _RATE].astype(np.float64)
    window = np.hanning(len(ten)) * 2.0 / len(ten)
    rms = [
        float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))
        for signal in (mid, side, x[:, 0], x[:, 1])
    ]
    return Measured(
        code,
        bool(np.isfinite(x).all()),
        integrated_loudness(x, _RATE),
        true_peak_db(x, oversampling=8),
        float(np.abs(ten.mean(axis=0)).max()),
        float(np.abs(window @ ten).max()),
        20.0 * float(np.log10((rms[1] + 1e-9) / (rms[0] + 1e-9))),
        20.0 * float(np.log10(max(rms[2], rms[3]) / rms[0])),
    )


def main() -> None:
    """Print the figures, the worst configs first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--configs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    configs = random_configs(options.configs, seed=3)
    jobs = [(k, config.share(), options.seconds) for k, config in enumerate(configs)]
    with ProcessPoolExecutor(options.workers) as pool:
        rows = list(track(pool.map(measure, jobs), total=len(jobs)))
    off = np.array([row.lufs + 16.0 for row in rows])
    print(f"finite: {sum(row.finite for row in rows)} of {len(rows)}")
    print(
        f"LUFS: mean {off.mean() - 16:+.2f}, spread {off.std():.2f}, within ± 1: {np.mean(abs(off) <= 1):.1%}"
    )
    print(f"true peak: highest {max(row.true_peak_db for row in rows):.2f} dBTP")
    print(
        f"mean: greatest {max(row.mean for row in rows):.1e}; DC: greatest {max(row.dc for row in rows):.1e}"
    )
    print(f"mono fold-down loses at most {max(row.mono_loss_db for row in rows):.2f} dB")
    for label in ("mono", "narrow", "medium", "wide", "ultra_wide"):
        sides = [r.side_to_mid_db for r, c in zip(rows, configs, strict=True) if c.stereo == label]
        print(f"stereo {label}: side to mid, median {np.median(sides):.1f} dB")
    for row in sorted(rows, key=lambda row: -abs(row.lufs + 16.0))[:8]:
        print(f"  {row.lufs:.2f} LUFS  {MusicConfig.from_share(row.code)}")


if __name__ == "__main__":
    main()
