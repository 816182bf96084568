"""Whether music that is steered for hours holds its level, its memory and its threads.

    python -m benchmarks.live_soak [--seconds 7200]

A session at full speed: a random steer every second, a crossfade to a random config every 20 s. Printed for each minute
of music: loudness, true peak and the memory of the process; in the end how it compares with the contract: finite,
-16 LUFS ± 1.5 in every minute, at most -1 dBTP, memory within ± 2 MB of that after two minutes, and no thread left.
"""

from __future__ import annotations

import argparse
import gc
import threading
import time
from collections.abc import Sequence

import numpy as np

import latentscore as ls
from benchmarks.configs import random_configs
from benchmarks.soak import resident_mb
from latentscore.config import FIELDS
from latentscore.dsp.loudness import integrated_loudness, true_peak_db
from latentscore.randomness import Random

RATE = ls.SAMPLE_RATE
MINUTE = 60
CROSSFADE_EVERY_S = 20
WARM_UP_MINUTES = 2


def random_update(random: Random) -> ls.MusicConfigUpdate:
    """Return a change of one field."""
    names = [name for name in FIELDS if not name.startswith("register")]
    name = random.choice(names)
    return ls.MusicConfigUpdate(**{name: random.choice(FIELDS[name].labels)})


def play_minute(session: ls.Session, random: Random, configs: Sequence[ls.MusicConfig], minute: int) -> float:
    """Fill `MINUTE_OF_MUSIC` with the session's next minute; return the seconds of processor time it took."""
    started = time.process_time()
    for second in range(MINUTE):
        now = minute * MINUTE + second
        if now % CROSSFADE_EVERY_S == 0 and now:
            session.set(configs[now // CROSSFADE_EVERY_S % len(configs)], transition=3.0)
        elif now:
            session.set(random_update(random), transition=0.5)
        MINUTE_OF_MUSIC[second * RATE : (second + 1) * RATE] = session.read(RATE)
    return time.process_time() - started


MINUTE_OF_MUSIC = np.full(
    (MINUTE * RATE, 2), 1.0, dtype=np.float32
)  # made before the first look at the memory


def main(arguments: Sequence[str] | None = None) -> None:
    """Play, print a line a minute, and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=7200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    threads = threading.active_count()
    random, configs = Random(options.seed, "soak"), random_configs(97, seed=options.seed)
    loudness: list[float] = []
    peaks: list[float] = []
    memory: list[float] = []
    cost_s = 0.0
    n_minutes = max(1, options.seconds // MINUTE)
    with ls.session(seed=options.seed, channels=2) as session:
        session.set(configs[0])
        for minute in range(n_minutes):
            cost_s += play_minute(session, random, configs, minute)
            assert np.isfinite(MINUTE_OF_MUSIC).all()
            loudness.append(integrated_loudness(MINUTE_OF_MUSIC, RATE))
            peaks.append(max(true_peak_db(part) for part in np.array_split(MINUTE_OF_MUSIC, 12)))
            gc.collect()
            memory.append(resident_mb())
            print(
                f"{minute + 1:4d} min  {loudness[-1]:6.1f} LUFS  {peaks[-1]:5.2f} dBTP  {memory[-1]:7.1f} MB",
                flush=True,
            )
        told = [event.kind for event in session.events]
    settled = memory[min(WARM_UP_MINUTES, len(memory)) - 1 :]
    time.sleep(1.5)  # an idle helper thread ends after a second
    print(
        f"loudness {min(loudness):.1f} to {max(loudness):.1f} LUFS, "
        f"{sum(abs(one + 16.0) > 1.5 for one in loudness)} of {n_minutes} minutes beyond ± 1.5; "
        f"peak {max(peaks):.2f} dBTP; memory {max(settled) - settled[0]:+.1f} MB after minute {WARM_UP_MINUTES}; "
        f"{threading.active_count() - threads} threads left; {told.count('transition_end')} of the last thousand events "
        f"are ends of transitions; {n_minutes * MINUTE / cost_s:.0f} times real time"
    )


if __name__ == "__main__":
    main()
