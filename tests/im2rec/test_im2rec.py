"""``regluon im2rec`` against MXNet's tools/im2rec.py (tests/oracle/record_im2rec.py)."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from im2rec_cases import LINES, LISTS, PACKED, make_folder, written
from image_record_cases import png
from regluon import io, recordio
from regluon.cli import main
from regluon.im2rec import Options, pack_list

pytest.importorskip("typer")

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "im2rec.json").read_text())


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *options: str) -> Done:
    """The command line, in this process."""
    words = ["regluon", "im2rec", str(folder / "some"), str(folder / "images"), *options]
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.mark.parametrize("number", range(len(LISTS)))
def test_lists_are_mxnets(number: int, tmp_path: Path) -> None:
    make_folder(str(tmp_path))
    done = run(tmp_path, "--list", *LISTS[number])
    assert done.returncode == 0, done.stderr
    assert written(str(tmp_path), ".lst") == RECORDED["lists"][number]["files"]
    assert done.stdout.splitlines() == RECORDED["lists"][number]["printed"]


@pytest.mark.parametrize("number", range(len(PACKED)))
def test_files_of_records_are_mxnets(number: int, tmp_path: Path) -> None:
    make_folder(str(tmp_path))
    (tmp_path / "some.lst").write_text(LINES)
    done = run(tmp_path, *PACKED[number], "--num-thread", "3")
    assert done.returncode == 0, done.stderr
    assert written(str(tmp_path), ".rec") == RECORDED["packed"][number]["records"]
    assert written(str(tmp_path), ".idx") == RECORDED["packed"][number]["index"]


def test_damaged_images_are_named_left_out_and_counted(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    images = tmp_path / "images"
    images.mkdir()
    for i in range(5):
        (images / f"{i}.png").write_bytes(png(np.full((20, 10, 3), i, np.uint8)))
    (images / "3.png").write_bytes(b"no image")
    assert run(tmp_path, "--list", "--no-shuffle").returncode == 0
    with (tmp_path / "some.lst").open("a") as file:
        file.write("9\t0\tabsent.png\nnine\t0\t1.png\n")
    done = run(tmp_path, "--resize", "6", "--encoding", ".png")
    assert done.returncode == 0, done.stderr
    assert "4 images, 3 left out" in done.stdout
    told = done.stderr.splitlines()
    assert "images/3.png: this is no image" in told[0]
    assert "images/absent.png: No such file" in told[1]
    assert "some.lst, line 7: not a number" in told[2]
    batch = io.ImageRecordIter(
        path_imgrec=str(tmp_path / "some.rec"), data_shape=(3, 12, 6), batch_size=4
    ).next()
    assert batch.data[0].asnumpy()[:, 0, 0, 0].tolist() == [0, 1, 2, 4]
    reader = recordio.MXIndexedRecordIO(str(tmp_path / "some.idx"), str(tmp_path / "some.rec"), "r")
    assert reader.keys == [0, 1, 2, 4]


def test_squares_from_the_middle(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    image = np.zeros((4, 10, 3), np.uint8)
    image[:, 3:7] = 200
    (tmp_path / "wide.png").write_bytes(png(image))
    (tmp_path / "all.lst").write_text("0\t1\t2\twide.png\n")
    options = Options(center_crop=True, encoding=".png", all_labels=True, color=0)
    packed = pack_list(tmp_path / "all.lst", tmp_path, options)
    reader = recordio.MXRecordIO(str(packed.path), "r")
    header, found = recordio.unpack_img(reader.read() or b"", -1)
    assert header.label.tolist() == [1, 2]
    assert found.shape == (4, 4)
    assert (found == 200).all()


def test_what_was_there_stays_if_packing_ends_early(tmp_path: Path) -> None:
    (tmp_path / "all.rec").write_bytes(b"old")
    (tmp_path / "all.lst").write_text("0\t1\tone.jpg\n" * 3)
    (tmp_path / "one.jpg").write_bytes(b"content")

    def stop(error: str | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack_list(tmp_path / "all.lst", tmp_path, Options(as_is=True), stop)
    assert (tmp_path / "all.rec").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.lst", "all.rec", "one.jpg"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ((), "no lists"),
        (("--list", "--train-ratio", "2"), "--train-ratio"),
        (("--list", "--exts", ".bmp"), "no images"),
        (("--encoding", ".gif"), "--encoding is .jpg or .png"),
    ],
)
def test_wrong_calls_say_so(options: tuple[str, ...], text: str, tmp_path: Path) -> None:
    make_folder(str(tmp_path))
    done = run(tmp_path, *options)
    assert done.returncode == 2
    assert text in done.stderr
