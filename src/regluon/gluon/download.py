"""Files from the network."""

from __future__ import annotations

import contextlib
import hashlib
import http
import os
import secrets
import ssl
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import BinaryIO

from regluon.lazy import resolve

__all__ = ["check_sha1", "download", "replace_file"]

_CHUNK_BYTES = 1 << 20


def check_sha1(filename: str, sha1_hash: str) -> bool:
    """Whether the file's SHA-1 is ``sha1_hash``, in hexadecimal digits."""
    return _sha1(filename) == sha1_hash


def _sha1(filename: str) -> str:
    sha1 = hashlib.sha1()
    with open(filename, "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha1.update(chunk)
    return sha1.hexdigest()


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

    With ``sha1_hash``, what came before an interruption is kept beside the file's place, and the next call
    goes on from there. In a terminal, a bar shows how far it is (with the library rich).

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
    """Fetches the file beside its place, going on where an earlier attempt for the same hash has ended."""
    target = os.path.realpath(name)
    part, file = _open_part(target, url, sha1_hash)
    try:
        with file:
            if not (file.tell() and sha1_hash and check_sha1(part, sha1_hash)):
                _receive(url, file, context, os.path.basename(name))
                file.flush()
                os.fsync(file.fileno())
                if sha1_hash and (found := _sha1(part)) != sha1_hash:
                    file.truncate(0)  # nothing to go on from
                    raise UserWarning(
                        f"File {name} is downloaded but the content hash does not match: {found} instead of "
                        f"{sha1_hash}. The server may have another version of the file."
                    )
        os.replace(part, target)
    except BaseException:
        # What only a hash could prove to be part of the same file is of no use without one.
        if not sha1_hash or not os.path.getsize(part):
            os.remove(part)
        raise


def _open_part(target: str, url: str, sha1_hash: str | None) -> tuple[str, BinaryIO]:
    """The file that grows, to be appended to: this process's own while another one writes to it."""
    folder, last = os.path.split(target)
    key = hashlib.sha1(f"{url} {sha1_hash}".encode()).hexdigest()[:12]
    for suffix in (key, f"{key}.{secrets.token_hex(4)}") if sha1_hash else (secrets.token_hex(6),):
        part = os.path.join(folder, f".{last[:40]}.{suffix}.part")
        file = open(part, "ab")  # noqa: SIM115 (the caller closes it)
        if _lock(file):
            break
        file.close()
    return part, file


def _lock(file: BinaryIO) -> bool:
    """Whether no other process writes to the file; none does from now on."""
    if find_spec("fcntl") is None:  # on Windows
        return True
    try:
        resolve("fcntl:flock")(file, resolve("fcntl:LOCK_EX") | resolve("fcntl:LOCK_NB"))
    except OSError:
        return False
    return True


def _receive(url: str, file: BinaryIO, context: ssl.SSLContext, title: str) -> None:
    """Appends what the file lacks."""
    there = file.tell()
    request = urllib.request.Request(url, headers={"Range": f"bytes={there}-"} if there else {})
    try:
        source = urllib.request.urlopen(request, context=context, timeout=60)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            file.truncate(0)
            raise OSError(
                f"{url} has no more than the {there} bytes that are there; beginning anew"
            ) from error
        raise RuntimeError(f"Failed downloading url {url}: {error}") from error
    with source:
        if there and not str(source.headers.get("Content-Range")).startswith(f"bytes {there}-"):
            file.truncate(0)  # the server sends all of it
            there = 0
        length = source.headers.get("Content-Length")
        total = None if length is None else there + int(length)
        with _bar(title, there, total) as moved:
            while chunk := source.read(_CHUNK_BYTES):
                file.write(chunk)
                moved(len(chunk))
        if total is not None and file.tell() != total:
            raise OSError(f"the connection ended after {file.tell()} of {total} bytes")


_COLUMNS = ("Bar", "Download", "TransferSpeed", "TimeRemaining")


@contextlib.contextmanager
def _bar(title: str, there: int, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar in a terminal, where the library rich is there; what is to be called with the bytes that came."""
    if not sys.stdout.isatty() or find_spec("rich") is None:
        yield lambda count: None
        return
    columns = [resolve(f"rich.progress:{name}Column")() for name in _COLUMNS]
    with resolve("rich.progress:Progress")("{task.description}", *columns, transient=True) as progress:
        task = progress.add_task(title, total=total, completed=there)
        yield lambda count: progress.advance(task, count)
