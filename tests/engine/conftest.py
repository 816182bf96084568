"""Lets tests of the engine draw configs as those of `tests/config` do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "config"))
