"""Text for sample content: English in form, the same for the same dice, with common and rare words as real text has."""

import random
from collections.abc import Callable
from typing import Final

_PLACES: Final = (
    *("Amsterdam", "Bergen", "Cardiff", "Dakar", "Essen", "Faro", "Ghent", "Hobart", "Izmir", "Jena", "Kyoto", "Lagos"),
    *("Malmö", "Nantes", "Oaxaca", "Porto", "Quito", "Riga", "Sapporo", "Tartu", "Uppsala", "Valletta", "Wien", "York"),
)
_GIVEN_NAMES: Final = (
    *("Ada", "Bilal", "Chiara", "Dmitri", "Elif", "Farid", "Grace", "Hana", "Imani", "Jonas", "Keiko", "Lena", "Mateo"),
    *("Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sven", "Tomoko", "Uri", "Vera", "Wanda", "Ximena", "Yusuf", "Zoë"),
)
_FAMILY_NAMES: Final = (
    *("Abara", "Berg", "Castillo", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen", "Kowalski"),
    *("Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rossi", "Silva", "Tanaka", "Ueda", "Vogel"),
)
_NOUNS: Final = (
    *("story", "city", "river", "market", "kitchen", "garden", "school", "library", "harbour", "bridge", "camera"),
    *("orchestra", "bakery", "studio", "workshop", "museum", "festival", "neighbour", "season", "recipe", "photograph"),
    *("railway", "lighthouse", "notebook", "bicycle", "greenhouse", "archive", "theatre", "observatory", "ferry"),
    *("vineyard", "printer", "translation", "interview", "budget", "election", "cathedral", "laboratory", "playground"),
    *("satellite", "glacier", "orchard", "newsroom", "podcast", "loom", "telescope", "quarry", "sourdough", "tramway"),
)
_ADJECTIVES: Final = (
    *("new", "old", "small", "quiet", "open", "early", "local", "public", "careful", "bright", "narrow", "patient"),
    *(
        "unlikely",
        "ordinary",
        "generous",
        "remote",
        "wooden",
        "northern",
        "forgotten",
        "shared",
        "stubborn",
        "seasonal",
    ),
)
_VERBS: Final = (
    *("changed", "opened", "built", "found", "kept", "moved", "saved", "taught", "restored", "measured", "painted"),
    *("repaired", "questioned", "mapped", "recorded", "translated", "planted", "rescued", "reinvented", "photographed"),
)
_LINKS: Final = ("and", "but", "because", "while", "although", "so", "before", "after", "where", "until")
_SYLLABLES: Final = ("ba", "co", "da", "fe", "gi", "ho", "ka", "lu", "mi", "no", "pe", "ra", "su", "ti", "vo", "zem")
_TITLES: Final = (
    "How {place} {verb} its {adjective} {noun}",
    "The {adjective} {noun} that {verb} {place}",
    "What a {noun} in {place} can teach us",
    "Why the {adjective} {noun} matters",
    "A year with the {noun} of {place}",
    "{name} and the {adjective} {noun}",
    "Notes on a {adjective} {noun}",
)
TOPICS: Final = (
    *(
        "Travel",
        "Food",
        "Science",
        "Music",
        "History",
        "Photography",
        "Cities",
        "Climate",
        "Books",
        "Design",
        "Politics",
    ),
    *("Health", "Film", "Gardening", "Technology", "Theatre", "Sport", "Economy", "Crafts", "Interviews"),
)
"""Names of tags."""
_HOUSES: Final = (
    "Review",
    "Gazette",
    "Studio",
    "Collective",
    "Weekly",
    "Journal",
    "Press",
    "Observer",
    "Kitchen",
    "Lab",
)
_REMARKS: Final = (
    "Thank you for this.",
    "I see it differently.",
    "Where can I read more?",
    "We have the same at home.",
)


class Writer:
    """Writes by its dice alone."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def person(self) -> str:
        """A person's name."""
        return f"{self._dice.choice(_GIVEN_NAMES)} {self._dice.choice(_FAMILY_NAMES)}"

    def house(self) -> str:
        """An organization's name."""
        return f"{self._dice.choice(_PLACES)} {self._dice.choice(_HOUSES)}"

    def title(self) -> str:
        """A headline."""
        return self._filled(self._dice.choice(_TITLES))

    def remark(self) -> str:
        """What a reader says below a text."""
        return f"{self._dice.choice(_REMARKS)} {self.sentence()}"

    def sentence(self) -> str:
        """One sentence of some 90 characters; its rare words hardly ever occur twice."""
        clause = "the {adjective} {noun} {verb} the {noun} of {place}"
        ending = self._dice.choice(
            (f"{self._dice.choice(_LINKS)} a {{noun}} {{verb}} {self._rare_word()}", "in {place}")
        )
        sentence = self._filled(f"{clause} {ending}.")
        return sentence[0].upper() + sentence[1:]

    def block(self) -> str:
        """A piece of Markdown that means the same wherever it stands among others: mostly paragraphs."""
        kind = self._dice.random()
        if kind < 0.12:  # noqa: PLR2004 - the share of headings
            return f"## {self.title()}"
        if kind < 0.2:  # noqa: PLR2004 - and of lists
            # Behind a sentence, or two lists in a row would become one.
            return f"{self.sentence()}\n\n" + "\n".join(f"- {self.sentence()}" for _ in range(3))
        if kind < 0.27:  # noqa: PLR2004 - and of quotations
            return f"> {self.sentence()} {self.sentence()}"
        sentences = [self.sentence() for _ in range(self._dice.randint(2, 4))]
        word = self._dice.choice(_NOUNS)
        sentences[0] += f" It was *{self._dice.choice(_ADJECTIVES)}*, with a [{word}](https://example.org/{word})."
        return " ".join(sentences)

    def _filled(self, pattern: str) -> str:
        parts: dict[str, Callable[[], str]] = {
            "{place}": lambda: self._dice.choice(_PLACES),
            "{name}": self.person,
            "{noun}": self._common_noun,
            "{adjective}": lambda: self._dice.choice(_ADJECTIVES),
            "{verb}": lambda: self._dice.choice(_VERBS),
        }
        for name, make in parts.items():
            while name in pattern:
                pattern = pattern.replace(name, make(), 1)
        return pattern

    def _common_noun(self) -> str:
        """The first nouns far more often than the last."""
        return _NOUNS[int(len(_NOUNS) * self._dice.random() ** 2)]

    def _rare_word(self) -> str:
        return "".join(self._dice.choice(_SYLLABLES) for _ in range(4))
