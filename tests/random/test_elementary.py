"""float32 logarithms as the C library rounds them."""

from __future__ import annotations

import math

import numpy as np

from regluon.random.elementary import log_gamma_of_count, logf

# What glibc 2.36 answers where that is not the float32 nearest to the exact value.
LOGF = {
    "0x1.759566p-1": "-0x1.42bf4ap-2",
    "0x1.f6300cp-1": "-0x1.3d0abep-6",
    "0x1.d3cf46p-1": "-0x1.71b7bcp-4",
    "0x1.b42914p-1": "-0x1.4852ecp-3",
    "0x1.374bdcp-1": "-0x1.fd8572p-2",
    "0x1.e89fd8p-2": "-0x1.7ad142p-1",
    "0x1.2506dap-1": "-0x1.1dba22p-1",
}
LGAMMAF = {104: 377.6142272949219, 156: 630.172119140625, 286: 1329.7049560546875, 724: 4041.015380859375}


def all_sizes() -> np.ndarray:
    """Significands at equal distances, with exponents in turn."""
    significands = 1 + np.arange(4096) / 4096 + 2.0**-20
    return (significands * 2.0 ** (np.arange(4096) % 250 - 125)).astype(np.float32)


def test_logf_is_within_an_ulp_of_the_logarithm() -> None:
    x = all_sizes()
    exact = np.array([math.log(v) for v in x.tolist()])
    assert (np.abs(logf(x) - exact) <= 0.82 * np.spacing(np.abs(exact).astype(np.float32))).all()


def test_logf_rounds_as_the_c_library() -> None:
    x = np.array([float.fromhex(v) for v in LOGF], np.float32)
    assert logf(x).tolist() == [float.fromhex(v) for v in LOGF.values()]


def test_logf_of_one_is_zero() -> None:
    assert logf(np.ones(1, np.float32)).tolist() == [0.0]


def test_log_gamma_is_near() -> None:
    x = np.array([*range(1, 40), 1e3, 12345, 1e6, 123456.5], np.float32)
    exact = np.array([math.lgamma(v) for v in x.tolist()])
    np.testing.assert_allclose(log_gamma_of_count(x), exact, rtol=3e-7)
    assert log_gamma_of_count(x[:2]).tolist() == [0.0, 0.0]


def test_log_gamma_rounds_as_the_c_library() -> None:
    x = np.array([*LGAMMAF], np.float32)
    assert log_gamma_of_count(x).tolist() == [*LGAMMAF.values()]
