"""Ways to read a file of records, from one process or from several. For Python 3.8 with MXNet, too."""

import os
import random

from mxnet import recordio


def plain(path, places, share, of):
    """The bytes of the file, a share of them."""
    size = os.path.getsize(path)
    begin, end = size * share // of, size * (share + 1) // of
    with open(path, "rb", buffering=0) as file:
        file.seek(begin)
        while begin < end:
            begin += len(file.read(min(1 << 20, end - begin)))


def plain_by_place(path, places, share, of):
    """The bytes of the records in random order."""
    with open(path, "rb", buffering=0) as file:
        for begin, size in places[share::of]:
            file.seek(begin)
            file.read(size)


def in_order(path, places, share, of):
    """All records, one after the other."""
    reader = recordio.MXRecordIO(path, "r")
    while reader.read() is not None:
        pass


def by_key(path, places, share, of, reader):
    """Records in random order."""
    order = list(range(len(places)))
    random.Random(1).shuffle(order)
    for key in order[share::of]:
        reader.read_idx(key)


def unpacked(path, places, share, of, reader):
    """Records in random order, and their headers."""
    order = list(range(len(places)))
    random.Random(1).shuffle(order)
    for key in order[share::of]:
        recordio.unpack(reader.read_idx(key))


def make(way, path, processes):
    index = os.path.splitext(path)[0] + ".idx"
    with open(index) as file:
        begins = [int(line.split("\t")[1]) for line in file]
    ends = [*begins[1:], os.path.getsize(path)]
    places = [(begin, end - begin) for begin, end in zip(begins, ends)]  # noqa: B905 (Python 3.8)
    random.Random(1).shuffle(places)
    read, count = globals()[way], int(processes)
    more = ()
    if way in ("by_key", "unpacked"):
        # Opened before the processes begin, as data loaders do.
        more = (recordio.MXIndexedRecordIO(index, path, "r"),)

    def run():
        if count == 1:
            read(path, places, 0, 1, *more)
            return
        children = []
        for share in range(count):
            child = os.fork()
            if not child:
                read(path, places, share, count, *more)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)

    return run
