"""What a client that registered itself may call itself: words that show as they are, and nobody else's.

Unicode Technical Standard 39 sections 4 and 5.2, as far as a name on a consent page needs it. People are
told besides that nobody has checked the name; this stops what would fool those who read.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import groupby

from idp.oidc.said import UNSEEN

CHARACTERS_AT_MOST = 60
MARKS_AT_MOST = 2
"""One upon the other, on one letter."""
BYTES_THAT_TELL = 9
"""Of a skeleton: three Chinese characters or nine letters are somebody's name also within a longer one."""
EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL", "LATIN", "IDEOGRAPHIC"})
"""May stand together ("highly restrictive" in section 5.2); any other script stands alone."""
LOOK_ALIKE = str.maketrans(
    dict(
        pair
        for latin, others in {
            "a": "аα",
            "b": "ьβ",
            "c": "сϲ",
            "d": "ԁ",
            "e": "еε3",
            "g": "ɡ",
            "h": "һн",
            "i": "іιıӏ1l",
            "j": "јϳ",
            "k": "кκ",
            "m": "мм",
            "n": "ոη",
            "o": "оοо0σ",
            "p": "рρ",
            "q": "ԛ",
            "s": "ѕ5",
            "t": "тτ",
            "u": "υս",
            "v": "ν",
            "w": "ԝω",
            "x": "хχ",
            "y": "уүγ",
            "z": "з",
        }.items()
        for pair in ((other, latin) for other in others)
    )
)
"""Cyrillic, Armenian and Greek small letters, and digits, that pass for Latin letters; l for i."""


MARKUP = frozenset("<>{}")
"""Pages show it as it is, others might not; no name needs it."""
OFFICIAL = (
    *("人民政府", "国务院", "國務院", "公安", "税务局", "稅務局", "人民法院", "检察院", "檢察院", "海关总署"),
    *(
        "委员会",
        "委員會",
        "管理局",
        "监督局",
        "監督局",
        "社保局",
        "民政局",
        "财政部",
        "財政部",
        "中国人民银行",
    ),
    *("people's government", "ministry of", "state council", "police", "tax bureau", "people's court"),
)
"""In names of government bodies."""


class WordingRule(StrEnum):
    """What a text may break."""

    LENGTH = "length"
    UNSEEN = "unseen"
    MARKS = "marks"
    SCRIPTS = "scripts"
    MARKUP = "markup"


class WordingRefused(ValueError):
    """Says what is wrong with a text, and does not quote it."""

    def __init__(self, message: str, rule: WordingRule) -> None:
        super().__init__(message)
        self.rule = rule


def check(text: str, *, at_most: int = CHARACTERS_AT_MOST) -> None:
    """Raises WordingRefused."""
    if not text.strip() or text != text.strip() or len(text) > at_most:
        bounds = f"1 to {at_most} characters, without blanks around them"
        raise WordingRefused(bounds, WordingRule.LENGTH)
    if any(is_unseen(character) for character in text):
        # Line breaks, changes of direction, characters of no width: what is shown would not be what is there.
        raise WordingRefused("has characters that do not show as themselves", WordingRule.UNSEEN)
    marks = (len(list(run)) for is_mark, run in groupby(text, _is_mark) if is_mark)
    if max(marks, default=0) > MARKS_AT_MOST:
        raise WordingRefused("has marks upon marks", WordingRule.MARKS)
    if not MARKUP.isdisjoint(text):
        raise WordingRefused("has markup", WordingRule.MARKUP)
    scripts = {script(c) for c in unicodedata.normalize("NFKC", text) if c.isalpha()}
    if len(scripts) > 1 and not scripts <= EAST_ASIAN:
        raise WordingRefused("mixes scripts that look alike", WordingRule.SCRIPTS)


def sounds_official(text: str) -> bool:
    """Whether a name reads like that of a government body."""
    mine = skeleton(text)
    return any(skeleton(one) in mine for one in OFFICIAL)


def skeleton(text: str) -> str:
    """The same for names that the eye takes for one another: case, width, accents, blanks and look-alikes."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = (c for c in plain.translate(LOOK_ALIKE) if c.isalnum())
    return "".join(letters)


def reads_like(text: str, others: Iterable[str]) -> bool:
    """Whether a name is one of the others for the eye, or has one in it."""
    mine = skeleton(text)
    for other in map(skeleton, others):
        tells = len(other.encode()) >= BYTES_THAT_TELL
        if other and (mine == other or (tells and other in mine)):
            return True
    return False


def is_unseen(character: str) -> bool:
    kind = unicodedata.category(character)
    return (
        kind[0] == "C"
        or kind in {"Zl", "Zp", "Me"}
        or (kind == "Zs" and character != " ")
        or character in UNSEEN
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def script(letter: str) -> str:
    """The first word of the character's name: the standard library has no property for scripts."""
    return unicodedata.name(letter, "NONE").partition(" ")[0]
