"""Small data sets of images for tests/oracle/record_vision.py and tests/gluon/data/vision/test_datasets.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import gzip
import os
import struct

import numpy as np

from image_iter_cases import PICTURES, png, write

RANDOM = np.random.RandomState(4)
DIGITS = RANDOM.randint(0, 256, (5, 28, 28)).astype("uint8")
LABELS = np.array([3, 1, 4, 1, 5], "uint8")
PHOTOS = RANDOM.randint(0, 256, (6, 3, 32, 32)).astype("uint8")


def idx(values):
    """An array as a packed file of MNIST's format."""
    head = struct.pack(f">{values.ndim + 1}I", 0x800 + values.ndim, *values.shape)
    return gzip.compress(head + values.tobytes())


def photos_file(labels, photos=PHOTOS):
    """Photos and their labels as a file of CIFAR's format."""
    rows = [labels.reshape(len(photos), -1), photos.reshape(len(photos), -1)]
    return np.concatenate(rows, 1).astype("uint8").tobytes()


FILES = {
    "train-images-idx3-ubyte.gz": idx(DIGITS),
    "train-labels-idx1-ubyte.gz": idx(LABELS),
    "t10k-images-idx3-ubyte.gz": idx(DIGITS[3:]),
    "t10k-labels-idx1-ubyte.gz": idx(LABELS[3:]),
    "test_batch.bin": photos_file(np.array([9, 8]), PHOTOS[:2]),
    "train.bin": photos_file(np.stack([np.arange(6), np.arange(50, 56)], 1)),
    "test.bin": photos_file(np.array([[1, 2]]), PHOTOS[:1]),
}
FILES.update({f"data_batch_{i}.bin": photos_file(np.arange(6) + i) for i in range(1, 6)})

# (class, arguments); the folder is that of the files.
CASES = [
    ("MNIST", {}),
    ("MNIST", {"train": False}),
    ("FashionMNIST", {}),
    ("FashionMNIST", {"train": False}),
    ("CIFAR10", {}),
    ("CIFAR10", {"train": False}),
    ("CIFAR100", {}),
    ("CIFAR100", {"fine_label": True}),
    ("CIFAR100", {"fine_label": True, "train": False}),
    ("ImageFolderDataset", {}),
    ("ImageFolderDataset", {"flag": 0}),
    ("ImageRecordDataset", {"filename": "plain.rec"}),
    ("ImageRecordDataset", {"filename": "boxes.rec", "flag": 0}),
]


def write_all(mx, folder):
    """The files of the data sets, in ``folder``/files; a folder of classes; records."""
    for name in ("files", "classes/dog", "classes/cat", "records"):
        os.makedirs(folder + "/" + name)
    for name, content in FILES.items():
        with open(folder + "/files/" + name, "wb") as file:
            file.write(content)
    for i, name in enumerate(("dog/b.PNG", "dog/a.png", "cat/z.png")):
        with open(folder + "/classes/" + name, "wb") as file:
            file.write(png(PICTURES[i]))
    write(mx, folder + "/records")


def made(mx, number, folder, **more):
    kind, arguments = CASES[number]
    arguments = dict(arguments, **more)
    if "filename" in arguments:
        arguments["filename"] = folder + "/records/" + arguments["filename"]
    else:
        arguments["root"] = folder + ("/classes" if kind == "ImageFolderDataset" else "/files")
    return getattr(mx.gluon.data.vision, kind)(**arguments)


def described(mx, number, folder):
    """What a data set holds: how many, and each image and label."""
    data = made(mx, number, folder)
    found = [len(data), getattr(data, "synsets", None)]
    for i in range(len(data)):
        image, label = data[i]
        pixels = image.asnumpy()
        kept = [int(pixels.astype("int64").sum()), pixels.reshape(-1)[:7].tolist()]
        kind = type(label).__name__ if np.ndim(label) == 0 else str(label.dtype)
        found.append([list(image.shape), str(pixels.dtype), *kept, np.array(label).tolist(), kind])
    doubled = made(mx, number, folder, transform=lambda x, y: (x.shape, y * 2))
    return [*found, [list(doubled[0][0]), np.array(doubled[0][1]).tolist()]]
