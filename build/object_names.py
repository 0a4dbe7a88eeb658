"""Writes tls's table of object identifiers, objects.tsv, by what the OpenSSL of this python3 knows.

    python3 build/object_names.py > tls/src/main/resources/org/euryale/tls/objects.tsv

The numbers are for good: a newer OpenSSL only adds to them (openssl/obj_mac.h).
"""

import ssl
import sys

MOST = 5000  # numbers are given one after another; OpenSSL 3.5 has some 1,500


def rows():
    for number in range(1, MOST):
        try:
            found = ssl._ASN1Object.fromnid(number)
        except ValueError:
            continue
        yield found


def main():
    print('# NID, short name, long name, identifier; made by build/object_names.py from', ssl.OPENSSL_VERSION)
    for found in rows():
        fields = str(found.nid), found.shortname, found.longname, found.oid or ''
        assert not any('\t' in field for field in fields), fields
        print('\t'.join(fields))


if __name__ == '__main__':
    sys.exit(main())
