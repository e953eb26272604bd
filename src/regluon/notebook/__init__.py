"""Notebooks: markdown chapters, ``.ipynb`` and scripts; run, and left as notebook, page and figures."""

from __future__ import annotations

from regluon.notebook.errors import NotebookError
from regluon.notebook.execute import Failure
from regluon.notebook.files import dumps, read_notebook, write_atomic
from regluon.notebook.html import page
from regluon.notebook.markdown import reads, writes
from regluon.notebook.report import Report, leave

__all__ = [
    "Failure",
    "NotebookError",
    "Report",
    "dumps",
    "leave",
    "page",
    "read_notebook",
    "reads",
    "write_atomic",
    "writes",
]
