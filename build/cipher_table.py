#!/usr/bin/env python3
"""Writes the table of TLS's cipher suites: what OpenSSL calls each, and which words of a cipher string mean it.

    build/cipher_table.py > tls/src/main/resources/org/euryale/tls/ciphers.tsv

It asks the openssl command (3.0 here) and knows no suite itself, so the table is right for any build: `openssl ciphers -V`
tells the suites, and one call a word which of them the word means. The lines are in the order in which OpenSSL takes suites
that nobody ordered. That order is seen only within one word; whole, it is put together from the words' parts.
"""

import collections
import re
import subprocess
import sys

# The words of openssl-ciphers(1), "CIPHER STRINGS". DEFAULT and its complement are strings over these.
WORDS = """ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT HIGH MEDIUM LOW eNULL NULL aNULL kRSA aRSA RSA kDHr kDHd kDH kDHE kEDH DH DHE EDH ADH
kEECDH kECDHE ECDH ECDHE EECDH AECDH aDSS DSS aDH aECDSA ECDSA AES128 AES256 AES AESGCM AESCCM AESCCM8 ARIA128 ARIA256 ARIA
CAMELLIA128 CAMELLIA256 CAMELLIA CHACHA20 3DES DES RC4 RC2 IDEA SEED MD5 SHA1 SHA SHA256 SHA384 aGOST aGOST01 kGOST GOST94 GOST89MAC
PSK kPSK kECDHEPSK kDHEPSK kRSAPSK aPSK SRP kSRP aSRP FIPS TLSv1.2 TLSv1.0 TLSv1 SSLv3 EXP EXPORT""".split()

EVERY = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"


def ciphers(words, *options):
    """The lines that the command prints for a cipher string; none when no suite matches it."""
    done = subprocess.run(["openssl", "ciphers", *options, words], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def members(word):
    """The names of the suites that a word means, TLS 1.3's left out: no word reaches those."""
    return [name for line in ciphers(word + ":@SECLEVEL=0") for name in line.split(":") if not name.startswith("TLS_")]


def in_one_order(lists):
    """A list of all members in which each of the lists keeps its order."""
    after = collections.defaultdict(set)
    before = collections.Counter()
    names = list(dict.fromkeys(name for one in lists for name in one))
    for one in lists:
        for left, right in zip(one, one[1:]):
            if right not in after[left]:
                after[left].add(right)
                before[right] += 1
    ordered = []
    while len(ordered) < len(names):
        name = next(n for n in names if n not in ordered and not before[n])
        ordered.append(name)
        for follower in after[name]:
            before[follower] -= 1
    return ordered


def main():
    suites = {}
    for line in ciphers(EVERY, "-V", "-stdname"):
        code, standard, name, version, exchange, proof, cipher, mac = re.fullmatch(
            r"\s*(\S+) - (\S+)\s+- (\S+)\s+(\S+)\s+Kx=(\S+)\s+Au=(\S+)\s+Enc=(\S+)\s+Mac=(\S+)\s*", line).groups()
        number = "".join(part[2:] for part in code.split(","))
        bits = re.search(r"\((\d+)\)", cipher)
        bits = bits.group(1) if bits else "0"
        suites[name] = [number, name, standard, version, bits]

    meaning = {word: members(word) for word in WORDS}
    by_suite = collections.defaultdict(list)
    for word, names in meaning.items():
        for name in names:
            by_suite[name].append(word)

    print("# Made by build/cipher_table.py from: " + subprocess.check_output(["openssl", "version"], text=True).strip())
    print("# code, OpenSSL's name, the standard's name, version, bits of the key, words that mean it")
    tls13 = [name for name in suites if name.startswith("TLS_")]
    for name in tls13 + in_one_order(list(meaning.values())):
        print("\t".join([*suites[name], " ".join(by_suite[name])]))
    missing = set(suites) - set(tls13) - set(by_suite)
    if missing:
        sys.exit("no word means %s" % ", ".join(sorted(missing)))


if __name__ == "__main__":
    main()
