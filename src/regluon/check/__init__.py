"""Programs read without being run: which of the MXNet names in them are not there, or deviate."""

from __future__ import annotations

from regluon.check.findings import Finding, Report, check_file, check_text, judge
from regluon.check.sources import SUFFIXES, Piece, files, pieces

__all__ = ["SUFFIXES", "Finding", "Piece", "Report", "check_file", "check_text", "files", "judge", "pieces"]
