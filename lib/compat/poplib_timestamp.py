"""poplib looks for the timestamp in a server's greeting in time quadratic in its length.

A greeting of many "<" holds the client for as long as the server likes (CVE-2018-1060). This pattern
takes the first "<" after "+OK" and never looks back.

Evidence: test_poplib TestPOP3Class.test_apop_REDOS.
"""

import re


def repair(poplib):
    poplib.POP3.timestamp = re.compile(r'\+OK[^<]*(<[^>]+>)')
