"""The sound may not change unless ENGINE_VERSION does: levels of short renders against those on record.

Levels instead of a hash of the samples, because another CPU or numba version may round otherwise. After a change of
the sound raise ENGINE_VERSION and write the record anew: `python tests/engine/test_golden.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig
from latentscore.engine.render import render_config
from latentscore.engine.version import ENGINE_VERSION

RECORD = Path(__file__).with_name("golden.json")
CONFIGS = [MusicConfig(), *random_configs(7, seed=11)]
RATE = 44100
TOLERANCE_DB = 0.05


def levels(config: MusicConfig) -> list[float]:
    """RMS of both sides in each tenth of a second over 5 s, in dB, never below -80."""
    x = render_config(config, 7, 5 * RATE, sample_rate=RATE, channels=2, fade_out_s=0.0).samples
    power = np.square(x.astype(np.float64)).reshape(50, RATE // 10, 2).mean(axis=1)
    return np.round(10.0 * np.log10(power + 1e-8), 3).ravel().tolist()


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.share())
def test_the_sound_is_the_one_on_record_for_this_engine_version(config: MusicConfig) -> None:
    record = json.loads(RECORD.read_text())
    assert record["engine_version"] == ENGINE_VERSION, "write the record of the new version"
    off = np.abs(np.array(levels(config)) - np.array(record["levels_db"][config.share()]))
    assert off.max() <= TOLERANCE_DB, "the sound changed: raise ENGINE_VERSION and write the record anew"


if __name__ == "__main__":
    found = {config.share(): levels(config) for config in CONFIGS}
    RECORD.write_text(json.dumps({"engine_version": ENGINE_VERSION, "levels_db": found}, indent=0) + "\n")
