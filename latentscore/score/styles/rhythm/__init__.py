"""The rhythm styles: drum parts on the grid, quiet under the music."""

from __future__ import annotations

from latentscore.score.styles.rhythm import hands as hands
from latentscore.score.styles.rhythm import kits as kits
from latentscore.score.styles.rhythm import pulses as pulses
