"""``python -m reproductions.cross``: the cross table alone, from data to report."""

from __future__ import annotations

from reproductions.run_all import main

if __name__ == "__main__":
    main("cross")
