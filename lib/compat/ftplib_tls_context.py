"""ftplib.FTP_TLS speaks TLS 1.0 alone, which no server of today takes, and knows neither contexts nor host names.

CPython 2.7.18's takes what both sides can, and a context, by which certificate and name are verified.

Evidence: test_ftplib TestTLS_FTPClass.test_context, test_check_hostname.
"""


def repair(ftplib):
    if not hasattr(ftplib, 'FTP_TLS'):
        return  # the module ssl cannot be imported
    ssl, FTP, FTP_TLS = ftplib.ssl, ftplib.FTP, ftplib.FTP_TLS

    def __init__(self, host='', user='', passwd='', acct='', keyfile=None, certfile=None, context=None,
                 timeout=ftplib._GLOBAL_DEFAULT_TIMEOUT):
        for name, given in ('keyfile', keyfile), ('certfile', certfile):
            if context is not None and given is not None:
                raise ValueError('context and %s arguments are mutually exclusive' % name)
        self.keyfile = keyfile
        self.certfile = certfile
        if context is None:
            context = ssl._create_stdlib_context(self.ssl_version, certfile=certfile, keyfile=keyfile)
        self.context = context
        self._prot_p = False
        FTP.__init__(self, host, user, passwd, acct, timeout)

    def auth(self):
        """Makes the control connection a secure one."""
        if isinstance(self.sock, ssl.SSLSocket):
            raise ValueError('Already using TLS')
        answer = self.voidcmd('AUTH TLS' if self.ssl_version >= ssl.PROTOCOL_SSLv23 else 'AUTH SSL')
        self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)
        self.file = self.sock.makefile('rb')
        return answer

    def ntransfercmd(self, cmd, rest=None):
        connection, size = FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            connection = self.context.wrap_socket(connection, server_hostname=self.host)
        return connection, size

    FTP_TLS.ssl_version = ssl.PROTOCOL_SSLv23
    for method in __init__, auth, ntransfercmd:
        setattr(FTP_TLS, method.__name__, method)
