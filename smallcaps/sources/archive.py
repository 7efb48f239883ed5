"""One file out of a publisher's zip archive, with bounds: no paths, no bombs, no second guess."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from smallcaps.sources.errors import SourceError

LIMIT = 48 * 2**20  # bytes of the unpacked file
RATIO = 200  # unpacked bytes for one packed; French's tables of digits come to about 5


def only_file(content: bytes, *, where: str, suffixes: tuple[str, ...] = (".csv", ".txt")) -> bytes:
    """The bytes of the one file in the zip archive `content`; nothing is written to disk.

    SourceError names `where` and the fault: no archive, not exactly one file, a path in its name, another suffix, an
    encrypted file, more bytes than allowed, a checksum that does not hold.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) != 1:
                raise SourceError(f"{where}: the archive holds {len(members)} files; one is due")
            return _read(archive, members[0], where=where, suffixes=suffixes)
    except SourceError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds, an IndexError for a nameless file among them
        raise SourceError(f"{where}: the archive cannot be unpacked ({type(error).__name__})") from None


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, where: str, suffixes: tuple[str, ...]) -> bytes:
    name = member.filename
    if PurePosixPath(name).name != name or "\\" in name or ":" in name or name.startswith("."):
        raise SourceError(f"{where}: the archive's file is named {name!r:.80}; a plain file name is due")
    if not name.lower().endswith(suffixes):
        raise SourceError(
            f"{where}: the archive's file is named {name!r:.80}; its end is to be {' or '.join(suffixes)}"
        )
    if member.flag_bits & 0x1:
        raise SourceError(f"{where}: the archive's file is encrypted")
    if member.file_size > min(LIMIT, RATIO * max(member.compress_size, 1) + 4096):
        raise SourceError(
            f"{where}: the archive unpacks {member.compress_size:,} bytes to {member.file_size:,}; that is too many"
        )
    with archive.open(member) as file:
        data = file.read(member.file_size + 1)  # a header may lie about the size
    if len(data) > member.file_size:
        raise SourceError(f"{where}: the archive's file is longer than its header says")
    return data
