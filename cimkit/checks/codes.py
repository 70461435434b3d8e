"""Forms and check characters of the codes that Chinese city data carries.

Each scheme takes a code and returns None when it is sound, else the reason (a key of the locale files' findings).
Sources: GB 32100-2015 (unified social credit code), GB 11714 (organisation code inside it), GB/T 40058-2021 (project
code; its check algorithm is not public to us, so only the form is tried), GB/T 2260 (areas), GB/T 51269-2017 (classes),
GB/T 30428.2 (city components). The structure of building codes (JGJ/T 496-2022) has not been seen: there is no scheme.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["SCHEMES", "credit_code_check"]

#: The alphabet of GB 32100: digits and capitals without I, O, S, V, Z.
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code_check(body: str) -> str:
    """The check character of the first 17 characters: 31 minus the sum weighted by powers of 3, modulo 31."""
    total = sum(_CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def _credit_code(code: str) -> str | None:
    if len(code) != 18 or any(character not in _CREDIT_ALPHABET for character in code):
        return "code_wrong_form"
    if not code[2:8].isdigit():
        return "code_wrong_form"
    return None if credit_code_check(code[:17]) == code[17] else "code_wrong_check"


def _organisation_in_credit_code(code: str) -> str | None:
    """The inner organisation code (characters 9 to 17) has a check character of its own."""
    if _credit_code(code) is not None:
        return None  # the other scheme speaks of it
    body, check = code[8:16], code[16]
    total = sum(
        _ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    value = 11 - total % 11
    expected = {10: "X", 11: "0"}.get(value, str(value))
    return None if check == expected else "code_wrong_check"


def _digits(text: str, groups: tuple[int, ...]) -> bool:
    parts = text.split("-")
    return tuple(len(part) for part in parts) == groups and all(part.isascii() and part.isdigit() for part in parts)


def _project_code(code: str) -> str | None:
    return None if _digits(code, (4, 6, 2, 2, 6)) else "code_wrong_form"


def _area_code(code: str) -> str | None:
    """6, 9 or 12 digits: county, street, community."""
    return None if code.isascii() and code.isdigit() and len(code) in (6, 9, 12) else "code_wrong_form"


def _class_code(code: str) -> str | None:
    """`14-10.20.03`: two digits, a dash, one to five groups of two; nothing but 00 after a 00."""
    table, dash, rest = code.partition("-")
    groups = rest.split(".")
    two_digits = all(len(group) == 2 and group.isascii() and group.isdigit() for group in (table, *groups))
    if not dash or not two_digits or len(groups) > 5:
        return "code_wrong_form"
    tail = groups[groups.index("00") :] if "00" in groups else []
    return "code_wrong_form" if any(group != "00" for group in tail) else None


def _house_unit(code: str) -> str | None:
    """The 28 characters of a real estate unit: 12 digits, 2 capitals, 5 digits, 1 capital, 8 digits."""
    parts = (code[:12], code[12:14], code[14:19], code[19:20], code[20:])
    sound = (
        len(code) == 28
        and code.isascii()
        and all(parts[index].isdigit() for index in (0, 2, 4))
        and all(parts[index].isalpha() and parts[index].isupper() for index in (1, 3))
    )
    return None if sound else "code_wrong_form"


def _area_code_of(length: int) -> Callable[[str], str | None]:
    """An area code of one level: 6 digits a county, 9 a street or township, 12 a community or village."""
    return lambda code: None if len(code) == length and _is_number(code) else "code_wrong_form"


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _component_code(code: str) -> str | None:
    """A city component: 6 digits of the area, 2 of the large class, 2 of the small one, 6 of the serial number."""
    return None if len(code) == 16 and _is_number(code) else "code_wrong_form"


def _project_code_area(code: str) -> str | None:
    """The second group of a project code: Liaoning, or the state's own projects."""
    if _project_code(code) is not None:
        return None  # the other scheme speaks of it
    area = code.split("-")[1]
    return None if area.startswith("21") or area == "000000" else "code_not_in_list"


_LAYER_NAME = re.compile(
    "(DXJZ|DXJT|DXGX|ZHGL|DJJC)_(PT|LN|PL|VL|TX)_(LS|XZ|GH)|DZSJ_(PT|LN|PL|VL|TX)_(GZ|GC|SW|HJ|ZY|ZH|QT)"
)


def _underground_layer(name: str) -> str | None:
    """`DXGX_LN_XZ` (GB/T 45668-2025, table A.1): class, kind of geometry, content; geology has contents of its own."""
    return None if _LAYER_NAME.fullmatch(name.upper()) else "code_wrong_form"


_CIM_LEVEL = re.compile(r"(?:CIM)?\s*([1-9][0-9]?)(?:\.0)?\s*级?", re.IGNORECASE)


def _cim_level(last: int) -> Callable[[str], str | None]:
    """`CIM4`, `4级`, `4`, `CIM 4.0`: a level of a scheme that ends at `last`."""

    def judge(code: str) -> str | None:
        match = _CIM_LEVEL.fullmatch(code.strip())
        if match is None:
            return "code_wrong_form"
        return None if int(match[1]) <= last else "code_not_in_list"

    return judge


SCHEMES: Mapping[str, Callable[[str], str | None]] = {
    "credit_code": _credit_code,
    "organisation_in_credit_code": _organisation_in_credit_code,
    "project_code": _project_code,
    "area_code": _area_code,
    "class_code": _class_code,
    "house_unit": _house_unit,
    "county_code": _area_code_of(6),
    "street_code": _area_code_of(9),
    "community_code": _area_code_of(12),
    "project_code_area": _project_code_area,
    "component_code": _component_code,
    "underground_layer": _underground_layer,
    "cim7": _cim_level(7),
    "cim24": _cim_level(24),
}
