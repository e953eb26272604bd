"""Anchor boxes: their making, matching with targets, and detections."""

from ops.samples.spec import S, array, normal, uniform

PRIOR, TARGET, DETECTION = "_contrib_MultiBoxPrior", "_contrib_MultiBoxTarget", "_contrib_MultiBoxDetection"

SAMPLES = [
    S(PRIOR, [(1, 2, 3, 2)], attributes, grad=False)
    for attributes in (
        {"sizes": (0.75, 0.5, 0.25), "ratios": (1, 2, 0.5)},
        {"sizes": (0.4, 0.2), "ratios": (2, 1), "clip": True},
        {"sizes": 0.3, "ratios": (3, 0.3)},
        {"steps": (0.3, 0.4), "offsets": (0, 1)},
        {"steps": (0, 0)},
        {"sizes": (0.0, -1.0)},
    )
]
SAMPLES += [
    S(PRIOR, [(1, 2, 3, 2)], kink=True),
    S(PRIOR, [(3, 1, 1, 1)], grad=False),
    S(PRIOR, [(1, 2, 3, 2, 4)], grad=False),
    S(PRIOR, [(2, 3, 4)], fails=True),
    S(PRIOR, [normal((1, 2, 3, 2), "float64")], fails=True),
    S(PRIOR, [(1, 2, 3, 2)], {"sizes": ()}, fails=True),
    S(PRIOR, [(1, 2, 3, 2)], {"ratios": ()}, fails=True),
    S(PRIOR, [(1, 2, 3, 2)], {"steps": (1,)}, fails=True),
    S(PRIOR, [(1, 2, 3, 2)], {"steps": (-1, 0.5)}, fails=True),
    S(PRIOR, [(1, 2, 3, 2)], {"offsets": (0.5, 0.5, 0.5)}, fails=True),
    S(PRIOR, [(1, 2, 3, 2)], {"offsets": (2, 0)}, fails=True),
]

ANCHORS = [
    [0, 0, 0.5, 0.5],
    [0, 0, 0.5, 0.5],
    [0.5, 0.5, 1, 1],
    [0, 0, 1, 1],
    [0.1, 0.1, 0.2, 0.2],
    [0.25, 0, 0.75, 0.5],
    [0.1, 0.6, 0.9, 0.95],
]
NOTHING = [-1] * 5
# An image with two boxes, one with three of which two want the same anchor, one without any.
LABEL = [
    [[0, 0, 0, 0.4, 0.5], [1, 0.1, 0.1, 0.9, 0.9], NOTHING],
    [[2, 0, 0, 0.5, 0.5], [0, 0.05, 0.05, 0.5, 0.45], [1, 0, 0.1, 0.5, 0.5]],
    [NOTHING, NOTHING, NOTHING],
]
WIDE = [[[*row, 7, 8] if row[0] >= 0 else [*row, -1, -1] for row in image] for image in LABEL]


def target(attributes=None, anchors=ANCHORS, label=LABEL, classes=4, scores=None, **options):
    scores = scores or normal((len(label), classes, len(anchors)))
    return S(TARGET, [array([anchors]), array(label), scores], attributes, **dict({"grad": False}, **options))


MINING = {"negative_mining_ratio": 1}
EQUAL = array([[[0, 1, 0, 1, 1, 0, 1]] * 2] * 3)
SAMPLES += [
    target(attributes)
    for attributes in (
        {"overlap_threshold": 0.2, "ignore_label": -3},
        {"overlap_threshold": 0},
        {"overlap_threshold": -1},
        {"variances": (1, 1, 1, 0.5)},
        MINING,
        {"negative_mining_ratio": 0.5, "minimum_negative_samples": 3, "ignore_label": 9},
        {"negative_mining_ratio": 3, "negative_mining_thresh": 1.1},
        {"negative_mining_ratio": 0},
    )
]
SAMPLES += [
    target(kink=True, grad=(2,)),
    target(MINING, scores=EQUAL),
    target(classes=1),
    target(label=WIDE),
    target(label=[[[0, 0.3, 0.3, 0.3, 0.3]]]),
    target(anchors=[[0.3, 0.3, 0.3, 0.3]], label=[[[0, 0, 0, 1, 1]]]),
    target(anchors=ANCHORS[:1]),
    target({"negative_mining_ratio": 3, "negative_mining_thresh": 0.01}, fails=True),
    target({"variances": (1, 1)}, fails=True),
    target(label=[[[-1, 0, 0, 1, 1]]], fails=True),
    target(label=[[[0, 0, 0, 1]]], fails=True),
    S(TARGET, [array([ANCHORS]), array(LABEL), (3, 2, 6)], fails=True),
    S(TARGET, [array(ANCHORS), array(LABEL), (3, 2, 7)], fails=True),
    S(TARGET, [array([ANCHORS] * 2), array(LABEL), (3, 2, 7)], fails=True),
    S(TARGET, [array([ANCHORS]), array(LABEL[0]), (3, 2, 7)], fails=True),
    S(
        TARGET,
        [array([ANCHORS], "float64"), array(LABEL, "float64"), normal((3, 2, 7), "float64")],
        fails=True,
    ),
    S(TARGET, [array([ANCHORS]), array(LABEL, "float64"), (3, 2, 7)], fails=True),
]

# Two images of seven anchors, with equal probabilities.
PROBABLE = [
    [
        [0.1, 0.2, 0.3, 0.4, 0.9, 0.5, 0.2],
        [0.5, 0.5, 0.2, 0.5, 0.05, 0.1, 0.4],
        [0.4, 0.3, 0.5, 0.1, 0.05, 0.4, 0.4],
    ],
    [[0.9] * 7, [0.05] * 7, [0.0, 0.1, 0.05, 0.05, 0.1, 0.2, 0.05]],
]


MOVES = uniform((2, 28), -0.5, 0.5)


def detection(attributes=None, probable=PROBABLE, moves=MOVES, **options):
    inputs = [array(probable), moves, array([ANCHORS])]
    return S(DETECTION, inputs, attributes, **dict({"grad": False}, **options))


SAMPLES += [
    detection(attributes)
    for attributes in (
        {"clip": False, "variances": (1, 1, 1, 0.5)},
        {"threshold": 0.3},
        {"threshold": 2},
        {"threshold": 0.4, "nms_threshold": 0},
        {"nms_threshold": 0.3, "force_suppress": True},
        {"nms_threshold": 0.1},
        {"nms_threshold": 1},
        {"nms_threshold": 1.5},
        {"nms_topk": 3, "threshold": 0.1},
        {"nms_topk": 0},
        {"nms_topk": 99, "background_id": 1},
    )
]
SAMPLES += [
    detection(kink=True, grad=True),
    detection({"nms_threshold": 0.25}, moves=array([[0] * 28] * 2)),
    detection(probable=[image[:1] for image in PROBABLE]),
    detection({"variances": (1, 1)}, fails=True),
    detection(probable=PROBABLE[0], fails=True),
    detection(moves=uniform((2, 24), -1, 1), fails=True),
    detection(moves=uniform((2, 7, 4), -1, 1), fails=True),
    S(DETECTION, [(2, 3, 7), (2, 28), (1, 6, 4)], fails=True),
    S(DETECTION, [(2, 3, 7), (2, 28), (2, 7, 4)], fails=True),
    S(DETECTION, [(2, 3, 7), (2, 28), (7, 4)], fails=True),
    S(DETECTION, [normal((2, 3, 7), "float64"), (2, 28), (1, 7, 4)], fails=True),
]
