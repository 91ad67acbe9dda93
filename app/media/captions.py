"""Captions: SubRip or WebVTT in, one plain kind of WebVTT out. Strict, and bounded in everything."""

import re
from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 1_000_000
_MAX_CUES: Final = 20_000
_MAX_CUE_CHARACTERS: Final = 2_000
_ARROW: Final = "-->"
_VTT_TIME: Final = re.compile(r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})", re.ASCII)
_SRT_TIME: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)[,.](\d{3})", re.ASCII)
_SETTING: Final = re.compile(r"(?:vertical|line|position|size|align):[a-z0-9.,%-]{1,40}", re.ASCII)
_NO_CUES: Final = ("NOTE", "STYLE", "REGION")
_UNCLEAN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_MARK: Final = re.compile(r"<[^<>]{0,200}>|[<>]|&(?:amp|lt|gt|quot|nbsp|lrm|rlm|#\d{1,7});|&|\{\\[^{}]{0,40}\}")
_VTT_MARK: Final = re.compile(
    r"</?(?:b|i|u|ruby|rt|c|v|lang)>|<(?:v|lang|c)[ .][^<>&\"'=/()]*>|<(?:\d{2,3}:)?\d\d:\d\d\.\d{3}>|&#?[a-z0-9]+;"
)
_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?((?:-[a-z0-9]{5,8}){0,2})")


class BadCaptions(Exception):
    """What is wrong with a file, and in which of its lines."""

    def __init__(self, detail: str, line: int = 1) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line


@dataclass(frozen=True, slots=True)
class _Cue:
    start_ms: int
    end_ms: int
    settings: str
    text: str


def language_of(tag: str) -> str | None:
    """The tag as BCP 47 (RFC 5646 §2.1.1) writes it: `pt-BR`, `zh-Hant`; None for what is no tag of a language."""
    match = _LANGUAGE.fullmatch(tag.lower())
    if match is None or not tag.isascii():
        return None
    language, script, region, variants = match.groups()
    parts = [language, script.title() if script else None, region.upper() if region else None]
    return "-".join(part for part in parts if part) + variants


def to_vtt(content: bytes) -> str:
    """The captions as WebVTT, in the order of their times. Raises `BadCaptions`.

    Styles, regions, notes and fonts are left out, unknown marks are shown as text: what remains can neither load
    anything nor break out of a player that takes cues for HTML.
    """
    lines = _text_of(content).split("\n")
    is_vtt = lines[0] == "WEBVTT" or lines[0].startswith(("WEBVTT ", "WEBVTT\t"))
    blocks = _blocks(lines)
    if is_vtt:
        _check_header(blocks.pop(0)[1])
    cues: list[_Cue] = []
    for number, block in blocks:
        cue = _cue(block, number, is_vtt=is_vtt)
        if cue is not None:
            cues.append(cue)
        if len(cues) > _MAX_CUES:
            raise BadCaptions(f"There are more than {_MAX_CUES} captions.", number)
    if not cues:
        raise BadCaptions("There is no caption in the file.")
    cues.sort(key=lambda cue: cue.start_ms)
    return "\n\n".join(["WEBVTT", *map(_written, cues)]) + "\n"


def _text_of(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise BadCaptions(f"Captions may have at most {MAX_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCaptions("The text is not UTF-8.", content.count(b"\n", 0, error.start) + 1) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if unclean := _UNCLEAN.search(text):
        raise BadCaptions("The text holds a control character.", text.count("\n", 0, unclean.start()) + 1)
    return text


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """What stands between empty lines, each with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            is_open = False
        elif is_open:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            is_open = True
    return found


def _check_header(block: list[str]) -> None:
    if any(_ARROW in line for line in block):
        raise BadCaptions("An empty line is missing after WEBVTT.")


def _cue(block: list[str], number: int, *, is_vtt: bool) -> _Cue | None:
    """The caption of a block; None for a WebVTT block that is none."""
    if is_vtt and block[0].split(maxsplit=1)[0] in _NO_CUES and _ARROW not in block[0]:
        return None
    place = 0 if _ARROW in block[0] else 1
    if len(block) <= place or _ARROW not in block[place]:
        raise BadCaptions("A caption has no line with its times.", number)
    start, end, settings = _times(block[place], number + place, is_vtt=is_vtt)
    text = "\n".join(block[place + 1 :])
    if _ARROW in text:
        raise BadCaptions("An empty line is missing between two captions.", number + place + 1)
    if len(text) > _MAX_CUE_CHARACTERS:
        raise BadCaptions(f"A caption may have at most {_MAX_CUE_CHARACTERS} characters.", number)
    shown = _MARK.sub(lambda match: _kept(match.group(), is_vtt=is_vtt), text).strip()
    return _Cue(start, end, settings, shown) if shown else None


def _times(line: str, number: int, *, is_vtt: bool) -> tuple[int, int, str]:
    before, _, after = line.partition(_ARROW)
    last, *settings = after.split() or [""]
    pattern = _VTT_TIME if is_vtt else _SRT_TIME
    start, end = pattern.fullmatch(before.strip()), pattern.fullmatch(last)
    if start is None or end is None:
        form = "00:00:01.000 --> 00:00:02.000" if is_vtt else "00:00:01,000 --> 00:00:02,000"
        raise BadCaptions(f"Times are written like {form}.", number)
    start_ms, end_ms = _milliseconds(start), _milliseconds(end)
    if end_ms <= start_ms:
        raise BadCaptions("A caption ends before it begins.", number)
    return start_ms, end_ms, " ".join(word for word in settings if is_vtt and _SETTING.fullmatch(word))


def _milliseconds(match: re.Match[str]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _kept(mark: str, *, is_vtt: bool) -> str:
    """A mark as it goes out: itself where WebVTT knows it, nothing for SubRip's fonts and places, else as text."""
    if _VTT_MARK.fullmatch(mark):
        return mark
    if not is_vtt and (mark.startswith("{\\") or mark.lower().startswith(("<font", "</font"))):
        return ""
    return "".join(_ESCAPED.get(character, character) for character in mark)


def _written(cue: _Cue) -> str:
    times = f"{clock(cue.start_ms)} {_ARROW} {clock(cue.end_ms)} {cue.settings}".rstrip()
    return f"{times}\n{cue.text}"


def clock(milliseconds: int) -> str:
    """A time as WebVTT writes it."""
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
