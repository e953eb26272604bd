"""Files of records of images for tests/oracle/record_image_records.py and tests/io/images.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs, without an image library.
"""

import struct
import zlib

import numpy as np


def png(image):
    """An image, (height, width) or (height, width, 3 or 4) of red, green and blue, as a PNG file."""
    kind = {2: 0, 3: 2, 4: 6}[image.ndim if image.ndim == 2 else image.shape[2] if image.shape[2] == 4 else 3]
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    head = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, kind, 0, 0, 0)
    found = b"\x89PNG\r\n\x1a\n"
    for name, content in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        crc = zlib.crc32(name + content)
        found += struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)
    return found


def smooth(random, height, width, channels):
    """A picture whose colours go over into each other."""
    corners = random.randint(0, 256, (5, 5, channels))
    y, x = np.linspace(0, 3.99, height), np.linspace(0, 3.99, width)
    top, left = y.astype(int), x.astype(int)
    down, right = (y - top)[:, None, None], (x - left)[None, :, None]
    rows = [
        corners[np.ix_(top + i, left)] * (1 - right) + corners[np.ix_(top + i, left + 1)] * right
        for i in (0, 1)
    ]
    return (rows[0] * (1 - down) + rows[1] * down).astype("uint8")


def _write(recordio, path, records):
    file = recordio.MXIndexedRecordIO(path + ".idx", path + ".rec", "w")
    for number, record in enumerate(records):
        file.write_idx(number, record)
    file.close()


def boxes(random, number):
    found = [2, 5]
    for kind in range(1 + number % 3):
        x, y = random.uniform(0, 0.5, 2)
        found += [kind, x, y, x + random.uniform(0.2, 0.5), y + random.uniform(0.2, 0.5)]
    return np.array(found, "float32")


def write_files(recordio, folder):
    """All files; returns nothing."""
    random = np.random.RandomState(5)
    sizes = [(22, 15), (19, 20), (10, 18), (13, 11), (12, 12)]
    few = [smooth(random, *size, channels=3) for size in sizes]
    _write(
        recordio, folder + "/few", [recordio.pack((0, float(i), i, 0), png(one)) for i, one in enumerate(few)]
    )
    labelled = [recordio.pack((0, [i, i + 0.5], i, 0), png(one)) for i, one in enumerate(few)]
    _write(recordio, folder + "/labelled", labelled)
    with_alpha = [smooth(random, 9, 10, 4) for _ in range(5)]
    clear = [recordio.pack((0, float(i), i, 0), png(one)) for i, one in enumerate(with_alpha)]
    _write(recordio, folder + "/clear", clear)
    many = [np.full((3, 4), i, "uint8") for i in range(50)]
    _write(
        recordio,
        folder + "/many",
        [recordio.pack((0, float(i), i, 0), png(one)) for i, one in enumerate(many)],
    )
    objects = [smooth(random, int(random.randint(16, 40)), int(random.randint(16, 40)), 3) for _ in range(8)]
    packed = [recordio.pack((0, boxes(random, i), i, 0), png(one)) for i, one in enumerate(objects)]
    _write(recordio, folder + "/objects", packed)
    with open(folder + "/few.lst", "w") as file:
        file.writelines(f"{i}\t{i * 2}\t{i * 3.5}\tx.png\n" for i in range(5))
    with open(folder + "/short.lst", "w") as file:
        file.writelines(f"{i}\t{i * 2}\tx.png\n" for i in range(3))


WARP = {"max_rotate_angle": 10, "max_shear_ratio": 0.1, "max_aspect_ratio": 0.2, "max_random_scale": 1.5}
AREA = {"random_resized_crop": True, "min_random_area": 0.2, "max_random_area": 0.9, "seed_aug": 1}
MEANS = {"mean_r": 1.5, "mean_g": 20, "mean_b": -7, "std_r": 2, "std_g": 3, "std_b": 7, "scale": 0.3}
COLORS = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "seed_aug": 1}
CROP = {"rand_crop": True, "rand_mirror": True, "seed_aug": 2}
MANY = {"path_imgrec": "many.rec", "data_shape": (1, 3, 4), "batch_size": 8}
V1 = "ImageRecordIter_v1"

# Keyword arguments of ImageRecordIter, or of what "kind" names; others are few.rec, (3, 6, 7), batches of 2.
IMAGES = [
    {},
    {"round_batch": False},
    {"data_shape": (3, 20, 18)},
    {"data_shape": (3, 8, 24)},
    {"resize": 30, "data_shape": (3, 16, 12)},
    *[{"resize": 9, "inter_method": method, "seed_aug": 3} for method in (0, 1, 2, 3, 4, 9, 10)],
    {"resize": 30, "inter_method": 9},
    {"mean_r": 1.5, "mean_g": 20, "mean_b": -7},
    MEANS,
    dict(MEANS, max_random_contrast=0.3, max_random_illumination=10, seed_aug=1),
    {"mirror": True},
    CROP,
    {"rand_crop": True},
    {"rand_mirror": True},
    {"rand_crop": True, "rand_mirror": True, "path_imgidx": "few.idx"},
    {"pad": 4},
    {"pad": 2, "fill_value": 7, "rand_crop": True},
    {"max_crop_size": 8, "min_crop_size": 8},
    {"max_crop_size": 9, "min_crop_size": 5, "rand_crop": True, "seed_aug": 1},
    {"rotate": 30, "fill_value": 3},
    {"rotate": 30, "inter_method": 2},
    {"max_rotate_angle": 30, "seed_aug": 1},
    {"max_shear_ratio": 0.3, "seed_aug": 1},
    {"max_aspect_ratio": 1.5, "min_aspect_ratio": 0.7, "seed_aug": 1},
    {"min_random_scale": 1.1, "max_random_scale": 1.6, "seed_aug": 1},
    {"min_img_size": 20},
    {"max_img_size": 11},
    dict(WARP, **CROP),
    dict(WARP, rand_crop=True),
    {"random_resized_crop": True, "seed_aug": 1},
    dict(AREA, min_aspect_ratio=0.75, max_aspect_ratio=1.333),
    dict(AREA, max_aspect_ratio=0.25, rand_mirror=True),
    dict(AREA, min_random_area=1.5, max_random_area=2, max_aspect_ratio=0.2, rand_mirror=True),
    {"brightness": 0.4, "seed_aug": 1},
    COLORS,
    dict(COLORS, pca_noise=0.1, rand_crop=True, rand_mirror=True, resize=12),
    {"pca_noise": 0.1, "seed_aug": 1},
    {"random_h": 36, "random_s": 50, "random_l": 50, "seed_aug": 1},
    dict(COLORS, random_h=20),
    {"data_shape": (1, 6, 7), "mean_r": 3, "std_r": 2, "scale": 0.5},
    {"data_shape": (1, 6, 7), "rand_crop": True, "rand_mirror": True, "seed_aug": 1},
    {"data_shape": (4, 6, 7), "path_imgrec": "clear.rec"},
    {"data_shape": (4, 6, 7), "path_imgrec": "clear.rec", "mean_a": 2, "std_a": 3, "rand_mirror": True},
    {"data_shape": (3, 6, 7), "path_imgrec": "clear.rec"},
    {"kind": "ImageRecordUInt8Iter", "mean_r": 10, "scale": 0.5, "rand_mirror": True, "rand_crop": True},
    {"kind": "ImageRecordInt8Iter", "mean_r": 100.5, "mean_g": 100.3, "scale": 0.5, "std_r": 3},
    {"dtype": "uint8"},
    dict(MEANS, kind=V1),
    {"kind": V1, "rand_crop": True, "rand_mirror": True, "seed": 3},
    {"kind": V1, "rand_mirror": True, "shuffle": True},
    {"kind": V1, "round_batch": False},
    {"kind": "ImageRecordUInt8Iter_v1", "mirror": True},
    {"path_imglist": "few.lst", "label_width": 2},
    {"path_imglist": "few.lst"},
    {"path_imgrec": "labelled.rec", "label_width": 2},
    {"data_shape": "(3, 6, 7)", "mean_r": "2.5", "shuffle": "True"},
    {"batch_size": 6},
    {"shuffle": True},
    {"shuffle": True, "seed": 4},
    dict(CROP, shuffle=True, path_imgidx="few.idx"),
    MANY,
    dict(MANY, shuffle=True),
    dict(MANY, shuffle=True, path_imgidx="many.idx"),
    *[dict(MANY, num_parts=3, part_index=part) for part in range(3)],
    *[dict(MANY, num_parts=3, part_index=part, path_imgidx="many.idx") for part in range(3)],
    dict(MANY, num_parts=3, part_index=1, path_imgidx="many.idx", shuffle=True),
    # Wrong calls: the error stands in place of batches.
    {"random_resized_crop": True, "rand_crop": True},
    {"max_crop_size": 40, "min_crop_size": 6},
    {"inter_method": 7, "resize": 5},
    {"path_imgrec": "labelled.rec"},
    {"path_imglist": "short.lst"},
    {"data_shape": (4, 6, 7)},
    {"data_shape": (2, 6, 7)},
    {"data_shape": (3, 8)},
    {"data_shape": None},
    {"batch_size": None},
    {"batch_size": 30},
    {"path_imgrec": "absent.rec"},
    {"path_imgidx": "absent.idx"},
    {"dtype": "float16"},
    {"mean_r": "much"},
]

PART = {"rand_crop_prob": 1, "min_crop_scales": 0.3, "max_crop_scales": 0.9}
TWO = {
    "rand_crop_prob": 1,
    "num_crop_sampler": 2,
    "min_crop_scales": (0.3, 0.4),
    "max_crop_scales": (0.9, 1.0),
    "min_crop_aspect_ratios": (0.5, 1),
    "max_crop_aspect_ratios": (2, 1),
    "min_crop_overlaps": (0.1, 0.2),
    "max_crop_overlaps": (1, 1),
    "min_crop_sample_coverages": (0, 0),
    "max_crop_sample_coverages": (1, 1),
    "min_crop_object_coverages": (0, 0),
    "max_crop_object_coverages": (1, 0.9),
    "max_crop_trials": (25, 25),
}
HUES = {"max_random_hue": 20, "random_hue_prob": 0.5, "max_random_contrast": 0.5, "random_contrast_prob": 0.5}
LIGHT = {"max_random_saturation": 20, "random_saturation_prob": 0.5, "max_random_illumination": 20}

# Keyword arguments of ImageDetRecordIter; others are objects.rec, (3, 9, 10), batches of 2.
DETECTION = [
    {},
    {"label_pad_width": 30, "label_pad_value": -3},
    {"round_batch": False},
    {"shuffle": True},
    *[{"resize_mode": mode, "data_shape": (3, 12, 24)} for mode in ("fit", "shrink")],
    {"resize": 14, "inter_method": 10},
    {"mean_r": 10, "std_r": 2, "scale": 0.5},
    {"rand_mirror_prob": 0.5},
    {"rand_pad_prob": 0.7, "max_pad_scale": 2, "fill_value": 9},
    PART,
    dict(PART, rand_crop_prob=0.5, min_crop_aspect_ratios=0.5, max_crop_aspect_ratios=2),
    dict(PART, crop_emit_mode="overlap", emit_overlap_thresh=0.4),
    dict(PART, min_crop_object_coverages=0.5),
    dict(PART, min_crop_sample_coverages=0.1, max_crop_sample_coverages=0.5),
    TWO,
    dict(HUES, **LIGHT, random_illumination_prob=0.5),
    dict(PART, rand_pad_prob=0.5, max_pad_scale=2, rand_mirror_prob=0.5, **HUES),
    {"data_shape": (1, 9, 10), "num_parts": 2, "part_index": 1},
    # Wrong calls
    {"label_pad_width": 5},
    {"label_width": 7},
    {"path_imgrec": "few.rec"},
    dict(PART, min_crop_scales=(0.3, 0.4)),
    {"resize_mode": "grow"},
]


def opened(io, arguments, detection, folder):
    """The iterator of a case."""
    size = (3, 9, 10) if detection else (3, 6, 7)
    name = "objects.rec" if detection else "few.rec"
    given = dict({"path_imgrec": name, "data_shape": size, "batch_size": 2}, **arguments)
    kind = given.pop("kind", "ImageDetRecordIter" if detection else "ImageRecordIter")
    given = {
        key: folder + "/" + value if key.startswith("path_") else value
        for key, value in given.items()
        if value is not None
    }
    return getattr(io, kind)(verbose=False, preprocess_threads=1, **given)


def watched(iterator, arguments):
    """Arrays of all batches: of two rounds, of one if the second one is bound to have the same."""
    found = []
    for _ in range(1 if "seed_aug" in arguments else 2):
        for batch in iterator:
            data, label = batch.data[0].asnumpy(), batch.label[0].asnumpy()
            found.append((data, label, np.array([batch.pad] + [int(i) for i in batch.index])))
        iterator.reset()
    return found
