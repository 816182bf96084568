"""The one check command: lint, format, types and tests. Runs them all; exits non-zero if any failed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent

STEPS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["basedpyright", "--pythonpath", sys.executable],
    "tests": ["pytest", "-q", "-n", "auto", "--dist", "worksteal"],
}
"""What is run, by name: a module of this interpreter and its arguments."""


def main() -> int:
    """Run every step, then say how each one ended."""
    codes: dict[str, int] = {}
    seconds: dict[str, float] = {}
    for name, command in STEPS.items():
        print(f"== {name}: {' '.join(command)}", flush=True)
        started = time.perf_counter()
        codes[name] = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode
        seconds[name] = time.perf_counter() - started
    print("== summary")
    for name, code in codes.items():
        verdict = "ok" if code == 0 else f"FAILED (exit code {code})"
        print(f"{name:8}{seconds[name]:6.1f} s  {verdict}")
    return int(any(codes.values()))


if __name__ == "__main__":
    sys.exit(main())
