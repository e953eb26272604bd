"""ImageRecordIter and its kin against MXNet 1.9.1 (tests/oracle/record_image_records.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from image_record_cases import DETECTION, IMAGES, MANY, opened, watched, write_files
from regluon import io, recordio
from regluon.base import MXNetError

pytest.importorskip("cv2")

RECORDED = np.load(Path(__file__).parents[2] / "data" / "image_records.npz")
CASES = [("images", i) for i in range(len(IMAGES))] + [("detection", i) for i in range(len(DETECTION))]
# MXNet tells the pad of the round before again in one batch.
STALE = {
    ("images", i) for i, one in enumerate(IMAGES) if one == dict(MANY, shuffle=True, path_imgidx="many.idx")
}
# Not equal, as io/images/augment.py and reference/deviations.ini tell: what MXNet leaves uninitialized.
UNFILLED = {("images", i) for i, one in enumerate(IMAGES) if one == {"round_batch": False}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("records"))
    write_files(recordio, path)
    return path


@pytest.mark.parametrize(("name", "number"), CASES)
def test_batches_are_mxnets(name: str, number: int, folder: str) -> None:
    arguments: dict[str, Any] = dict((IMAGES if name == "images" else DETECTION)[number])
    key = f"{name}.{number}"
    if key in RECORDED:  # MXNet raised an error, or ended the process
        with pytest.raises(MXNetError):
            watched(opened(io, arguments, name == "detection", folder), arguments)
        return
    batches = watched(opened(io, arguments, name == "detection", folder), arguments)
    assert str(batches[0][0].dtype) == str(RECORDED[f"{key}.type"])
    data, label = (np.concatenate([batch[i] for batch in batches]) for i in (0, 1))
    index = np.array([batch[2] for batch in batches])
    filled = np.ones(len(data), bool)
    if (name, number) in UNFILLED:
        filled = np.concatenate([np.arange(2) < 2 - batch[2][0] for batch in batches])
        index[:, 0] = 0
    expected = RECORDED[f"{key}.data"].astype(np.float64)[filled]
    scale = max(1, np.abs(expected).max())
    np.testing.assert_allclose(data[filled].astype(np.float64), expected, rtol=0, atol=1e-5 * scale)
    np.testing.assert_allclose(label[filled], RECORDED[f"{key}.label"][filled], rtol=0, atol=1e-5)
    told = slice(7) if (name, number) in STALE else slice(None)
    np.testing.assert_array_equal(index[told], RECORDED[f"{key}.index"][told])
