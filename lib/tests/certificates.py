"""Certificates for tests, made by the openssl command when the first is asked for; they go with the process."""

import atexit
import os
import shutil
import subprocess
import tempfile

EXTENSIONS = '''
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[server]
basicConstraints=critical,CA:FALSE
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=DNS:localhost,DNS:*.example.org,IP:127.0.0.1
[client]
basicConstraints=critical,CA:FALSE
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
extendedKeyUsage=clientAuth
[req]
distinguished_name=name
[name]
'''

KEYS = {
    'rsa': ['-newkey', 'rsa:2048'],
    'ec': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    'ed25519': ['-newkey', 'ed25519'],
}

_directory = []


def _place():
    if not _directory:
        _directory.append(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, _directory[0], True)
        with open(os.path.join(_directory[0], 'cnf'), 'w') as f:
            f.write(EXTENSIONS)
    return _directory[0]


def _openssl(*arguments):
    process = subprocess.Popen(['openssl'] + list(arguments), cwd=_place(), stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    said = process.communicate()[0]
    if process.returncode:
        raise EnvironmentError('openssl %s: %s' % (' '.join(arguments), said))


def authority(name='ca'):
    """The file of a certificate that signs others."""
    path = os.path.join(_place(), name + '.pem')
    if not os.path.exists(path):
        _openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', name + '.key', '-out', name + '.pem',
                 '-days', '30', '-subj', '/O=Euryale tests/CN=' + name, '-config', 'cnf', '-extensions', 'ca')
    return path


def self_signed(name='localhost'):
    """The file of a server's certificate that nobody else has signed, with its key in it."""
    path = os.path.join(_place(), 'self-%s.pem' % name)
    if not os.path.exists(path):
        _openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'self.key', '-out', 'self.crt', '-days', '30',
                 '-subj', '/O=Euryale tests/CN=' + name, '-config', 'cnf', '-extensions', 'server')
        _joined(path, 'self')
    return path


def encrypted(path, password):
    """The file of a key's copy that has a password; path is what pair() gave."""
    copy = '%s.%s' % (path, 'encrypted')
    _openssl('pkey', '-in', path, '-aes256', '-passout', 'pass:' + password, '-out', copy)
    return copy


def secrets(password):
    """Pieces of a password, and of the key of pair() in base64 and in hexadecimal, none of which is to be told."""
    with open(pair()) as f:
        lines = f.read().splitlines()
    key = lines[lines.index('-----BEGIN PRIVATE KEY-----') + 1:-1]
    whole = ''.join(key).decode('base64')
    return ([password, password[:8]] + [line[at:at + 16] for line in key[2:-1] for at in (0, 30)]
            + [whole[at:at + 8].encode('hex') for at in range(64, len(whole) - 8, 8)])


def _joined(path, stem):
    with open(path, 'w') as whole:
        for part in '.crt', '.key':
            with open(os.path.join(_place(), stem + part)) as f:
                whole.write(f.read())


def s_server(key, version, mutual):
    """The command of an openssl that shows a certificate of this kind and sends lines back reversed; see port_of."""
    shown = pair(key=key)
    return (['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', shown, '-key', shown, '-CAfile', authority(), '-rev',
             '-naccept', '1', version] + mutual * ['-Verify', '1', '-verify_return_error'])


def port_of(server):
    """Where s_server listens, when it does."""
    said = server.stdout.readline()
    while 'ACCEPT' not in said:
        if not said:
            raise EnvironmentError('openssl s_server ended')
        said = server.stdout.readline()
    return int(said.strip().rpartition(':')[2])


def s_client(key, version, mutual, port):
    """The command of an openssl that connects, verifies, and shows a certificate of `them` where it is to."""
    shown = pair('client', key, name='them')
    return (['openssl', 's_client', '-connect', '127.0.0.1:%d' % port, '-CAfile', authority(), '-verify_return_error',
             '-verify_hostname', 'localhost', '-quiet', version] + mutual * ['-cert', shown, '-key', shown])


def pair(purpose='server', key='rsa', name='localhost', days=30, signed_by='ca'):
    """The file of a certificate, with its key in it."""
    stem = '-'.join([purpose, key, name, str(days), signed_by])
    path = os.path.join(_place(), stem + '.pem')
    if not os.path.exists(path):
        authority(signed_by)
        _openssl('req', '-new', '-nodes', '-keyout', stem + '.key', '-out', stem + '.csr', '-subj',
                 '/O=Euryale tests/CN=' + name, '-config', 'cnf', *KEYS[key])
        _openssl('x509', '-req', '-in', stem + '.csr', '-CA', signed_by + '.pem', '-CAkey', signed_by + '.key',
                 '-CAcreateserial', '-out', stem + '.crt', '-days', str(days), '-extfile', 'cnf', '-extensions', purpose)
        _joined(path, stem)
    return path
