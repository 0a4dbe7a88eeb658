"""Classes that nothing is an instance of."""


class Certificate(object):
    pass


class CertificateSigningRequest(object):
    pass


class CertificateRevocationList(object):
    pass
