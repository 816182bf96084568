"""Music over HTTP: a FastAPI endpoint that streams a WAV file while it is rendered.

python examples/web_server.py                                     # then open http://127.0.0.1:8000/music?vibe=rain
python examples/web_server.py --seconds 10 --output music.wav     # what the endpoint sends, without a server

It needs `pip install fastapi uvicorn`.
"""

import argparse
import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np

import latentscore as ls

CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
LONGEST_S = 3600.0


def wav_header(n_frames: int) -> bytes:
    """Return the first 44 bytes of a WAV file of 16 bits."""
    size = n_frames * FRAME_BYTES
    sound = struct.pack("<HHIIHH", 1, CHANNELS, ls.SAMPLE_RATE, ls.SAMPLE_RATE * FRAME_BYTES, FRAME_BYTES, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + size)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + sound
        + b"data"
        + struct.pack("<I", size)
    )


async def wav(vibes: list[str], duration: float) -> AsyncIterator[bytes]:
    """Yield a WAV file in pieces. A client that hangs up cancels it, and nothing is left running."""
    yield wav_header(round(len(vibes) * duration * ls.SAMPLE_RATE))
    transition = min(5.0, duration / 4)
    async for block in ls.astream(vibes, duration=duration, transition=transition, channels=CHANNELS):
        yield (np.clip(block, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()


def build_app() -> Any:
    """Return the application."""
    try:
        from fastapi import FastAPI, HTTPException, Query
        from fastapi.responses import StreamingResponse
    except ImportError as error:
        raise SystemExit("this example needs FastAPI: pip install fastapi uvicorn") from error

    app = FastAPI(title="LatentScore")

    @app.get("/music")
    async def music(
        vibe: Annotated[list[str], Query(min_length=1)],
        duration: Annotated[float, Query(gt=0, le=LONGEST_S)] = 30.0,
    ) -> StreamingResponse:
        """Each vibe for `duration` seconds, one going over into the next."""
        try:
            for text in vibe:
                ls.Streamable(text)
        except ls.InvalidConfigError as error:
            raise HTTPException(422, str(error)) from error
        n_bytes = len(wav_header(0)) + round(len(vibe) * duration * ls.SAMPLE_RATE) * FRAME_BYTES
        return StreamingResponse(
            wav(vibe, duration), media_type="audio/wav", headers={"content-length": str(n_bytes)}
        )

    return app


async def write(path: Path, seconds: float) -> None:
    """Write what the endpoint sends."""
    with path.open("wb") as file:
        async for piece in wav(["rain on a tin roof", "neon city at night"], seconds / 2):
            file.write(piece)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--output", type=Path, help="write a WAV file instead of serving")
    options = parser.parse_args()
    if options.output:
        asyncio.run(write(options.output, options.seconds))
        print("wrote", options.output)
        return
    app = build_app()
    try:
        import uvicorn
    except ImportError as error:
        raise SystemExit("this example needs a server: pip install uvicorn") from error
    uvicorn.run(app)


if __name__ == "__main__":
    main()
