"""What the letters say: Jinja2 templates in `app/letters`, a text and an HTML page each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_FOLDER: Final = Path(__file__).resolve().parent.parent / "letters"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words."""

    subject: str
    text: str
    html: str


def write(name: str, values: Mapping[str, object]) -> Written:
    """Fills the templates `<name>.txt` (its first line is the subject) and `<name>.html` (escaped)."""
    subject, _, text = _templates().get_template(f"{name}.txt").render(values).partition("\n")
    html = _templates().get_template(f"{name}.html").render({**values, "subject": subject})
    return Written(subject.strip(), text.lstrip("\n"), html)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
