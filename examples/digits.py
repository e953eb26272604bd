"""A multilayer perceptron or LeNet learns to read digits.

python digits.py --net lenet
python digits.py --net mlp --data ~/.mxnet/datasets/mnist

Without --data the digits are drawn by NumPy: seven segments, shifted a little, of any brightness, with noise.
"""

import argparse
import sys
import time

import numpy as np
from mxnet.gluon import nn
from mxnet.gluon.data.vision import MNIST, transforms

import mxnet as mx
from mxnet import autograd, gluon

# A segment is the rows and columns of a 16×10 field that it fills; a digit is the segments that light up.
SEGMENTS = {
    "a": (slice(0, 2), slice(0, 10)),
    "b": (slice(0, 8), slice(8, 10)),
    "c": (slice(8, 16), slice(8, 10)),
    "d": (slice(14, 16), slice(0, 10)),
    "e": (slice(8, 16), slice(0, 2)),
    "f": (slice(0, 8), slice(0, 2)),
    "g": (slice(7, 9), slice(0, 10)),
}
DIGITS = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]


def draw_digits(count, rng):
    """Images (count, 28, 28, 1) of type uint8, and their digits."""
    labels = rng.integers(0, 10, count).astype("int32")
    images = rng.uniform(0, 80, (count, 28, 28, 1))
    for number, image in enumerate(images):
        top, left = rng.integers(4, 9), rng.integers(7, 12)
        field = image[top : top + 16, left : left + 10]
        for segment in DIGITS[labels[number]]:
            field[SEGMENTS[segment]] += rng.uniform(80, 170)
    return gluon.data.ArrayDataset(mx.nd.array(images.clip(0, 255), dtype="uint8"), labels)


def mlp():
    net = nn.HybridSequential()
    net.add(
        nn.Dense(256, activation="tanh", in_units=28 * 28),
        nn.Dense(64, activation="tanh", in_units=256),
        nn.Dropout(0.2),
        nn.Dense(10, in_units=64),
    )
    return net


def lenet():
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(channels=20, kernel_size=5, activation="tanh"),
        nn.MaxPool2D(pool_size=2, strides=2),
        nn.Conv2D(channels=50, kernel_size=5, activation="tanh"),
        nn.MaxPool2D(pool_size=2, strides=2),
        nn.Dense(500, activation="tanh"),
        nn.Dense(10),
    )
    return net


def show(step, steps, loss, accuracy, samples, began):
    """One line that tells how far it is, on a terminal."""
    if sys.stderr.isatty():
        bar, rate = "#" * (30 * step // steps), samples / (time.time() - began)
        line = f"\r[{bar:30}] {step}/{steps}  loss {loss:.4f}  accuracy {accuracy:.3f}  {rate:.0f} images/s "
        print(line, end="\n" if step == steps else "", file=sys.stderr, flush=True)


def evaluate(net, loader):
    metric = mx.metric.Accuracy()
    for images, labels in loader:
        metric.update(labels, net(images))
    return metric.get()[1]


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--net", choices=["mlp", "lenet"], default="lenet")
    parser.add_argument("--data", help="a folder with MNIST's files")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words)

    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # noqa: NPY002 (it is what the DataLoader shuffles by)
    if options.data:
        train, test = MNIST(options.data, train=True), MNIST(options.data, train=False)
    else:
        rng = np.random.default_rng(options.seed)
        train, test = draw_digits(4096, rng), draw_digits(512, rng)
    train, test = (data.transform_first(transforms.ToTensor()) for data in (train, test))
    loader = gluon.data.DataLoader(train, options.batch_size, shuffle=True, last_batch="discard")
    test_loader = gluon.data.DataLoader(test, 256)

    net = {"mlp": mlp, "lenet": lenet}[options.net]()
    net.initialize(mx.init.Xavier())
    net.hybridize()
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": options.lr, "momentum": 0.9})
    metric = mx.metric.Accuracy()
    steps, losses, began = options.steps or options.epochs * len(loader), [], time.time()
    while len(losses) < steps:
        metric.reset()
        for images, labels in loader:
            with autograd.record():
                output = net(images)
                loss = loss_of(output, labels)
            loss.backward()
            trainer.step(len(labels))
            metric.update(labels, output)
            losses.append(loss.mean().asscalar())
            count = len(losses)
            show(count, steps, losses[-1], metric.get()[1], count * options.batch_size, began)
            if count == steps:
                break
    print(
        f"{options.net}: {steps} steps, loss {losses[-1]:.4f}, test accuracy {evaluate(net, test_loader):.3f}"
    )
    return losses


if __name__ == "__main__":
    main()
