"""unicodedata has no ucd_3_2_0, the Unicode 3.2 of internet names and identifiers (RFC 3490, RFC 3454).

ICU, which Jython carries, knows the version in which each character came, and normalizes without those
that came later. The properties that characters of 3.2 had otherwise then are in the tables below; they
are CPython 2.7.18's (UCD 3.2.0). Names, numbers and decompositions are not offered.

Evidence: from unicodedata import ucd_3_2_0.
"""

from org.python.icu.text import FilteredNormalizer2, Normalizer2, UnicodeSet

CATEGORIES = {
    'So': 'a7 b6 f14 2118 2132', 'Ll': 'aa ba 294 2071 207f', 'Pd': 'ad', 'Sk': '2b9-2ba 2c6-2cf 2ec 374',
    'Po': '5be 166d 23b6', 'Me': '6de', 'Lo': '10d0-10f8 13a0-13f4 1885-1886 a015 10341', 'Nd': '1369-1371',
    'Mn': '1734 302e-302f', 'Mc': '17b4-17b5', 'Zs': '200b', 'Nl': '2183', 'Sm': '2308-230b', 'Ps': '23b4 fd3e',
    'Pe': '23b5 fd3f', 'Pc': '30fb ff65'}
DIRECTIONS = {
    'ET': '2b 2d 207a-207b 208a-208b 2212 fb29 fe62-fe63 ff0b ff0d', 'ES': '2f ff0f', 'ON': 'ad 2044 2132 2800-28ff',
    'AL': '6dd', 'NSM': '6de cbf cc6 1734 302e-302f', 'BN': '70f fff9-fffb',
    'L': '17b4-17b5 1885-1886 1d6db 1d715 1d74f 1d789 1d7c3', 'WS': '202f', 'EN': '2460-2487 24ea'}
MIRRORED = {0: 'f3a-f3d 169b-169c fe59-fe5e fe64-fe65 1d6db 1d715 1d74f 1d789 1d7c3', 1: '29a1'}
# Characters whose decomposition Unicode corrected later (NormalizationCorrections.txt).
DECOMPOSITIONS = {0x2f868: 0x2136a, 0x2f874: 0x5f33, 0x2f91f: 0x43ab, 0x2f95f: 0x7aae, 0x2f9bf: 0x4d57}


def is_faulty(unicodedata):
    return not hasattr(unicodedata, 'ucd_3_2_0')


def by_character(table):
    """A dict of character to value, from one of value to ranges."""
    values = {}
    for value, ranges in table.items():
        for characters in ranges.split():
            first, _, last = characters.partition('-')
            for code in range(int(first, 16), int(last or first, 16) + 1):
                values[unichr(code)] = value
    return values


def repair(unicodedata):
    known = UnicodeSet('[:age=3.2:]').freeze()
    categories, directions, mirrors = map(by_character, (CATEGORIES, DIRECTIONS, MIRRORED))
    corrected = dict((unichr(code), unichr(to)) for code, to in DECOMPOSITIONS.items())
    normalizers = dict((form, FilteredNormalizer2(getattr(Normalizer2, 'get%sInstance' % form)(), known))
                       for form in ('NFC', 'NFD', 'NFKC', 'NFKD'))

    class UCD(object):
        """Unicode 3.2's properties of characters; one that came later is unassigned."""

        unidata_version = '3.2.0'

        def category(self, unichr):
            if not self.is_assigned(unichr):
                return 'Cn'
            return categories.get(unichr) or unicodedata.category(unichr)

        def bidirectional(self, unichr):
            if not self.is_assigned(unichr) or unicodedata.category(unichr) == 'Cn':
                return ''
            return directions.get(unichr) or unicodedata.bidirectional(unichr).upper()

        def combining(self, unichr):
            return unicodedata.combining(unichr) if self.is_assigned(unichr) else 0

        def mirrored(self, unichr):
            if not self.is_assigned(unichr):
                return 0
            return mirrors[unichr] if unichr in mirrors else int(unicodedata.mirrored(unichr))

        def normalize(self, form, unistr):
            """The normal form 'NFC', 'NFD', 'NFKC' or 'NFKD' of a unicode string."""
            if form not in normalizers:
                raise ValueError('invalid normalization form')
            if not isinstance(unistr, unicode):
                raise TypeError('must be unicode, not %s' % type(unistr).__name__)
            for character, correct in corrected.items():
                unistr = unistr.replace(character, correct)
            return normalizers[form].normalize(unistr)

        @staticmethod
        def is_assigned(unichr):
            unicodedata._validate_unichr(unichr)
            return known.contains(ord(unichr))

    unicodedata.ucd_3_2_0 = UCD()
