"""A round over a folder of photographs: random parts of 224 pixels, mirrored, normalized, in batches of 32.

The same work by regluon's DataLoader and by PyTorch's, whose examples are made with OpenCV and torch as one
writes it without torchvision.
"""

import math
import os
import random

BATCH = 32
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def regluon_loader(folder, workers):
    from regluon.gluon.data import DataLoader  # noqa: PLC0415
    from regluon.gluon.data.vision import ImageFolderDataset, transforms  # noqa: PLC0415

    change = transforms.Compose(
        [
            transforms.RandomResizedCrop(224),
            transforms.RandomFlipLeftRight(),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
        ]
    )
    dataset = ImageFolderDataset(folder).transform_first(change)
    threads = workers.startswith("threads")
    count = int(workers.removeprefix("threads"))
    return DataLoader(dataset, BATCH, shuffle=True, num_workers=count, thread_pool=threads)


def torch_loader(folder, workers):
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from torch.utils.data import DataLoader, Dataset  # noqa: PLC0415

    mean, std = (torch.tensor(numbers).view(3, 1, 1) for numbers in (MEAN, STD))

    class Photographs(Dataset):
        def __init__(self):
            names = sorted(os.listdir(folder))
            self.items = [
                (os.path.join(folder, name, file), label)
                for label, name in enumerate(names)
                for file in sorted(os.listdir(os.path.join(folder, name)))
            ]

        def __len__(self):
            return len(self.items)

        def __getitem__(self, index):
            path, label = self.items[index]
            image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
            image = cv2.resize(part(image), (224, 224))
            if random.random() < 0.5:
                image = np.ascontiguousarray(image[:, ::-1])
            image = torch.from_numpy(image).permute(2, 0, 1).contiguous().to(torch.float32).div_(255)
            return image.sub_(mean).div_(std), label

    return DataLoader(
        Photographs(), BATCH, shuffle=True, num_workers=int(workers), persistent_workers=workers != "0"
    )


def part(image):
    """A part of random area and ratio."""
    height, width = image.shape[:2]
    for _ in range(10):
        area = height * width * random.uniform(0.08, 1.0)
        ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            y, x = random.randint(0, height - h), random.randint(0, width - w)
            return image[y : y + h, x : x + w]
    return image


def make(library, folder, workers):
    loader = {"regluon": regluon_loader, "torch": torch_loader}[library](folder, workers)

    def run():
        for _ in loader:
            pass

    return run
