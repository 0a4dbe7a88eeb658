from OpenSSL.crypto import FILETYPE_PEM


class Encoding(object):
    PEM = FILETYPE_PEM


class PrivateFormat(object):
    TraditionalOpenSSL = 'PKCS#1, or PKCS#8: who reads PEM takes either'


class NoEncryption(object):
    pass
