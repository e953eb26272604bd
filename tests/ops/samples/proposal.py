"""Samples of ops/proposal.py.

MXNet's gradients are zeros, but now and then what was in memory before: they are not compared.
"""

from ops.samples.spec import S, array, normal, uniform

ONE, MANY = "_contrib_Proposal", "_contrib_MultiProposal"
INFO = [64, 80, 1]
SCORED = {"rpn_post_nms_top_n": 6, "output_score": True}


def inputs(images=1, anchors=12, info=INFO, spread=0.3, shape=(4, 5)):
    return [
        uniform((images, 2 * anchors, *shape), 0.0, 1.0),
        uniform((images, 4 * anchors, *shape), -spread, spread),
        array([info] * images if isinstance(info[0], (int, float)) else info),
    ]


FOUR = {"scales": (2.0, 3.5), "ratios": (0.5, 1.5), "feature_stride": 8}

SAMPLES = [
    S(ONE, inputs(), {"rpn_post_nms_top_n": 4}, grad=False),
    S(ONE, inputs(), {"rpn_post_nms_top_n": 40, "output_score": True}, grad=False),
    S(ONE, inputs(info=[40, 50, 1]), {**SCORED, "rpn_post_nms_top_n": 12}, grad=False),
    S(ONE, inputs(info=[64, 80, 2]), {**SCORED, "rpn_min_size": 20}, grad=False),
    S(ONE, inputs(), {**SCORED, "rpn_min_size": 500}, grad=False),
    S(ONE, inputs(), {**SCORED, "iou_loss": True}, grad=False),
    S(ONE, inputs(spread=5.0), {**SCORED, "iou_loss": True, "threshold": 0.9}, grad=False),
    S(ONE, inputs(), {**SCORED, "rpn_pre_nms_top_n": 4}, grad=False),
    S(ONE, inputs(), {**SCORED, "rpn_pre_nms_top_n": 0, "threshold": 0.3}, grad=False),
    S(ONE, inputs(anchors=4, info=[32, 40, 1]), {**SCORED, **FOUR}, grad=False),
    S(MANY, inputs(2, info=[[64, 80, 1], [50, 40, 2]]), {**SCORED, "rpn_post_nms_top_n": 10}, grad=False),
    S(MANY, inputs(3, 4, [32, 40, 1]), {**FOUR, "rpn_post_nms_top_n": 5}, grad=False),
    S(MANY, inputs(2), {**SCORED, "iou_loss": True, "rpn_pre_nms_top_n": 50}, grad=False),
    S(MANY, inputs(1), {**SCORED, "rpn_min_size": 500}, grad=False),
    S(ONE, inputs(2), {}, fails=True),
    S(ONE, inputs(info=[32, 200, 1]), {}, fails=True),
    S(ONE, inputs(info=[64, 80]), {}, fails=True),
    S(ONE, inputs(anchors=10), {}, fails=True),
    S(ONE, [uniform((1, 24, 4, 5)), (1, 24, 4, 5), array([INFO])], {}, fails=True),
    S(
        ONE,
        [normal((1, 24, 4, 5), "float64"), normal((1, 48, 4, 5), "float64"), array([INFO])],
        {},
        fails=True,
    ),
    S(MANY, [*inputs(2)[:2], array([INFO])], {}, fails=True),
]
