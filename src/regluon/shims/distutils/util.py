"""``distutils.util``: the truth of a word, as ``argparse`` programs ask for it."""

from __future__ import annotations

__all__ = ["strtobool"]

_TRUTH = dict.fromkeys(["y", "yes", "t", "true", "on", "1"], 1)
_TRUTH |= dict.fromkeys(["n", "no", "f", "false", "off", "0"], 0)


def strtobool(val: str) -> int:
    """1 for y, yes, t, true, on, 1 and 0 for n, no, f, false, off, 0, in any case; else a ValueError."""
    try:
        return _TRUTH[val.lower()]
    except KeyError:
        raise ValueError(f"strtobool({val!r}): expected one of {', '.join(_TRUTH)}") from None
