"""Records MXNet 1.9.1's WikiText data sets and IntervalSampler, in tests/data/wikitext.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_wikitext.py
"""

import json
import sys
import tempfile
from pathlib import Path
from unittest import mock

from mxnet.gluon.contrib.data import IntervalSampler, text

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from wikitext_cases import found, write  # noqa: E402


def files(kind):
    """The names and checksums of its files."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(kind, "_get_data"):
        dataset = kind(root=folder)
    return {"archive": dataset._archive_file, "data": dataset._data_file, "namespace": dataset._namespace}


recorded = {"files": {}, "found": {}}
for kind in (text.WikiText2, text.WikiText103):
    recorded["files"][kind.__name__] = files(kind)
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(text, "check_sha1", return_value=True):
        write(folder)
        recorded["found"][kind.__name__] = found(kind, folder)
cases = [(13, 3, True), (13, 3, False), (5, 5, True), (6, 1, False)]
recorded["sampler"] = [[case, list(IntervalSampler(*case)), len(IntervalSampler(*case))] for case in cases]
(TESTS / "data" / "wikitext.json").write_text(json.dumps(recorded) + "\n")
print(json.dumps(recorded)[:1500])
