"""A small single-shot detector (SSD) finds squares, discs and crosses in images.

python detection.py --epochs 10

The images are drawn by NumPy. The net foretells, for each of the anchor boxes on four scales, which class it
holds and how far the object's true box is from it.
"""

import argparse
import sys
import time

import numpy as np
from mxnet.gluon import nn

import mxnet as mx
from mxnet import autograd, gluon, nd

CLASSES = ["square", "disc", "cross"]
SIZE = 48
SIZES = [[0.2, 0.27], [0.35, 0.45], [0.55, 0.65], [0.75, 0.9]]
RATIOS = [1, 2, 0.5]
CLASS_LOSS, BOX_LOSS = gluon.loss.SoftmaxCrossEntropyLoss(), gluon.loss.HuberLoss()
ANCHORS = len(SIZES[0]) + len(RATIOS) - 1


def draw_scenes(count, rng):
    """Images (count, 3, SIZE, SIZE) and labels (count, 2, 5): class (-1: none), left, top, right, bottom."""
    images = rng.uniform(0, 0.4, (count, 3, SIZE, SIZE)).astype("float32")
    labels = np.full((count, 2, 5), -1, "float32")
    for number, image in enumerate(images):
        for half in range(rng.integers(1, 3)):  # the second object goes to the other half of the image
            kind, size = rng.integers(0, 3), rng.integers(10, 23)
            left, top = (
                rng.integers(0, SIZE // 2 - size + 1) + half * SIZE // 2,
                rng.integers(0, SIZE - size + 1),
            )
            y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
            shape = [x >= -1, x**2 + y**2 <= 1, (abs(x) < 0.3) | (abs(y) < 0.3)][kind]
            image[:, top : top + size, left : left + size] += shape * rng.uniform(0.3, 0.6, (3, 1, 1))
            labels[number, half] = [kind, *np.array([left, top, left + size, top + size]) / SIZE]
    return gluon.data.ArrayDataset(images, labels)


def halving(before, channels):
    block = nn.HybridSequential()
    for width in (before, channels):
        convolution = nn.Conv2D(channels, 3, padding=1, use_bias=False, in_channels=width)
        block.add(convolution, nn.BatchNorm(), nn.Swish())
    block.add(nn.AvgPool2D(2))
    return block


class Detector(gluon.HybridBlock):
    """Images → anchors (1, n, 4), class scores (batch, n, classes + 1), offsets (batch, 4n)."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.base = nn.HybridSequential()
            self.base.add(halving(3, 8), halving(8, 16))
            self.scales, self.classes, self.boxes = (nn.HybridSequential() for _ in range(3))
            self.scales.add(halving(16, 32), halving(32, 32), halving(32, 32), nn.GlobalAvgPool2D())
            for _ in SIZES:
                self.classes.add(nn.Conv2D(ANCHORS * (len(CLASSES) + 1), 3, padding=1, in_channels=32))
                self.boxes.add(nn.Conv2D(ANCHORS * 4, 3, padding=1, in_channels=32))

    def hybrid_forward(self, F, x):
        x = self.base(x)
        anchors, scores, offsets = [], [], []
        for i, sizes in enumerate(SIZES):
            x = self.scales[i](x)
            anchors.append(F.contrib.MultiBoxPrior(x, sizes=sizes, ratios=RATIOS))
            scores.append(F.flatten(self.classes[i](x).transpose((0, 2, 3, 1))))
            offsets.append(F.flatten(self.boxes[i](x).transpose((0, 2, 3, 1))))
        scores = F.concat(*scores, dim=1).reshape((0, -1, len(CLASSES) + 1))
        return F.concat(*anchors, dim=1), scores, F.concat(*offsets, dim=1)


def loss_of(scores, offsets, box_targets, box_mask, class_targets):
    """Cross-entropy of the anchors that count, and the error of the offsets where there is an object."""
    counts = (class_targets >= 0).expand_dims(-1)  # -1: an easy example of background, left out
    class_loss = CLASS_LOSS(scores, class_targets, counts)
    return 8 * class_loss + BOX_LOSS(offsets * box_mask, box_targets * box_mask)


def found(net, images, threshold=0.3):
    """The share of objects in ``images`` that are foretold with the right class, overlapping by half."""
    hits = count = 0
    for image, objects in images:
        anchors, scores, offsets = net(nd.array(image).expand_dims(0))
        probabilities = scores.softmax().transpose((0, 2, 1))
        rows = nd.contrib.MultiBoxDetection(probabilities, offsets, anchors, nms_threshold=0.4)[0].asnumpy()
        rows = rows[(rows[:, 0] >= 0) & (rows[:, 1] > threshold)]
        for kind, *box in objects[objects[:, 0] >= 0]:
            same = rows[rows[:, 0] == kind][:, 2:]
            overlap = (
                nd.contrib.box_iou(nd.array(same), nd.array([box])).asnumpy() if len(same) else np.zeros(1)
            )
            hits, count = hits + (overlap.max() > 0.5), count + 1
    return hits / count


def show(step, steps, loss, samples, began):
    """One line that tells how far it is, on a terminal."""
    if sys.stderr.isatty():
        bar, rate = "#" * (30 * step // steps), samples / (time.time() - began)
        line = f"\r[{bar:30}] {step}/{steps}  loss {loss:.4f}  {rate:.0f} images/s "
        print(line, end="\n" if step == steps else "", file=sys.stderr, flush=True)


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=int, default=800)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words)

    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # noqa: NPY002 (it is what the DataLoader shuffles by)
    rng = np.random.default_rng(options.seed)
    train, test = draw_scenes(options.images, rng), draw_scenes(50, rng)
    loader = gluon.data.DataLoader(train, options.batch_size, shuffle=True, last_batch="discard")
    net = Detector()
    net.initialize(mx.init.Xavier())
    net.hybridize()
    trainer = gluon.Trainer(
        net.collect_params(), "sgd", {"learning_rate": options.lr, "momentum": 0.9, "wd": 5e-4}
    )
    steps, losses, began = options.steps or options.epochs * len(loader), [], time.time()
    while len(losses) < steps:
        for images, labels in loader:
            with autograd.record():
                anchors, scores, offsets = net(images)
                targets = nd.contrib.MultiBoxTarget(
                    anchors,
                    labels,
                    scores.transpose((0, 2, 1)),
                    negative_mining_ratio=3,
                    negative_mining_thresh=0.5,
                )
                loss = loss_of(scores, offsets, *targets)
            loss.backward()
            trainer.step(len(images))
            losses.append(loss.mean().asscalar())
            show(len(losses), steps, losses[-1], len(losses) * len(images), began)
            if len(losses) == steps:
                break
    print(
        f"{steps} steps, loss {losses[-1]:.4f}, {found(net, test):.0%} of the objects in other images found"
    )
    return losses


if __name__ == "__main__":
    main()
