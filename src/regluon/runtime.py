"""``mx.runtime``: what this machine, torch's build and regluon offer, under MXNet's names of features."""

from __future__ import annotations

import ctypes
from collections import OrderedDict
from collections.abc import Callable
from importlib.util import find_spec

import torch

__all__ = ["Feature", "Features", "feature_list"]


class Feature(ctypes.Structure):
    """A feature: its ``name``, and whether it is ``enabled``."""

    _fields_ = [("_name", ctypes.c_char_p), ("_enabled", ctypes.c_bool)]

    @property
    def name(self) -> str:
        """Its name in MXNet."""
        return self._name.decode()  # type: ignore[no-any-return]

    @property
    def enabled(self) -> bool:
        """Whether it is there."""
        return self._enabled  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"{'✔' if self.enabled else '✖'} {self.name}"


def _no() -> bool:
    return False


def _yes() -> bool:
    return True


def _cpu(*levels: str) -> Callable[[], bool]:
    return lambda: torch.backends.cpu.get_cpu_capability() in levels


def _x86() -> bool:
    return torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512") or "mkl-dnn" in _build()


def _build() -> str:
    return torch.__config__.show().lower()


_FEATURES: dict[str, Callable[[], bool]] = {
    "CUDA": torch.cuda.is_available,
    "CUDNN": torch.backends.cudnn.is_available,
    "NCCL": lambda: torch.distributed.is_available() and torch.distributed.is_nccl_available(),
    "CUDA_RTC": _no,
    "TENSORRT": _no,
    "CPU_SSE": _x86,
    "CPU_SSE2": _x86,
    "CPU_SSE3": _x86,
    "CPU_SSE4_1": _x86,
    "CPU_SSE4_2": _x86,
    "CPU_SSE4A": _no,
    "CPU_AVX": _cpu("AVX2", "AVX512"),
    "CPU_AVX2": _cpu("AVX2", "AVX512"),
    "OPENMP": lambda: "openmp" in _build(),
    "SSE": _no,
    "F16C": _cpu("AVX2", "AVX512"),
    "JEMALLOC": _no,
    "BLAS_OPEN": lambda: "blas_info=open" in _build(),
    "BLAS_ATLAS": lambda: "blas_info=atlas" in _build(),
    "BLAS_MKL": torch.backends.mkl.is_available,
    "BLAS_APPLE": lambda: "accelerate" in _build(),
    "LAPACK": lambda: torch._C.has_lapack,
    "MKLDNN": torch.backends.mkldnn.is_available,
    "OPENCV": lambda: find_spec("cv2") is not None,
    "CAFFE": _no,
    "PROFILER": _yes,
    "DIST_KVSTORE": _no,
    "CXX14": _no,
    "INT64_TENSOR_SIZE": _yes,
    "SIGNAL_HANDLER": _no,
    "DEBUG": _no,
    "TVM_OP": _no,
}


def feature_list() -> list[Feature]:
    """All features, in MXNet's order."""
    return [Feature(name.encode(), there()) for name, there in _FEATURES.items()]


class Features(OrderedDict[str, Feature]):
    """The features by their names; there is one such dictionary."""

    instance: Features | None = None

    def __new__(cls) -> Features:
        if cls.instance is None:
            cls.instance = super().__new__(cls)
            cls.instance.update((f.name, f) for f in feature_list())
        return cls.instance

    def __init__(self) -> None:
        """Leaves what ``__new__`` has made."""

    def __repr__(self) -> str:
        return str(list(self.values()))

    def is_enabled(self, feature_name: str) -> bool:
        """Whether a feature is there; its name in upper or lower case.

        Raises
        ------
        RuntimeError
            If there is no feature of that name; the message lists those there are.
        """
        name = feature_name.upper()
        if name not in self:
            raise RuntimeError(f"Feature '{name}' is unknown, known features are: {list(self)}")
        return self[name].enabled
