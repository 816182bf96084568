"""A sound card for tests: PortAudio and ALSA as they are, and a listener where the loudspeaker would be.

ALSA's `file` plugin is the default device. It writes what it is given into a FIFO, and a thread of the tests takes that
out at the pace of a real card. PortAudio looks for its devices once per process, so players run in processes of their
own, and tell the card what to do by creating files.
"""

from __future__ import annotations

import ctypes.util
import functools
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 44100
FRAME_BYTES = 8
"""Stereo float32, as PortAudio hands it on."""
SYSTEM_CONFIG = Path("/usr/share/alsa/alsa.conf")
DEVICE = 'pcm.{pcm} {{ type file; slave.pcm null; format raw; file "{fifo}" }}\n'
PIPE_BYTES = 4096
LONGEST_HURRY_S = 0.02
"""A listener that was late catches up with no more than this: a burst would be a request no real card makes."""


@functools.cache
def portaudio_problem() -> str:
    """Install the library where that is possible; say why nothing can be heard through it, or nothing."""
    if sys.platform != "linux":
        return "the listener needs ALSA, so Linux"
    told = "" if ctypes.util.find_library("portaudio") else _install()
    if not ctypes.util.find_library("portaudio"):
        return f"install libportaudio2 ({told})"
    if not SYSTEM_CONFIG.exists():
        return f"{SYSTEM_CONFIG} is missing; install libasound2-data"
    return ""


def require_portaudio() -> None:
    """Skip where nothing can be heard through PortAudio, and say why."""
    if problem := portaudio_problem():
        pytest.skip(f"not heard through PortAudio: {problem}")


def _install() -> str:
    """Try Debian's package manager, as root, or in continuous integration by sudo; return what went wrong."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get to do it with"
    if os.geteuid() == 0:
        command = ["apt-get"]
    elif os.environ.get("CI") and shutil.which("sudo"):
        command = ["sudo", "-n", "apt-get"]
    else:
        return "only root can"
    told = ""
    for arguments in (["install", "-y", "--no-install-recommends", "libportaudio2"], ["update"]) * 2:
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, timeout=180, check=False
        )
        if "install" in arguments and done.returncode == 0:
            return ""
        told = done.stderr.strip()[-200:]
    return told


class SoundCard:
    """The devices `default` and `spare`, each with a listener; `late` is not there until it is plugged in.

    A player may create these files in its folder: `unplug-NAME` takes a device away, `hold-NAME` makes it hang, and
    `plug-NAME` brings one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._heard: dict[str, list[bytes]] = {"default": [], "spare": [], "late": []}
        self._done = threading.Event()
        self._plugged: list[str] = []
        self.env = {"ALSA_CONFIG_PATH": f"{SYSTEM_CONFIG}:{folder / 'asound.conf'}"}
        for name in ("default", "spare"):
            self._plug(name)
        self._threads = [threading.Thread(target=self._serve, args=(name,)) for name in self._heard]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._done.set()
        for thread in self._threads:
            thread.join()

    def heard(self, name: str = "default") -> NDArray[np.float32]:
        """All that a device was given so far: float32 (n, 2), from the first frame that is not silent to the last."""
        whole = b"".join(self._heard[name])
        frames = np.frombuffer(whole[: len(whole) // FRAME_BYTES * FRAME_BYTES], dtype=np.float32).reshape(
            -1, 2
        )
        sounding = np.flatnonzero(frames.any(axis=1))
        return frames[sounding[0] : sounding[-1] + 1] if len(sounding) else frames[:0]

    def _plug(self, name: str) -> None:
        """Make the device known. The new file has a new inode, by which ALSA sees that it must read it."""
        os.mkfifo(self._folder / name)
        self._plugged.append(name)
        lines = [
            DEVICE.format(pcm="!default" if name == "default" else name, fifo=self._folder / name)
            for name in self._plugged
        ]
        (self._folder / "new.conf").write_text("".join(lines))
        (self._folder / "new.conf").replace(self._folder / "asound.conf")

    def _serve(self, name: str) -> None:
        """Wait until the device is plugged in, then take what arrives at the pace of a card until it is unplugged."""
        import fcntl  # not on Windows, where this file is imported as well

        told = {verb: self._folder / f"{verb}-{name}" for verb in ("plug", "unplug", "hold")}
        while name not in self._plugged and not self._done.wait(0.005):
            if told["plug"].exists():
                self._plug(name)
        if self._done.is_set():
            return
        end = os.open(self._folder / name, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        told["plug"].unlink(missing_ok=True)
        taken_until = time.monotonic()
        while not (self._done.wait(0.002) or told["unplug"].exists()):
            taken_until = max(taken_until, time.monotonic() - LONGEST_HURRY_S)
            if told["hold"].exists():
                continue
            due_bytes = int((time.monotonic() - taken_until) * RATE) * FRAME_BYTES
            try:
                chunk = os.read(end, due_bytes)
            except BlockingIOError:
                continue
            self._heard[name].append(chunk)
            taken_until += len(chunk) / FRAME_BYTES / RATE
        os.close(end)
