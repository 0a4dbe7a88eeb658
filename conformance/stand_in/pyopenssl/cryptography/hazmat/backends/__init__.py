def default_backend():
    raise NotImplementedError('cryptography')
