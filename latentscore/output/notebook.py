"""Notebooks: what can't be played by a device of this machine is shown with a player instead."""

from __future__ import annotations

import sys


def shown_in_notebook(thing: object) -> bool:
    """Display `thing` if this is a notebook's kernel; False if it is not.

    A kernel often runs on a server without a sound device, while the listener sits before a browser that has one.
    """
    ipython = sys.modules.get("IPython")  # a kernel has imported it long ago
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        return False
    from IPython.display import display

    display(thing)
    return True
