from __future__ import annotations

import fractions
import math
import time

import pytest

from regluon.lazy import resolve
from regluon.shims import RETURNED, functions


def test_getargspec_lists_positional_parameters() -> None:
    spec = functions.getargspec(lambda a, b=1, *c, **d: 0)
    assert spec == (["a", "b"], "c", "d", (1,))
    assert (spec.args, spec.varargs, spec.keywords, spec.defaults) == spec
    with pytest.raises(ValueError, match=r"inspect\.signature"):
        functions.getargspec(lambda a, *, b: 0)


def test_gcd_and_clock() -> None:
    assert resolve(RETURNED["fractions"]["gcd"])(12, 18) == 6
    assert getattr(fractions, "gcd", math.gcd) is math.gcd
    clock = resolve(RETURNED["time"]["clock"])
    before = clock()
    assert before <= clock() <= time.process_time()
