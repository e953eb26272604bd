"""Text for tests/oracle/record_wikitext.py and tests/gluon/contrib/data. For Python 3.8, too."""

import os

TEXT = "\n = A title = \n\n The first of the lines , and more of it .\n the SECOND line\n\n\n end of the text .\n"  # noqa: E501
OTHER = " more of the words that are new \n"
FILES = {"train": "wiki.train.tokens", "validation": "wiki.valid.tokens", "test": "wiki.test.tokens"}


def write(folder):
    for segment, name in FILES.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(TEXT if segment == "train" else OTHER)


def found(kind, folder):
    """What a data set of each segment holds."""
    out = []
    vocabulary = None
    for segment in FILES:
        dataset = kind(root=folder, segment=segment, seq_len=4, vocab=vocabulary)
        vocabulary = vocabulary or dataset.vocabulary
        examples = [[part.asnumpy().tolist() for part in dataset[i]] for i in range(len(dataset))]
        out.append(
            {
                "examples": examples,
                "dtypes": [str(part.dtype.__name__) for part in dataset[0]],
                "frequencies": sorted(dataset.frequencies.items()),
                "words": list(dataset.vocabulary.idx_to_token),
            }
        )
    return out
