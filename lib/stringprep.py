"""The tables of RFC 3454, which Jython lacks: internet strings are prepared with them.

Every in_table function tells whether a character (a unicode string of one) is in the table of that name; map_table_b2
and map_table_b3 give what a character is folded to. Unicode 3.2 is unicodedata.ucd_3_2_0. One that Unicode 3.2 does not
assign (table A.1) is folded to itself, as the RFC has it.
"""

from unicodedata import ucd_3_2_0 as _unicodedata

from org.python.icu.lang import UCharacter as _UCharacter

_FOLD_CASE_DEFAULT = _UCharacter.FOLD_CASE_DEFAULT


def _table(ranges):
    members = set()
    for characters in ranges.split():
        first, _, last = characters.partition('-')
        members.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(members)


_b1 = _table('ad 34f 1806 180b-180d 200b-200d 2060 fe00-fe0f feff')
_c12 = _table('a0 1680 2000-200b 202f 205f 3000')
_c22 = _table('80-9f 6dd 70f 180e 200c-200d 2028-2029 2060-2063 206a-206f feff fff9-fffc 1d173-1d17a')
_c6 = _table('fff9-fffd')
_c7 = _table('2ff0-2ffb')
_c8 = _table('340-341 200e-200f 202a-202e 206a-206f')
_c9 = _table('e0001 e0020-e007f')


def in_table_a1(code):
    """A.1: unassigned in Unicode 3.2."""
    return _unicodedata.category(code) == 'Cn' and not in_table_c4(code)


def in_table_b1(code):
    """B.1: commonly mapped to nothing."""
    return ord(code) in _b1


def map_table_b3(code):
    """B.3: case folding without normalization.

    As B.2 where normalization brings letters to fold that were none before; CPython's table is the same."""
    if not _unicodedata.is_assigned(code):
        return code
    folded = _UCharacter.foldCase(code, _FOLD_CASE_DEFAULT)
    normal = _unicodedata.normalize('NFKC', folded)
    again = _UCharacter.foldCase(normal, _FOLD_CASE_DEFAULT)
    return folded if again == normal else again


def map_table_b2(code):
    """B.2: case folding for strings that are then normalized with NFKC."""
    folded = map_table_b3(code)
    normal = _unicodedata.normalize('NFKC', folded)
    again = _unicodedata.normalize('NFKC', u''.join(map(map_table_b3, normal)))
    return folded if again == normal else again


def in_table_c11(code):
    """C.1.1: ASCII space."""
    return code == u' '


def in_table_c12(code):
    """C.1.2: spaces beyond ASCII."""
    return ord(code) in _c12


def in_table_c11_c12(code):
    """C.1: spaces."""
    return in_table_c11(code) or in_table_c12(code)


def in_table_c21(code):
    """C.2.1: ASCII control characters."""
    return ord(code) < 0x20 or ord(code) == 0x7f


def in_table_c22(code):
    """C.2.2: control characters beyond ASCII."""
    return ord(code) in _c22


def in_table_c21_c22(code):
    """C.2: control characters."""
    return in_table_c21(code) or in_table_c22(code)


def in_table_c3(code):
    """C.3: private use."""
    return _unicodedata.category(code) == 'Co'


def in_table_c4(code):
    """C.4: no characters at all."""
    return 0xfdd0 <= ord(code) < 0xfdf0 or ord(code) & 0xffff >= 0xfffe


def in_table_c5(code):
    """C.5: surrogates."""
    return 0xd800 <= ord(code) < 0xe000


def in_table_c6(code):
    """C.6: inappropriate for plain text."""
    return ord(code) in _c6


def in_table_c7(code):
    """C.7: inappropriate for canonical representation."""
    return ord(code) in _c7


def in_table_c8(code):
    """C.8: change display properties, or are deprecated."""
    return ord(code) in _c8


def in_table_c9(code):
    """C.9: tags."""
    return ord(code) in _c9


def in_table_d1(code):
    """D.1: written from right to left."""
    return _unicodedata.bidirectional(code) in ('R', 'AL')


def in_table_d2(code):
    """D.2: written from left to right."""
    return _unicodedata.bidirectional(code) == 'L'
