"""imaplib.IMAP4_SSL reads a line of any length into memory; without TLS there is a limit (CVE-2013-1752).

Evidence: test_imaplib ThreadedNetworkedTestsSSL.test_linetoolong.
"""


def repair(imaplib):
    if hasattr(imaplib, 'IMAP4_SSL'):
        del imaplib.IMAP4_SSL.readline  # its superclass's has the limit
