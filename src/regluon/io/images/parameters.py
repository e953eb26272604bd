"""The parameters of iterators over images."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from regluon.base import MXNetError
from regluon.io.parameters import Parameter, read, table

__all__ = ["COMMON", "IMAGE", "read_images"]

# MXNet ignores verbose, device_id, ctx and aug_seq here: what they choose between has one form in regluon.
COMMON = """
str path_imglist path_imgrec path_imgidx data_name=data label_name=softmax_label
shape data_shape
int batch_size preprocess_threads=4 prefetch_buffer=4 num_parts=1 part_index=0 label_width=1
int shuffle_chunk_size=0 shuffle_chunk_seed=0 seed=0
bool shuffle=0 round_batch=1 skip_damaged=0
dtype dtype
str mean_img
int resize=-1 inter_method=1 fill_value=255
float mean_r=0 mean_g=0 mean_b=0 mean_a=0 std_r=1 std_g=1 std_b=1 std_a=1 scale=1
"""

IMAGE = table(
    COMMON
    + """
int seed_aug max_rotate_angle=0 max_crop_size=-1 min_crop_size=-1 random_h=0 random_s=0 random_l=0
int rotate=-1 pad=0
bool rand_crop=0 random_resized_crop=0 mirror=0 rand_mirror=0
float max_aspect_ratio=0 min_aspect_ratio max_shear_ratio=0 max_random_scale=1 min_random_scale=1
float max_random_area=1 min_random_area=1 max_img_size=1e10 min_img_size=0
float brightness=0 contrast=0 saturation=0 pca_noise=0 max_random_contrast=0 max_random_illumination=0
"""
)


def read_images(
    what: str, known: Mapping[str, Parameter], args: Any, given: Mapping[str, Any]
) -> SimpleNamespace:
    """The parameters of a call, by name.

    Raises
    ------
    MXNetError
        For one that is missing, or is not of its kind, and for a shape, batch or part that can't be.
    """
    found = read(what, known, args, given, "data_shape batch_size")
    if len(found.data_shape) != 3:
        raise MXNetError(
            f"{what}: data_shape is (channels, height, width); value {given['data_shape']} has wrong "
            "dimensions, expected dimension=3"
        )
    if found.batch_size < 1:
        raise MXNetError(f"{what}: batch_size must be positive, not {found.batch_size}")
    if not 0 <= found.part_index < found.num_parts:
        raise MXNetError(f"{what}: there is no part {found.part_index} of {found.num_parts}")
    return found
