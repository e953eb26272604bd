"""Iterators and their files for tests/oracle/record_io.py and tests/io.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import struct

import numpy as np

RANDOM = np.random.RandomState(8)
IMAGES = RANDOM.randint(0, 256, (7, 3, 4)).astype("uint8")
LABELS = np.arange(7, dtype="uint8")
FILES = {
    "a.csv": b"1,2,3\n2,3,4\n3,4,5\n4,5,6\n",
    "label.csv": b"1\n2\n3\n4\n",
    "labels.csv": b"1,5\n2,6\n3,7\n4,8\n",
    "odd.csv": b"1, 2 ,3\r\n\n2,3,4.5\n-3e2,4x,foo",
    "short.csv": b"1,2\n2,3,4\n",
    "data.svm": b"1.0 0:0.5 2:1.2\n-2.0\n-3.0 0:0.6 1:2.4 2:1.2\n4 2:-1.2\n",
    "label.svm": b"1.0\n-2.0 0:0.125\n-3.0 2:1.2\n4 1:1.0 2:-1.2\n",
    "equal.svm": b"".join(b"%d %d:%d\n" % (i, i % 3, i) for i in range(1, 9)),
    "images": struct.pack(">IIII", 2051, 7, 3, 4) + IMAGES.tobytes(),
    "labels": struct.pack(">II", 2049, 7) + LABELS.tobytes(),
}
CSV = {"data_csv": "a.csv", "data_shape": (3,)}
SVM = {"data_libsvm": "data.svm", "data_shape": (3,)}
MNIST = {"image": "images", "label": "labels", "silent": True}

# Iterators over files: (function, arguments); arguments that are names of files stand for their paths.
READERS = [
    ("CSVIter", dict(CSV, batch_size=2)),
    ("CSVIter", dict(CSV, batch_size=3)),
    ("CSVIter", dict(CSV, batch_size=3, round_batch=False)),
    ("CSVIter", dict(CSV, batch_size=3, label_csv="label.csv", data_shape=(3, 1))),
    ("CSVIter", dict(CSV, batch_size=4, label_csv="labels.csv", label_shape=(2,), round_batch=False)),
    ("CSVIter", dict(CSV, batch_size=3, label_csv="label.csv", dtype="int32")),
    ("CSVIter", dict(CSV, batch_size=2, dtype="int64", data_name="x", label_name="y")),
    ("CSVIter", dict(CSV, batch_size=2, prefetch_buffer=1)),
    ("CSVIter", {"data_csv": "odd.csv", "data_shape": (3,), "batch_size": 3}),
    ("LibSVMIter", dict(SVM, batch_size=3)),
    ("LibSVMIter", dict(SVM, batch_size=2)),
    ("LibSVMIter", dict(SVM, batch_size=3, label_libsvm="label.svm", label_shape=(3,))),
    ("LibSVMIter", dict(SVM, batch_size=1, num_parts=2, part_index=0)),
    ("LibSVMIter", dict(SVM, batch_size=1, data_libsvm="equal.svm", num_parts=2, part_index=0)),
    ("LibSVMIter", dict(SVM, batch_size=1, data_libsvm="equal.svm", num_parts=2, part_index=1)),
    ("LibSVMIter", dict(SVM, batch_size=1, data_libsvm="equal.svm", num_parts=3, part_index=1)),
    ("MNISTIter", dict(MNIST, batch_size=3, shuffle=False)),
    ("MNISTIter", dict(MNIST, batch_size=2, flat=True)),
    ("MNISTIter", dict(MNIST, batch_size=7, seed=42)),
    ("MNISTIter", dict(MNIST, batch_size=2, shuffle=False, num_parts=2, part_index=1)),
    # Wrong calls: the error stands in place of batches.
    ("CSVIter", dict(CSV, batch_size=9)),
    ("CSVIter", dict(CSV, batch_size=2, dtype="float64")),
    ("CSVIter", CSV),
    ("CSVIter", {"data_csv": "short.csv", "data_shape": (3,), "batch_size": 2}),
    ("CSVIter", {"data_csv": "absent.csv", "data_shape": (3,), "batch_size": 2}),
    ("LibSVMIter", dict(SVM, batch_size=3, round_batch=False)),
    ("LibSVMIter", dict(SVM, batch_size=9)),
    ("LibSVMIter", dict(SVM, batch_size=2, data_shape=(3, 1))),
    ("MNISTIter", dict(MNIST, batch_size=2, dtype="uint8")),
    ("MNISTIter", dict(MNIST, batch_size=2, image="labels")),
    ("MNISTIter", dict(MNIST, batch_size=2, image="absent")),
]

ARRAY = np.arange(40).reshape(10, 2, 2)
LABEL = np.arange(10).reshape(10, 1).astype("float64")
# Iterators over arrays: (data, label, arguments)
ARRAYS = [
    (ARRAY, LABEL, {"batch_size": 3}),
    (ARRAY, None, {"batch_size": 5, "data_name": "x"}),
    (ARRAY, LABEL, {"batch_size": 3, "last_batch_handle": "discard"}),
    (ARRAY, LABEL, {"batch_size": 3, "last_batch_handle": "roll_over"}),
    (ARRAY, None, {"batch_size": 4, "last_batch_handle": "roll_over"}),
    (ARRAY, LABEL, {"batch_size": 3, "shuffle": True}),
    (ARRAY, LABEL, {"batch_size": 4, "shuffle": True, "last_batch_handle": "roll_over"}),
    (ARRAY, LABEL, {"batch_size": 4, "shuffle": True, "last_batch_handle": "discard"}),
    (ARRAY[:3], LABEL[:3], {"batch_size": 8}),
    (ARRAY[:3], LABEL[:3], {"batch_size": 9, "shuffle": True}),
    ([ARRAY, -ARRAY], [LABEL, 2 * LABEL], {"batch_size": 4}),
    ({"b": ARRAY, "a": ARRAY[:, :1]}, {"y": LABEL}, {"batch_size": 4, "label_name": "unused"}),
    (ARRAY[:, 0].astype("float16"), LABEL.astype("int32"), {"batch_size": 7, "layout": "NC"}),
    (ARRAY.transpose(1, 0, 2), None, {"batch_size": 2, "layout": "TNC"}),
    ("csr", LABEL, {"batch_size": 3, "last_batch_handle": "discard"}),
    ("csr", LABEL, {"batch_size": 3, "last_batch_handle": "discard", "shuffle": True}),
    ("csr", LABEL, {"batch_size": 3}),
    ("text", LABEL, {"batch_size": 3}),
    ([], LABEL, {"batch_size": 3}),
    (None, LABEL, {"batch_size": 3}),
]


def plain(array):
    values = array.asnumpy()
    return [array.stype, str(np.dtype(array.dtype)), list(array.shape), values.reshape(-1).tolist()]


def batch_of(batch):
    index = None if batch.index is None else [int(i) for i in batch.index]
    labels = [plain(a) for a in batch.label or ()]
    return {"data": [plain(a) for a in batch.data], "label": labels, "pad": batch.pad, "index": index}


def described(iterator):
    return [repr(d) for d in list(iterator.provide_data) + list(iterator.provide_label)]


def watched(iterator, rounds=3):
    """All batches of some rounds."""
    found = [described(iterator), iterator.batch_size]
    for _ in range(rounds):
        found.append([batch_of(batch) for batch in iterator])
        iterator.reset()
    return found


def reader(io, number, folder):
    kind, arguments = READERS[number]
    places = {
        k: folder + "/" + v if v in FILES or v == "absent.csv" else v
        for k, v in arguments.items()
        if isinstance(v, str)
    }
    return getattr(io, kind)(**dict(arguments, **places))


def array_iterator(io, nd, number):
    data, label, arguments = ARRAYS[number]
    if isinstance(data, str) and data == "csr":
        data = nd.array(ARRAY.reshape(10, 4) % 3).tostype("csr")
    np.random.seed(3)  # noqa: NPY002
    return io.NDArrayIter(data, label, **arguments)


def wrapped(io):
    """What iterators over other iterators yield."""

    def inner(**names):
        return io.NDArrayIter(ARRAY[:, 0], LABEL, batch_size=4, **names)

    renamed = io.PrefetchingIter(
        [inner(), inner(data_name="other")],
        rename_data=[{"data": "first"}, {"other": "second"}],
        rename_label=[{"softmax_label": "y1"}, {"softmax_label": "y2"}],
    )
    return [
        watched(io.ResizeIter(inner(), 2)),
        watched(io.ResizeIter(inner(), 5)),
        watched(io.ResizeIter(inner(), 2, reset_internal=False)),
        watched(io.PrefetchingIter(inner())),
        watched(renamed),
    ]
