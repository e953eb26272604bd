"""Writes tests/data/records: files of records by MXNet 1.9.1, in the order of tests/record_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_records.py             # writes them
    python tests/oracle/record_records.py FOLDER      # reads those that regluon wrote into FOLDER
"""

import sys
from pathlib import Path

from mxnet import recordio

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from record_cases import HEADERS, RECORDS  # noqa: E402


def paths(folder):
    return str(folder / "some.idx"), str(folder / "some.rec")


def every_record():
    return RECORDS + [recordio.pack(recordio.IRHeader(*header), s) for header, s in HEADERS]


def write(folder):
    folder.mkdir(exist_ok=True)
    file = recordio.MXIndexedRecordIO(*paths(folder), "w")
    for number, record in enumerate(every_record()):
        file.write_idx(3 * number, record)
    file.close()


def check(folder):
    file = recordio.MXIndexedRecordIO(*paths(folder), "r")
    for number, record in reversed(list(enumerate(every_record()))):
        assert file.read_idx(3 * number) == record, number
    print("MXNet reads all of them")


check(Path(sys.argv[1])) if len(sys.argv) > 1 else write(TESTS / "data" / "records")
