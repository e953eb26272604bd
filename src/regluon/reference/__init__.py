"""What MXNet 1.9.1 has, and how regluon stands to it: read from data files, without torch."""

from __future__ import annotations

from regluon.reference.absence import absent
from regluon.reference.names import Entry, canonical, entries, members
from regluon.reference.standing import Entry as Deviation
from regluon.reference.standing import Standing, added, deviations, standing

__all__ = [
    "Deviation",
    "Entry",
    "Standing",
    "absent",
    "added",
    "canonical",
    "deviations",
    "entries",
    "members",
    "standing",
]
