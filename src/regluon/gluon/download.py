"""Files from the network."""

from __future__ import annotations

import contextlib
import hashlib
import os
import ssl
import urllib.error
import urllib.request
import warnings

from regluon.fileio import atomic_write

__all__ = ["check_sha1", "download", "replace_file"]

_CHUNK_BYTES = 1 << 20


def check_sha1(filename: str, sha1_hash: str) -> bool:
    """Whether the file's SHA-1 is ``sha1_hash``, in hexadecimal digits."""
    sha1 = hashlib.sha1()
    with open(filename, "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha1.update(chunk)
    return sha1.hexdigest() == sha1_hash


def replace_file(src: str, dst: str) -> None:
    """Moves a file over another, which is whole at any time; ``src`` is gone even if that fails."""
    try:
        os.replace(src, dst)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.remove(src)
        raise OSError(f"Moving {src} to {dst} failed: {error.strerror}") from error


def _get_repo_url() -> str:
    """Where data sets and trained networks are: the environment's MXNET_GLUON_REPO, or Apache's place."""
    url = os.environ.get("MXNET_GLUON_REPO", "https://apache-mxnet.s3-accelerate.dualstack.amazonaws.com/")
    return url if url.endswith("/") else f"{url}/"


def _get_repo_file_url(namespace: str, filename: str) -> str:
    """The URL of a file there."""
    return f"{_get_repo_url()}{namespace}/{filename}"


def download(
    url: str,
    path: str | None = None,
    overwrite: bool = False,
    sha1_hash: str | None = None,
    retries: int = 5,
    verify_ssl: bool = True,
) -> str:
    """Fetches a file, unless it is there already; the file is there as a whole or not at all.

    Parameters
    ----------
    path
        The file, or the folder to put it into; the current one if None. Missing folders are made.
    overwrite
        Whether to fetch it although it is there.
    sha1_hash
        The SHA-1 that the file must have; one that is there and has another is fetched anew.
    retries
        How often to try.
    verify_ssl
        Whether the server has to prove who it is.

    Returns
    -------
    The file's name.

    Raises
    ------
    RuntimeError
        If the server has no such file.
    OSError
        If there is no way to the server, or to the folder.
    UserWarning
        If what came has another SHA-1.
    """
    name = _file_name(url, path)
    if retries < 0:
        raise AssertionError(f"Number of retries should be at least 0, currently it's {retries}")
    if not verify_ssl:
        warnings.warn(
            "Unverified HTTPS request is being made (verify_ssl=False): anyone on the way can change it.",
            stacklevel=2,
        )
    if overwrite or not os.path.exists(name) or (sha1_hash and not check_sha1(name, sha1_hash)):
        os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
        _try(url, name, sha1_hash, retries, _context(verify_ssl))
    return name


def _file_name(url: str, path: str | None) -> str:
    last = url.rsplit("/", maxsplit=1)[-1]
    path = "" if path is None else os.path.expanduser(path)
    is_folder = not path or path.endswith(os.sep) or os.path.isdir(path)
    name = os.path.join(path, last) if is_folder else path
    if is_folder and not last:
        raise AssertionError(f"Can't construct file-name from {url}. Please set the `path` option manually.")
    return name


def _context(verify_ssl: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _try(url: str, name: str, sha1_hash: str | None, retries: int, context: ssl.SSLContext) -> None:
    for left in range(max(retries, 1) - 1, -1, -1):
        print(f"Downloading {name} from {url}...")  # noqa: T201 (as in MXNet)
        try:
            _fetch(url, name, sha1_hash, context)
            return
        except (OSError, RuntimeError, UserWarning) as error:
            if not left:
                raise
            print(f"download failed due to {error!r}, retrying, {left} attempts left")  # noqa: T201


def _fetch(url: str, name: str, sha1_hash: str | None, context: ssl.SSLContext) -> None:
    sha1 = hashlib.sha1()
    try:
        with urllib.request.urlopen(url, context=context, timeout=60) as source, atomic_write(name) as file:
            while chunk := source.read(_CHUNK_BYTES):
                sha1.update(chunk)
                file.write(chunk)
            if sha1_hash and sha1.hexdigest() != sha1_hash:
                raise UserWarning(
                    f"File {name} is downloaded but the content hash does not match: {sha1.hexdigest()} "
                    f"instead of {sha1_hash}. The server may have another version of the file."
                )
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"Failed downloading url {url}: {error}") from error
