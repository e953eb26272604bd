"""Typical sizes: for each operator one call as a program would make it.

Run by another Python too (3.8, with MXNet), so it is written for both. Operators that are not named here get
their first sample from the tests with every axis made longer, as far as the operator takes it.
"""

from ops.samples.spec import S, array, ints, positive, uniform

IMAGES, ROWS = (16, 32, 28, 28), (128, 256)
CHANNELS = [(32,)] * 4
N = range(32)
SPD = array([[3.0 * (i == j) + 1 / (1 + i + j) for j in N] for i in N])
LOWER = array([[2.0 * (i == j) + (1 / (1 + i + j) if i > j else 0) for j in N] for i in N])
KERNEL = {"kernel": (4, 4), "stride": (2, 2), "pad": (1, 1)}
AFFINE = {"transform_type": "affine", "target_shape": (28, 28)}
LSTM = {"state_size": 64, "num_layers": 1, "mode": "lstm"}
SCORED = {"id_index": 0, "coord_start": 2, "score_index": 1}
MAPS = (1, 256, 38, 50)
CORNERS = [(7.0 * i, 4.0 * i, 7.0 * i + 200, 4.0 * i + 250) for i in range(100)]
REGIONS = array([(0.0, *c) for c in CORNERS])
ROTATED = array([(0.0, *c, 30.0) for c in CORNERS])
DEFORMED = {"kernel": (3, 3), "pad": (1, 1), "num_filter": 32, "no_bias": True}
WEIGHT = [(256, 256)] * 2

NAMED = [
    S("Convolution", [IMAGES, (64, 32, 3, 3), (64,)], {"kernel": (3, 3), "pad": (1, 1), "num_filter": 64}),
    S(
        "Deconvolution",
        [IMAGES, (32, 16, 4, 4)],
        {**KERNEL, "num_filter": 16},
    ),
    S("Pooling", [IMAGES], {"kernel": (2, 2), "stride": (2, 2), "pool_type": "max"}),
    S("Pooling_v1", [IMAGES], {"kernel": (2, 2), "stride": (2, 2), "pool_type": "max"}),
    S("BatchNorm", [IMAGES, *CHANNELS], {"fix_gamma": False}, train=True, writes=(3, 4)),
    S("LayerNorm", [ROWS, (256,), (256,)]),
    S("GroupNorm", [IMAGES, (4,), (4,)], {"num_groups": 4}),
    S("InstanceNorm", [IMAGES, (32,), (32,)]),
    S("LRN", [IMAGES], {"nsize": 5}),
    S("L2Normalization", [ROWS]),
    S("FullyConnected", [ROWS, (128, 256), (128,)], {"num_hidden": 128}),
    S("_regluon_dense", [ROWS, (128, 256), (128,)], {"num_hidden": 128, "act_type": "relu"}),
    S("Embedding", [ints((32, 64), 0, 1000), (1000, 128)], {"input_dim": 1000, "output_dim": 128}),
    S(
        "RNN",
        [(20, 16, 64), (4 * 64 * (64 + 64 + 2),), (1, 16, 64), (1, 16, 64)],
        {"state_size": 64, "num_layers": 1, "mode": "lstm"},
    ),
    S("dot", [ROWS, (256, 128)]),
    S("batch_dot", [(32, 64, 64), (32, 64, 64)]),
    S("_linalg_gemm", [(8, 64, 64)] * 3),
    S("_linalg_gemm2", [(8, 64, 64)] * 2),
    S("_linalg_potrf", [SPD]),
    S("_linalg_potri", [LOWER]),
    S("_linalg_inverse", [SPD]),
    S("_linalg_det", [SPD]),
    S("_linalg_slogdet", [SPD]),
    S("_linalg_syevd", [SPD]),
    S("_linalg_trmm", [LOWER, (32, 32)]),
    S("_linalg_trsm", [LOWER, (32, 32)]),
    S("_linalg_sumlogdiag", [SPD]),
    S("take", [(1000, 128), ints((512,), 0, 1000)]),
    S("pick", [ROWS, ints((128,), 0, 256)]),
    S("one_hot", [ints((512,), 0, 100)], {"depth": 100}),
    S("gather_nd", [ROWS, ints((2, 500), 0, 128)]),
    S("scatter_nd", [(500,), ints((2, 500), 0, 128)], {"shape": ROWS}),
    S("batch_take", [ROWS, ints((128,), 0, 256, "int32")]),
    S("topk", [ROWS], {"k": 5, "ret_typ": "value"}),
    S("Reshape", [ROWS], {"shape": (-1, 128)}),
    S("Pad", [IMAGES], {"mode": "constant", "pad_width": (0, 0, 0, 0, 1, 1, 1, 1)}),
    S("slice", [ROWS], {"begin": (8, 8), "end": (120, 200)}),
    S("UpSampling", [IMAGES], {"scale": 2, "sample_type": "nearest"}),
    S("_contrib_BilinearResize2D", [IMAGES], {"height": 56, "width": 56}),
    S("_contrib_AdaptiveAvgPooling2D", [IMAGES], {"output_size": (7, 7)}),
    S("im2col", [IMAGES], {"kernel": (3, 3)}),
    S("BilinearSampler", [IMAGES, uniform((16, 2, 28, 28), -1, 1)]),
    S("GridGenerator", [(16, 6)], AFFINE),
    S(
        "SpatialTransformer",
        [IMAGES, (16, 6)],
        {**AFFINE, "sampler_type": "bilinear"},
    ),
    S("softmax_cross_entropy", [(128, 10), ints((128,), 0, 10)]),
    S("SoftmaxOutput", [(128, 10), ints((128,), 0, 10)]),
    S("CTCLoss", [(40, 16, 30), ints((16, 10), 1, 30)]),
    S("SequenceMask", [(40, 16, 64), ints((16,), 1, 40)], {"use_sequence_length": True}),
    S("SequenceLast", [(40, 16, 64), ints((16,), 1, 40)], {"use_sequence_length": True}),
    S("SequenceReverse", [(40, 16, 64), ints((16,), 1, 40)], {"use_sequence_length": True}),
    S("_contrib_MultiBoxPrior", [(1, 8, 32, 32)], {"sizes": (0.2, 0.3), "ratios": (1.0, 2.0, 0.5)}),
    S("_contrib_box_iou", [uniform((500, 4), 0.0, 1.0), uniform((500, 4), 0.0, 1.0)]),
    S(
        "_contrib_box_nms",
        [uniform((1, 1000, 6), 0.0, 1.0)],
        {"id_index": 0, "coord_start": 2, "score_index": 1},
    ),
    S("_contrib_interleaved_matmul_selfatt_qk", [(64, 8, 3 * 64)], {"heads": 4}),
    S("_contrib_interleaved_matmul_selfatt_valatt", [(64, 8, 3 * 64), (32, 64, 64)], {"heads": 4}),
    S("ROIPooling", [MAPS, REGIONS], {"pooled_size": (7, 7), "spatial_scale": 0.0625}),
    S(
        "_contrib_ROIAlign",
        [MAPS, REGIONS],
        {"pooled_size": (7, 7), "spatial_scale": 0.0625, "sample_ratio": 2},
    ),
    S(
        "_contrib_RROIAlign",
        [MAPS, ROTATED],
        {"pooled_size": (7, 7), "spatial_scale": 0.0625, "sampling_ratio": 2},
    ),
    S(
        "_contrib_PSROIPooling",
        [(1, 8 * 49, 38, 50), REGIONS],
        {"spatial_scale": 0.0625, "output_dim": 8, "pooled_size": 7},
    ),
    S("_contrib_DeformableConvolution", [(4, 32, 28, 28), (4, 18, 28, 28), (32, 32, 3, 3)], DEFORMED),
    S(
        "_contrib_ModulatedDeformableConvolution",
        [(4, 32, 28, 28), (4, 18, 28, 28), uniform((4, 9, 28, 28)), (32, 32, 3, 3)],
        DEFORMED,
    ),
    S("Correlation", [(1, 16, 32, 32)] * 2, {"max_displacement": 4, "pad_size": 4}),
    S(
        "_contrib_MultiBoxTarget",
        [uniform((1, 5000, 4), 0.0, 1.0), uniform((4, 8, 5), 0.0, 1.0), (4, 3, 5000)],
        grad=False,
    ),
    S(
        "_contrib_MultiBoxDetection",
        [uniform((4, 3, 5000)), (4, 20000), uniform((1, 5000, 4), 0.0, 1.0)],
        {"nms_topk": 400},
        grad=False,
    ),
    S(
        "_contrib_Proposal",
        [uniform((1, 24, 38, 50)), (1, 48, 38, 50), array([[600.0, 800.0, 1.0]])],
        grad=False,
    ),
    S(
        "_contrib_MultiProposal",
        [uniform((2, 24, 38, 50)), (2, 48, 38, 50), array([[600.0, 800.0, 1.0]] * 2)],
        grad=False,
    ),
    S(
        "_contrib_DeformablePSROIPooling",
        [(1, 8 * 49, 38, 50), REGIONS, uniform((100, 2, 7, 7))],
        {
            "spatial_scale": 0.0625,
            "output_dim": 8,
            "group_size": 7,
            "pooled_size": 7,
            "part_size": 7,
            "sample_per_part": 2,
            "trans_std": 0.1,
        },
    ),
    S("col2im", [(16, 288, 784)], {"output_size": (28, 28), "kernel": (3, 3), "pad": (1, 1)}),
    S("_contrib_calibrate_entropy", [ints((2001,), 0, 50), uniform((2002,))], {"num_quantized_bins": 255}),
    S(
        "_contrib_hawkesll",
        [
            positive((16, 4)),
            positive((4,)),
            positive((4,)),
            positive((16, 4)),
            positive((16, 50)),
            ints((16, 50), 0, 4, "int32"),
            ints((16,), 20, 50),
            uniform((16,), 100.0, 101.0),
        ],
    ),
    S("_contrib_bipartite_matching", [uniform((4, 500, 20))], {"threshold": 0.1}, grad=False),
    S("sgd_update", WEIGHT, {"lr": 0.1}),
    S("sgd_mom_update", [*WEIGHT, (256, 256)], {"lr": 0.1, "momentum": 0.9}, writes=(2,)),
    S("adam_update", [*WEIGHT, (256, 256), positive((256, 256))], {"lr": 0.1}, writes=(2, 3)),
    S("lamb_update_phase1", [*WEIGHT, (256, 256), positive((256, 256))], {"wd": 0.01, "t": 1}, writes=(2, 3)),
    S("ftml_update", [*WEIGHT, *[positive((256, 256))] * 3], {"lr": 0.1, "t": 1}, writes=(2, 3, 4)),
    S("rmsprop_update", [*WEIGHT, positive((256, 256))], {"lr": 0.1}, writes=(2,)),
    S("ftrl_update", [*WEIGHT, (256, 256), positive((256, 256))], {"lr": 0.1}, writes=(2, 3)),
    S("_image_to_tensor", [ints((224, 224, 3), 0, 256, "uint8")]),
    S("_image_normalize", [(3, 224, 224)], {"mean": (0.5, 0.5, 0.5), "std": (0.2, 0.2, 0.2)}),
    S("_image_resize", [ints((224, 224, 3), 0, 256, "uint8")], {"size": (112, 112)}),
]


def longer(sample, factor=24):
    """The sample with every axis of more than one element ``factor`` times as long; None for given ones."""
    inputs = []
    for x in sample.inputs:
        if x is None or x.kind == "array":
            return None
        shape, rest = x.arguments[0], x.arguments[1:]
        inputs.append(type(x)(x.kind, tuple([n * factor if n > 1 else n for n in shape]), *rest))
    return S(sample.op, inputs, sample.attributes, sample.grad, sample.train, sample.writes)
