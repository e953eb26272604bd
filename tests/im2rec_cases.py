"""Folders of images and command lines for tests/oracle/record_im2rec.py and tests/im2rec.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import hashlib
import os

NAMES = ["b/2.png", "b/1.jpg", "a/x/3.PNG", "a/4.jpeg", "c/5.gif", "top.jpg", "other.png", "a/6.txt"]
NAMES += [f"many/{i:02d}.jpg" for i in range(20)]

LISTS = [
    [],
    ["--recursive"],
    ["--recursive", "--no-shuffle"],
    ["--recursive", "--train-ratio", "0.7"],
    ["--recursive", "--train-ratio", "0.7", "--test-ratio", "0.2", "--chunks", "2"],
    ["--recursive", "--train-ratio", "0.5", "--test-ratio", "0.5"],
]
# As they are: the encoders of two OpenCVs need not agree.
PACKED = [["--pass-through"], ["--pass-through", "--pack-label"]]
LINES = "3\t1.5\t2.5\tb/2.png\n1\t0.25\ttop.jpg\n7\t4\t5\t6\ta/x/3.PNG\n"


def make_folder(folder):
    for name in NAMES:
        path = os.path.join(folder, "images", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(name.encode() * 7)


def written(folder, ending):
    """The texts of the files that end so; of records their hash."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(ending):
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            found[name] = hashlib.sha256(content).hexdigest() if ending == ".rec" else content.decode()
    return found
