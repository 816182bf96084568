"""Atomic files: whatever stops a writer, the target is the old file or the whole new one."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from latentscore.errors import OutputError
from latentscore.output.atomic import atomic_path
from latentscore.output.files import write_audio

ROOT = Path(__file__).resolve().parents[2]
RATE = 44100
OLD = b"what stood here before"
SILENCE = np.zeros(1000, dtype=np.float32)

SLOW_WRITER = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import numpy as np
    from latentscore.output.files import write_audio

    def chunks():
        yield np.zeros(200_000, dtype=np.float32)
        print("half way", flush=True)
        time.sleep(600)

    write_audio(Path(sys.argv[1]), chunks(), 44100, 1, 0)
    """
)


@pytest.fixture
def slow_writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has written half of `tmp_path / "song.wav"` and goes no further."""
    (tmp_path / "song.wav").write_bytes(OLD)
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, str(tmp_path / "song.wav")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "half way\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def parts(folder: Path) -> list[str]:
    """Unfinished files."""
    return [name for name in os.listdir(folder) if name.endswith(".part")]


def test_a_killed_writer_leaves_the_old_file_and_the_next_save_sweeps(
    tmp_path: Path, slow_writer: subprocess.Popen[str]
) -> None:
    song = tmp_path / "song.wav"
    (unfinished,) = parts(tmp_path)
    assert unfinished.startswith("."), "hidden"
    slow_writer.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    slow_writer.wait()
    assert song.read_bytes() == OLD
    assert parts(tmp_path) == [unfinished]
    write_audio(song, [SILENCE], RATE, 1, 0)
    assert os.listdir(tmp_path) == ["song.wav"]
    assert soundfile.info(song).frames == len(SILENCE)


BUSY_WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    import numpy as np
    from latentscore.output.files import write_audio

    target = Path(sys.argv[1])
    for k in range(10_000):
        write_audio(target, [np.full(4000, 0.1 + k % 2 * 0.2, dtype=np.float32)] * 20, 44100, 1, 0)
        print("saved", flush=True)
    """
)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path, suffix: str) -> None:
    song = tmp_path / f"song{suffix}"
    moments = np.random.default_rng().uniform(0.0, 0.1, 3)
    for moment in moments:
        process = subprocess.Popen(
            [sys.executable, "-c", BUSY_WRITER, str(song)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"saved\n"
        time.sleep(moment)
        process.kill()
        process.communicate()
        samples, _ = soundfile.read(song)
        assert len(samples) == 80_000, moments
        level = samples.mean()
        assert min(abs(level - 0.1), abs(level - 0.3)) < 0.01, moments
        assert len(parts(tmp_path)) <= 1, "each save has swept what the last kill left"
    write_audio(song, [SILENCE], RATE, 1, 0)
    assert os.listdir(tmp_path) == [song.name]


def test_a_save_leaves_the_part_of_a_living_writer_alone(
    tmp_path: Path, slow_writer: subprocess.Popen[str]
) -> None:
    (unfinished,) = parts(tmp_path)
    write_audio(tmp_path / "song.wav", [SILENCE], RATE, 1, 0)
    assert slow_writer.poll() is None
    assert parts(tmp_path) == [unfinished]


def test_a_save_sweeps_only_the_parts_of_its_own_target(tmp_path: Path) -> None:
    for name in (".song.wav.x1.part", ".song.wavy.x1.part", ".other.wav.x1.part", "song.wav.x1.part"):
        (tmp_path / name).write_bytes(b"left behind")
    write_audio(tmp_path / "song.wav", [SILENCE], RATE, 1, 0)
    left = {".song.wavy.x1.part", ".other.wav.x1.part", "song.wav.x1.part", "song.wav"}
    assert set(os.listdir(tmp_path)) == left


def test_names_that_look_like_patterns_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".a.wav.x1.part").write_bytes(b"another target's")
    write_audio(tmp_path / "[a].wav", [SILENCE], RATE, 1, 0)
    assert set(os.listdir(tmp_path)) == {".a.wav.x1.part", "[a].wav"}


def test_the_longest_names_are_saved_and_their_parts_swept(tmp_path: Path) -> None:
    name = "雨" * 83 + ".wav"  # 253 bytes of 255
    write_audio(tmp_path / name, [SILENCE], RATE, 1, 0)
    with atomic_path(tmp_path / name) as part:
        left = part.with_name(f"{part.name.rsplit('.', 2)[0]}.old.part")
    left.write_bytes(b"of a writer that was killed")
    write_audio(tmp_path / name, [SILENCE], RATE, 1, 0)
    assert os.listdir(tmp_path) == [name]


class SourceError(Exception):
    """What a source of chunks raises."""


@pytest.mark.parametrize("error", [SourceError, KeyboardInterrupt, ConnectionResetError])
def test_a_source_that_fails_leaves_the_old_file_and_no_part(
    tmp_path: Path, error: type[BaseException]
) -> None:
    def chunks() -> Iterator[NDArray[np.float32]]:
        yield SILENCE
        raise error

    song = tmp_path / "song.wav"
    song.write_bytes(OLD)
    with pytest.raises(error):
        write_audio(song, chunks(), RATE, 1, 0)
    assert os.listdir(tmp_path) == ["song.wav"]
    assert song.read_bytes() == OLD


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end_is_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    song = tmp_path / "song.wav"
    song.write_bytes(OLD)
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OutputError, match=r"song\.wav.*No space left"):
        write_audio(song, [SILENCE], RATE, 1, 0)
    assert os.listdir(tmp_path) == ["song.wav"]
    assert song.read_bytes() == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_a_disk_that_fills_up_on_the_way_is_an_output_error(
    tmp_path: Path, run_python: Callable[..., subprocess.CompletedProcess[str]], suffix: str
) -> None:
    # a limit on the size of files makes writes fail as a full disk does
    script = textwrap.dedent(
        f"""
        import resource, sys
        from pathlib import Path
        import numpy as np
        from latentscore.errors import OutputError
        from latentscore.output.files import write_audio

        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        noise = np.random.default_rng(0).uniform(-0.5, 0.5, 44100).astype(np.float32)
        try:
            write_audio(Path("song{suffix}"), [noise] * 20, 44100, 1, 0)
        except OutputError as error:
            print("told:", error)
        """
    )
    (tmp_path / f"song{suffix}").write_bytes(OLD)
    done = run_python("-c", script, cwd=tmp_path)
    assert done.stdout.startswith(f"told: path='song{suffix}'"), done.stderr
    assert os.listdir(tmp_path) == [f"song{suffix}"]
    assert (tmp_path / f"song{suffix}").read_bytes() == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_audio(tmp_path / "song.wav", [SILENCE], RATE, 1, 0)
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "song.wav")}
    assert len(modes) == 1
