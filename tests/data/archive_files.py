"""Archives made for the tests, ordinary and hostile."""

import gzip
import io
import lzma
import tarfile
import zipfile


def tar(members, compress=gzip.compress):
    """A tar archive of `(name, content)`; a member may also be a ready `TarInfo`."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if entry.type == tarfile.REGTYPE:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return compress(stream.getvalue())


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def debian(members):
    """A Debian package: parts of `ar`, the data as a tar of its own."""
    whole = b"!<arch>\n"
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": b"odd",
        "data.tar.xz": tar(members, lzma.compress),
    }
    for name, part in parts.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(part):<10}`\n".encode()
        whole += header + part + b"\n" * (len(part) % 2)
    return whole


def link(name, target, kind=tarfile.SYMTYPE):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry
