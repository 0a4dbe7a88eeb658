class SHA256(object):
    name = 'sha256'
