"""Reading, resizing and framing images."""

from pathlib import Path

from ops.samples.spec import S, array, ints, uniform

PICTURES = Path(__file__).resolve().parents[2] / "data" / "pictures"
NAMES = ("color.jpg", "turned.jpg", "gray.jpg", "alpha.png", "deep.png", "color.bmp")


def content(name, dtype="uint8"):
    return array(list((PICTURES / name).read_bytes()), dtype)


BROKEN = [array([1, 2, 3], "uint8"), content("color.jpg", "float32")]
SAMPLES = []
for name in NAMES:
    SAMPLES += [S("_cvimdecode", [content(name)], {"flag": flag}, abstract=False) for flag in (0, 1)]
SAMPLES += [S("_cvimdecode", [content("color.jpg")], {"to_rgb": False}, abstract=False)]
SAMPLES += [S("_cvimdecode", [x], grad=False, fails=True) for x in BROKEN]
# Relative to the repository, where tests run.
SAMPLES += [
    S("_cvimread", [], {"filename": "tests/data/pictures/color.jpg"}, abstract=False),
    S("_cvimread", [], {"filename": "tests/data/pictures/none.jpg"}, grad=False, fails=True),
    S("_cvimdecode", [content("color.jpg")], {"flag": -1}, grad=False, fails=True),
]

PHOTO = ints((7, 9, 3), 0, 256, "uint8")
SIZES = ((5, 4), (12, 13), (18, 14), (1, 1))
for interp in range(5):
    for w, h in SIZES:
        SAMPLES.append(S("_cvimresize", [PHOTO], {"w": w, "h": h, "interp": interp}))
        if interp < 4:
            inputs = [uniform((7, 9, 3), 0, 255)]
            SAMPLES.append(S("_image_resize", inputs, {"size": (w, h), "interp": interp}, grad=False))
for kind in ("uint8", "float32", "float64"):
    SAMPLES += [
        S("_image_resize", [ints((2, 5, 6, 2), 0, 256, kind)], {"size": (4, 3)}, grad=False),
        S("_image_resize", [ints((6, 5, 1), 0, 256, kind)], {"size": 4}, grad=False),
        S("_image_resize", [ints((6, 5, 5), 0, 256, kind)], {"size": 4}, grad=False),
        S("_cvimresize", [ints((6, 5, 1), 0, 256, kind)], {"w": 4, "h": 3}, grad=False),
    ]
SAMPLES += [
    S("_image_resize", [(*s, 3)], {"size": 4, "keep_ratio": True}, grad=False) for s in ((5, 9), (9, 5))
]
SAMPLES += [
    S("_image_resize", [(5, 5, 3)], {"size": (4, 6), "keep_ratio": True}, grad=False),
    S("_image_resize", [(4, 5, 3)], {"size": (5, 4)}, kink=True),  # the only size with a gradient
    S("_image_resize", [ints((6, 5, 3), 0, 256, "int32")], {"size": 4, "interp": 0}),
    S("_image_resize", [(5, 5, 3)], grad=False, fails=True),
    S("_image_resize", [(5, 5, 3)], {"size": 0}, grad=False, fails=True),
    S("_image_resize", [(5, 5, 3)], {"size": (3, -1)}, grad=False, fails=True),
    S("_image_resize", [(5, 5, 3)], {"size": (3, 3, 3)}, grad=False, fails=True),
    S("_image_resize", [(5, 5)], {"size": 3}, grad=False, fails=True),
    S("_image_resize", [ints((5, 5, 3), 0, 9, "float16")], {"size": 3}, grad=False, fails=True),
    S("_image_resize", [ints((5, 5, 3), 0, 9, "int32")], {"size": 3}, grad=False, fails=True),
    S("_image_resize", [(5, 5, 3)], {"size": 3, "interp": 9}, grad=False, fails=True),
    S("_image_resize", [(5, 5, 5)], {"size": 4, "interp": 3}, grad=False, fails=True),
    S("_cvimresize", [(5, 5, 3)], {"w": 0, "h": 2}, grad=False, fails=True),
    S("_cvimresize", [(5, 5)], {"w": 2, "h": 2}, grad=False, fails=True),
    S("_cvimresize", [(5, 5, 3)], {"w": 2, "h": 2, "interp": 7}, grad=False, fails=True),
]

FRAME = {"top": 1, "bot": 2, "left": 3, "right": 0}
SAMPLES += [S("_cvcopyMakeBorder", [PHOTO], dict(FRAME, type=kind, value=7)) for kind in range(5)]
SAMPLES += [
    S("_cvcopyMakeBorder", [ints((2, 3, 3), 0, 9, kind)], dict(FRAME, value=7.75), grad=False)
    for kind in ("uint8", "int32", "float32", "float64")
]
SAMPLES += [
    S("_cvcopyMakeBorder", [PHOTO], dict(FRAME, values=(1, 2, 3, 4))),
    S("_cvcopyMakeBorder", [PHOTO], dict(FRAME, values=(9,))),
    S("_cvcopyMakeBorder", [PHOTO], dict(FRAME, value=300.7)),
    S("_cvcopyMakeBorder", [ints((2, 3, 1), 0, 9, "uint8")], dict(FRAME, type=1)),
    S("_cvcopyMakeBorder", [PHOTO], {"top": 0, "bot": 0, "left": 0, "right": 0}),
    S("_cvcopyMakeBorder", [PHOTO], dict(FRAME, type=5), grad=False, fails=True),
    S("_cvcopyMakeBorder", [PHOTO], dict(FRAME, top=-1), grad=False, fails=True),
    S("_cvcopyMakeBorder", [(2, 3)], FRAME, grad=False, fails=True),
    S("_cvcopyMakeBorder", [ints((2, 3, 3), 0, 9, "float16")], FRAME, grad=False, fails=True),
]
