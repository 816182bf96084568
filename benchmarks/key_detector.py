"""Whether a key detector hears root and mode in the sound: essentia's KeyExtractor with its profile `bgate`.

    python -m benchmarks.key_detector --seconds 30

Every major and minor key is rendered twice, from random configs. Essentia is not a dependency: install it beside the
package (`pip install essentia`) to run this.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.configs import random_configs
from latentscore.config import FIELDS, MusicConfig
from latentscore.engine.render import render_config
from latentscore.events import LAYERS

_RATE = 44_100
_MODES = ("major", "minor")
_FLATS = {"Ab": "g#", "Bb": "a#", "Db": "c#", "Eb": "d#", "Gb": "f#"}


def keyed_configs(times: int) -> list[MusicConfig]:
    """Return random configs, `times` for each major and minor key."""
    keys = [(root, mode) for mode in _MODES for root in FIELDS["root"].labels] * times
    return [
        config.model_copy(update={"root": root, "mode": mode})
        for config, (root, mode) in zip(random_configs(len(keys), 7), keys, strict=True)
    ]


def heard_key(essentia: Any, samples: NDArray[np.float32]) -> tuple[str, str]:
    """Return the root and mode that the detector names."""
    root, mode, _ = essentia.KeyExtractor(profileType="bgate", sampleRate=_RATE)(samples)
    return _FLATS.get(root, root.lower()), mode


def main() -> None:
    """Print each mistake, then the share of keys named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--times", type=int, default=2)
    options = parser.parse_args()
    essentia = import_module("essentia.standard")
    configs = keyed_configs(options.times)
    right = 0
    for seed, config in enumerate(configs):
        n_frames = round(options.seconds * _RATE)
        made = render_config(config, seed, n_frames, sample_rate=_RATE, channels=1, fade_out_s=1.0)
        found = heard_key(essentia, made.samples)
        right += found == (config.root, config.mode)
        if found != (config.root, config.mode):
            told = ("tempo", "density", "harmony_style", "chord_change_bars", "chord_extensions", *LAYERS)
            print(
                seed, config.root, config.mode, "heard as", *found, *(getattr(config, name) for name in told)
            )
    print(
        f"key named in {right} of {len(configs)} renders of {options.seconds:g} s ({right / len(configs):.1%})"
    )


if __name__ == "__main__":
    main()
