"""Iterators over images for tests/oracle/record_image_iters.py and tests/image.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import random
import struct
import zlib

import numpy as np

RANDOM = np.random.RandomState(21)
PICTURES = [RANDOM.randint(0, 256, (9 + i, 13 - i, 3)).astype("uint8") for i in range(5)]
# Of boxes: n, k, then k numbers each: class, left, top, right, bottom, and one more.
BOXES = [
    [2, 6, 1, 0.1, 0.2, 0.6, 0.7, 9],
    [3, 6, 0.5, 0, 0.3, 0.1, 0.9, 0.95, 8, 2, 0.5, 0.5, 0.4, 0.6, 7, 2, 0, 0, 1, 1, 6],
    [2, 6, 3, 0.2, 0.2, 0.8, 0.8, 5, 1, 0.1, 0.6, 0.5, 0.9, 4],
    [2, 6, 0, 0.25, 0.25, 0.75, 0.75, 3],
    [2, 6, 0, 0.05, 0.1, 0.5, 0.5, 2, 1, 0.5, 0.5, 1, 1, 1],
]


def png(picture):
    """A picture as a PNG file, without a library."""
    height, width, _ = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    pieces = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    parts = [struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in pieces]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def write(mx, folder):
    """The pictures as files, in a list and in records, with plain labels and with boxes."""
    for i, picture in enumerate(PICTURES):
        with open(f"{folder}/{i}.png", "wb") as file:
            file.write(png(picture))
    with open(folder + "/list.lst", "w") as file:
        for i in range(5):
            file.write(f"{10 + i}\t{i}\t{i * 0.5}\t{i}.png\n")
    header = mx.recordio.IRHeader
    for name, labels in (("plain", range(5)), ("boxes", BOXES)):
        path = folder + "/" + name
        record = mx.recordio.MXIndexedRecordIO(path + ".idx", path + ".rec", "w")
        for i, label in enumerate(labels):
            label = float(label) if name == "plain" else np.array(label, "float32")
            record.write_idx(10 + i, mx.recordio.pack(header(0, label, i, 0), png(PICTURES[i])))
        record.close()


PLAIN = {"path_imgrec": "plain.rec", "data_shape": (3, 6, 5), "batch_size": 2}
INDEXED = dict(PLAIN, path_imgidx="plain.idx")
LISTED = {"path_imglist": "list.lst", "path_root": ".", "data_shape": (3, 6, 5), "batch_size": 3}
GIVEN = [[float(i), f"{i}.png"] for i in range(5)]
BOXED = {"path_imgrec": "boxes.rec", "path_imgidx": "boxes.idx", "data_shape": (3, 8, 7), "batch_size": 2}
DISTORTED = {"rand_crop": True, "rand_resize": True, "rand_mirror": True, "mean": True, "std": True}

# (class, arguments); names of files and folders stand for their paths.
CASES = [
    ("ImageIter", PLAIN),
    ("ImageIter", dict(PLAIN, last_batch_handle="discard")),
    ("ImageIter", dict(PLAIN, last_batch_handle="roll_over")),
    ("ImageIter", dict(INDEXED, shuffle=True)),
    ("ImageIter", dict(INDEXED, last_batch_handle="roll_over", batch_size=3)),
    ("ImageIter", dict(INDEXED, last_batch_handle="discard", batch_size=5)),
    ("ImageIter", dict(INDEXED, num_parts=2, part_index=1, batch_size=1)),
    ("ImageIter", dict(INDEXED, path_imglist="list.lst", label_width=2)),
    ("ImageIter", dict(LISTED, label_width=2, shuffle=True)),
    ("ImageIter", dict(LISTED, label_width=2, dtype="float64", last_batch_handle="roll_over", shuffle=True)),
    ("ImageIter", {"imglist": GIVEN, "path_root": ".", "data_shape": (3, 6, 5), "batch_size": 4}),
    ("ImageIter", dict(PLAIN, data_name="x", label_name="y", **DISTORTED)),
    ("ImageIter", dict(PLAIN, resize=9, brightness=0.1, contrast=0.2, saturation=0.3, inter_method=1)),
    ("ImageDetIter", BOXED),
    ("ImageDetIter", dict(BOXED, batch_size=3, last_batch_handle="roll_over")),
    ("ImageDetIter", dict(BOXED, batch_size=2, last_batch_handle="discard", shuffle=True)),
    ("ImageDetIter", dict(BOXED, rand_mirror=True, mean=True, std=True)),
    ("ImageDetIter", dict(BOXED, rand_crop=1, min_object_covered=0.1, area_range=(0.2, 0.9))),
    ("ImageDetIter", dict(BOXED, rand_crop=0.8, min_object_covered=[0.1, 0.5, 0.9], area_range=(0.3, 3.0))),
    ("ImageDetIter", dict(BOXED, rand_pad=1, area_range=(0.3, 4.0), pad_val=(9, 99, 199))),
    ("ImageDetIter", dict(BOXED, rand_pad=0.5, rand_crop=0.5, rand_mirror=True, resize=12)),
    ("ImageDetIter", dict(BOXED, brightness=0.1, hue=0.1, pca_noise=0.1, rand_gray=0.3, inter_method=1)),
    # Wrong calls: the error stands in place of batches.
    ("ImageIter", {"data_shape": (3, 6, 5), "batch_size": 2}),
    ("ImageIter", dict(PLAIN, shuffle=True)),
    ("ImageIter", dict(PLAIN, data_shape=(6, 5))),
    ("ImageIter", dict(PLAIN, data_shape=(1, 6, 5))),
    ("ImageIter", dict(LISTED, dtype="uint8")),
    ("ImageIter", dict(INDEXED, num_parts=2, part_index=2)),
    ("ImageDetIter", dict(BOXED, mean=[1, 2, 3])),
]
PATHS = ("path_imgrec", "path_imgidx", "path_imglist", "path_root")


def batches(mx, number, folder, rounds=2):
    """All batches of some rounds, after seeding; data, labels, padding, and what is said of them."""
    kind, arguments = CASES[number]
    arguments = {k: folder + "/" + v if k in PATHS else v for k, v in arguments.items()}
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002
    iterator = getattr(mx.image, kind)(**arguments)
    found = []
    for _ in range(rounds):
        found += [(b.data[0].asnumpy(), b.label[0].asnumpy(), b.pad) for b in iterator]
        found.append(None)
        iterator.reset()
    return found, repr([iterator.provide_data, iterator.provide_label])


AUGMENTERS = [
    ("CreateDetAugmenter", {"data_shape": (3, 4, 5), "rand_crop": 0.5, "rand_mirror": True, "resize": 3}),
    ("CreateDetAugmenter", {"data_shape": (3, 4, 5), "rand_pad": 0.5, "mean": True, "rand_gray": 0.1}),
    ("CreateMultiRandCropAugmenter", {"min_object_covered": [0.1, 0.3], "skip_prob": 0.2}),
    ("DetRandomCropAug", {"aspect_ratio_range": 1, "area_range": 0.5}),
    ("DetRandomPadAug", {"aspect_ratio_range": 1}),
]


def dumps(mx):
    """What augmenters say of themselves."""
    found = []
    for name, arguments in AUGMENTERS:
        made = getattr(mx.image, name)(**arguments)
        found.append([one.dumps() for one in (made if isinstance(made, list) else [made])])
    return found
