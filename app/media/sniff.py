"""Which demuxer a file's first bytes call for. Text, playlists and pictures call for none."""

from typing import Final

HEAD_BYTES: Final = 4096
_TS_PACKET: Final = 188
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
MOV: Final = "mov,mp4,m4a,3gp,3g2,mj2"
MATROSKA: Final = "matroska,webm"
_MAGIC: Final = (
    (0, b"\x1aE\xdf\xa3", MATROSKA),
    (0, b"FLV\x01", "flv"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"ID3", "mp3"),
)
_LAYER_MASK: Final = 0x06
_PICTURE_BRANDS: Final = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")


def demuxer_of(head: bytes) -> str | None:
    """FFmpeg's name of the demuxer for a file that begins so, or None if we take no such file."""
    for place, magic, demuxer in _MAGIC:
        if head[place : place + len(magic)] == magic:
            return demuxer
    if head[4:8] in _BOXES:
        return None if head[8:12] in _PICTURE_BRANDS else MOV
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    if (
        head[:1] == b"G"
        and head[_TS_PACKET : _TS_PACKET + 1] == b"G"
        and head[2 * _TS_PACKET : 2 * _TS_PACKET + 1] == b"G"
    ):
        return "mpegts"
    return _mpeg_audio(head)


def _mpeg_audio(head: bytes) -> str | None:
    """MP3 and ADTS begin with eleven set bits; the layer field tells them apart."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the header's bytes
        return None
    return "mp3" if head[1] & _LAYER_MASK else "aac"
