class NameOID(object):
    pass
