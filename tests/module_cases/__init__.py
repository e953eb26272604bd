"""Programs of mx.mod and mx.model for tests/oracle/record_modules.py and tests/module/.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs. Each program takes the package
``mx`` and returns numbers, texts, and lists of them.
"""

from module_cases import bound, fits, groups, kinds, refusals
from module_cases.common import (
    CASES,
    Lines,
    digits,
    logger_of,
    mlp,
    normed,
    params_of,
    seeded,
    summary,
    told_by,
)

__all__ = [
    "CASES",
    "Lines",
    "bound",
    "digits",
    "fits",
    "groups",
    "kinds",
    "logger_of",
    "mlp",
    "normed",
    "params_of",
    "refusals",
    "seeded",
    "summary",
    "told_by",
]
