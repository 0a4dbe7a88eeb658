"""encodings.idna takes host names apart in another way than CPython.

Jython's ToASCII is java.net.IDN's. It lets empty labels through (u'a..b', u'.'), refuses code points
that Unicode 3.2 did not assign (CPython's nameprep allows them, as for queries in RFC 3490), lowers
the case of ASCII labels, and its refusals are IllegalArgumentException, which is no UnicodeError.

Evidence: u'a..b'.encode('idna') is 'a..b' and not a UnicodeError; u'\\xe4\\u0378'.encode('idna') raises
a Java exception. Test: lib/tests/test_names.py IdnaTest.
"""

PREFIX = 'xn--'


def repair(idna):
    nameprep = idna.nameprep

    def checked(label):
        if 0 < len(label) < 64:
            return label
        raise UnicodeError('label empty or too long')

    def ascii(label):
        """The label as an ASCII str, None when it has other characters."""
        try:
            return label.encode('ascii')
        except UnicodeError:
            return None

    def ToASCII(label):
        """One label of a host name as it goes over the wire (RFC 3490, 4.1)."""
        plain = ascii(label)
        if plain is None:
            label = nameprep(label)
            plain = ascii(label)
        if plain is None:
            if label.startswith(PREFIX):
                raise UnicodeError('Label starts with ACE prefix')
            plain = PREFIX + label.encode('punycode')
        return checked(plain)

    idna.ToASCII = ToASCII
