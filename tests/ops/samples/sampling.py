"""Samples of ops/sampling.py."""

from ops.samples.spec import S, array, ints, normal, uniform

NAN = float("nan")
AFFINE = {"transform_type": "affine", "target_shape": (3, 4)}
WARP = {"transform_type": "warp"}
TRANSFORM = {"transform_type": "affine", "sampler_type": "bilinear", "target_shape": (3, 4)}


def grid(shape, dtype="float32"):
    """Points inside and outside."""
    return uniform(shape, -1.4, 1.4, dtype)


# At pixels, at the borders, just outside and far away.
SPECIAL = array([[[[-1.0, 0.0, 1.0, -2.0, 1.5, 0.5, 50.0]], [[-1.0, 0.0, 1.0, 0.0, -1.0, 1.0, 0.0]]]])

SAMPLES = [
    S("BilinearSampler", [(2, 3, 4, 5), grid((2, 2, 3, 2))]),
    S("BilinearSampler", [(1, 1, 4, 5), grid((1, 2, 6, 6))]),
    S("BilinearSampler", [(2, 2, 1, 1), grid((2, 2, 2, 3))]),
    S("BilinearSampler", [(1, 2, 1, 5), grid((1, 2, 2, 3))]),
    S("BilinearSampler", [(1, 2, 5, 5), SPECIAL]),
    S("BilinearSampler", [normal((2, 3, 4, 5), "float64"), grid((2, 2, 3, 2), "float64")]),
    S("BilinearSampler", [normal((2, 3, 4, 5), "float16"), grid((2, 2, 3, 2), "float16")], grad=False),
    S("BilinearSampler", [(1, 2, 5, 5), array([[[[NAN]], [[0.0]]]])], grad=False),
    S("BilinearSampler", [(2, 3, 4, 5), grid((1, 2, 3, 2))], fails=True),
    S("BilinearSampler", [(2, 3, 4, 5), grid((2, 3, 3, 2))], fails=True),
    S("BilinearSampler", [(3, 4, 5), grid((3, 2, 3, 2))], fails=True),
    S("BilinearSampler", [(2, 3, 4, 5), grid((2, 2, 3))], fails=True),
    S("BilinearSampler", [(2, 3, 4, 5), grid((2, 2, 3, 2), "float64")], fails=True),
    S("BilinearSampler", [ints((1, 1, 2, 2), 0, 9, "int32"), ints((1, 2, 2, 2), 0, 2, "int32")], fails=True),
    S("GridGenerator", [(2, 6)], AFFINE),
    S("GridGenerator", [array([[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]])], {**AFFINE, "target_shape": (7, 4)}),
    S("GridGenerator", [(1, 6)], {**AFFINE, "target_shape": (1, 3)}, grad=False),
    S("GridGenerator", [(2, 2, 3, 4)], WARP),
    S("GridGenerator", [(1, 2, 2, 5)], {**WARP, "target_shape": (7, 7)}),
    S("GridGenerator", [(2, 2, 1, 4)], WARP, grad=False),
    S("GridGenerator", [(2, 6)], {"transform_type": "affine"}, fails=True),
    S("GridGenerator", [(2, 2, 3)], AFFINE, fails=True),
    S("GridGenerator", [(2, 5)], AFFINE, fails=True),
    S("GridGenerator", [(2, 3, 4)], WARP, fails=True),
    S("GridGenerator", [(2, 3, 4, 5)], WARP, fails=True),
    S("GridGenerator", [(2, 6)], {"target_shape": (3, 4)}, fails=True),
    S("GridGenerator", [ints((2, 6), 0, 2, "int32")], AFFINE, fails=True),
    S("SpatialTransformer", [(2, 3, 5, 4), uniform((2, 6), -1.0, 1.0)], TRANSFORM),
    S("SpatialTransformer", [(1, 1, 4, 4), array([[2.0, 0.0, 0.3, 0.0, 2.0, 0.1]])], TRANSFORM),
    S(
        "SpatialTransformer",
        [(1, 2, 5, 5), array([[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]])],
        {**TRANSFORM, "target_shape": (5, 5)},
    ),
    S("SpatialTransformer", [(2, 1, 1, 1), uniform((2, 6), -1.0, 1.0)], TRANSFORM),
    S(
        "SpatialTransformer",
        [normal((2, 3, 5, 4), "float64"), uniform((2, 6), -1.0, 1.0, "float64")],
        TRANSFORM,
    ),
    S("SpatialTransformer", [(2, 3, 5, 4), uniform((1, 6), -1.0, 1.0)], TRANSFORM, fails=True),
    S("SpatialTransformer", [(2, 3, 5, 4), (2, 5)], TRANSFORM, fails=True),
    S("SpatialTransformer", [(2, 3, 5, 4), (2, 2, 3)], TRANSFORM, fails=True),
    S("SpatialTransformer", [(3, 5, 4), (3, 6)], TRANSFORM, fails=True),
    S("SpatialTransformer", [(2, 3, 5, 4), (2, 6)], {**TRANSFORM, "target_shape": (0, 0)}, fails=True),
    S("SpatialTransformer", [(2, 3, 5, 4), (2, 6)], {"target_shape": (3, 4)}, fails=True),
    S("SpatialTransformer", [(2, 3, 5, 4), normal((2, 6), "float64")], TRANSFORM, fails=True),
]
