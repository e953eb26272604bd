from __future__ import annotations

import numpy as np
import pytest

from regluon.lazy import resolve
from regluon.shims import RETURNED


@pytest.mark.parametrize("module", ["numpy", "collections", "inspect", "time", "fractions", "PIL.Image"])
def test_every_reference_names_something(module: str) -> None:
    names = RETURNED[module]
    if module == "numpy" and np.lib.NumpyVersion(np.__version__) < "2.0.0":
        names = {name: reference for name, reference in names.items() if name not in vars(np)}
    for reference in names.values():
        assert resolve(reference) is not None
