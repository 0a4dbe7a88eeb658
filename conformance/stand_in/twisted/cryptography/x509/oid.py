class NameOID(object):
    COMMON_NAME = 'commonName'
