class PKCS1v15(object):
    pass
