"""OpenSSL.crypto: what pyOpenSSL's own tests do not ask, and what the openssl command makes of what is written."""

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from OpenSSL import crypto, rand

KEY = crypto.PKey()
KEY.generate_key(crypto.TYPE_RSA, 2048)
SECRET = b'pass word'


def certificate(name='root', issuer=None, key=KEY, signer=KEY, extensions=(), ca=True):
    made = crypto.X509()
    made.set_version(2)
    made.set_serial_number(0x1234567890ABCDEF1234)
    made.get_subject().C = 'DE'
    made.get_subject().CN = name
    made.set_issuer((issuer or made).get_subject())
    made.set_notBefore('20200101000000Z')
    made.set_notAfter('20491231235959Z')
    made.set_pubkey(key)
    made.add_extensions([crypto.X509Extension('basicConstraints', True, 'CA:TRUE' if ca else 'CA:FALSE')])
    made.add_extensions(extensions)
    made.sign(signer, 'sha256')
    return made


class Peer(unittest.TestCase):
    """Has a directory, and the openssl command."""

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory, True)

    def file(self, content):
        path = os.path.join(self.directory, 'file%d' % len(os.listdir(self.directory)))
        with open(path, 'wb') as f:
            f.write(content)
        return path

    def openssl(self, *arguments):
        process = subprocess.Popen(['openssl'] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate()
        self.assertEqual((process.returncode, ''), (0, '' if not process.returncode else err))
        return out


class CertificateTest(Peer):

    def test_openssl_verifies_what_was_signed(self):
        root = certificate()
        leaf = certificate('leaf', root, ca=False)
        path = self.file(crypto.dump_certificate(crypto.FILETYPE_PEM, root))
        said = self.openssl('verify', '-CAfile', path,
                            self.file(crypto.dump_certificate(crypto.FILETYPE_PEM, leaf)))
        self.assertTrue(said.strip().endswith(': OK'), said)

    def test_hash_and_serial_are_openssls(self):
        root = certificate(u'\xdc ber  All')
        path = self.file(crypto.dump_certificate(crypto.FILETYPE_PEM, root))
        self.assertEqual(self.openssl('x509', '-noout', '-hash', '-in', path).strip(),
                         '%08x' % root.subject_name_hash())
        self.assertEqual(self.openssl('x509', '-noout', '-serial', '-in', path).strip(),
                         'serial=%X' % root.get_serial_number())

    def test_a_changed_name_changes_the_certificate(self):
        root = crypto.load_certificate(crypto.FILETYPE_PEM,
                                       crypto.dump_certificate(crypto.FILETYPE_PEM, certificate()))
        root.get_subject().O = 'other'
        again = crypto.load_certificate(crypto.FILETYPE_ASN1, crypto.dump_certificate(crypto.FILETYPE_ASN1, root))
        self.assertEqual(again.get_subject().O, u'other')
        self.assertEqual(root._certificate().getSubjectX500Principal().getName(), 'O=other,CN=root,C=DE')

    def test_data_behind_a_certificate_is_not_its(self):
        der = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate())
        again = crypto.load_certificate(crypto.FILETYPE_ASN1, der + 'rest')
        self.assertEqual(crypto.dump_certificate(crypto.FILETYPE_ASN1, again), der)

    def test_java_sees_the_same(self):
        root = certificate()
        self.assertEqual(crypto.X509._of(root._certificate()).digest('sha256'), root.digest('sha256'))
        self.assertEqual(crypto.PKey._of(KEY._private(), None).bits(), 2048)

    def test_garbage_is_an_error(self):
        der = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate())
        for content in '', '\x00', '\x30', '\x30\x80', '\x30\x84\xff\xff\xff\xff', der[:100], der[:4] + der[5:]:
            for load in crypto.load_certificate, crypto.load_certificate_request, crypto.load_crl, \
                    crypto.load_privatekey, crypto.load_publickey, crypto.load_pkcs7_data:
                self.assertRaises(crypto.Error, load, crypto.FILETYPE_ASN1, content)
            self.assertRaises(crypto.Error, crypto.load_pkcs12, content)
        self.assertRaises(crypto.Error, crypto.load_certificate, crypto.FILETYPE_PEM,
                          '-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n')


class KeyTest(Peer):

    def test_openssl_reads_encrypted_keys(self):
        for cipher in 'aes256', 'AES-128-CBC', 'des-ede3-cbc':
            pem = crypto.dump_privatekey(crypto.FILETYPE_PEM, KEY, cipher, SECRET)
            self.assertTrue(pem.startswith('-----BEGIN ENCRYPTED PRIVATE KEY-----\n'))
            plain = self.openssl('pkey', '-in', self.file(pem), '-passin', 'pass:' + SECRET)
            self.assertEqual(plain, crypto.dump_privatekey(crypto.FILETYPE_PEM, KEY))

    def test_keys_of_openssl_are_read(self):
        for algorithm, options, kind, bits in (
                ('EC', ['ec_paramgen_curve:P-384'], crypto.TYPE_EC, 384),
                ('EC', ['ec_paramgen_curve:secp256k1'], crypto.TYPE_EC, 256),
                ('ED25519', [], 1087, 253), ('X25519', [], 1034, 253)):
            arguments = ['genpkey', '-algorithm', algorithm]
            for option in options:
                arguments += ['-pkeyopt', option]
            pem = self.openssl(*arguments)
            key = crypto.load_privatekey(crypto.FILETYPE_PEM, pem)
            self.assertEqual((key.type(), key.bits()), (kind, bits))
            self.assertEqual(crypto.dump_publickey(crypto.FILETYPE_PEM, key),
                             self.openssl('pkey', '-pubout', '-in', self.file(pem)))
            again = self.openssl('pkey', '-in',
                                 self.file(crypto.dump_privatekey(crypto.FILETYPE_PEM, key)))
            self.assertEqual(crypto.dump_privatekey(crypto.FILETYPE_PEM,
                                                    crypto.load_privatekey(crypto.FILETYPE_PEM, again)),
                             crypto.dump_privatekey(crypto.FILETYPE_PEM, key))

    def test_a_curve_that_java_lacks_signs(self):
        pem = self.openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1')
        key = crypto.load_privatekey(crypto.FILETYPE_PEM, pem)
        root = certificate(key=key, signer=key)
        path = self.file(crypto.dump_certificate(crypto.FILETYPE_PEM, root))
        self.assertTrue(self.openssl('verify', '-check_ss_sig', '-CAfile', path, path).strip().endswith(': OK'))
        store = crypto.X509Store()
        store.add_cert(root)
        store.set_flags(crypto.X509StoreFlags.CHECK_SS_SIGNATURE)
        crypto.X509StoreContext(store, root).verify_certificate()

    def test_no_password_is_in_an_error(self):
        said = set()
        for _ in range(8):      # one wrong password in 256 leaves right padding, and then no key: OpenSSL says so, too
            pem = crypto.dump_privatekey(crypto.FILETYPE_PEM, KEY, 'aes256', SECRET)
            with self.assertRaises(crypto.Error) as raised:
                crypto.load_privatekey(crypto.FILETYPE_PEM, pem, b'other secret')
            self.assertNotIn('secret', repr(raised.exception))
            said.add(raised.exception.args[0][0][1:])
        self.assertIn(('EVP_DecryptFinal_ex', 'bad decrypt'), said)
        self.assertRaises(crypto.Error, crypto.load_privatekey, crypto.FILETYPE_PEM, pem)

    def test_what_a_callback_raises_comes_through(self):
        pem = crypto.dump_privatekey(crypto.FILETYPE_PEM, KEY, 'aes256', lambda writing: SECRET)

        def refuse(writing):
            raise KeyError(writing)
        try:
            crypto.load_privatekey(crypto.FILETYPE_PEM, pem, refuse)
            self.fail('read without a password')
        except KeyError as e:
            self.assertEqual(e.args, (False,))


class RequestTest(Peer):

    def test_openssl_verifies_a_request(self):
        request = crypto.X509Req()
        request.get_subject().CN = 'asked'
        request.set_pubkey(KEY)
        request.add_extensions([crypto.X509Extension('subjectAltName', False, 'DNS:a.example,IP:::1')])
        request.sign(KEY, 'sha256')
        path = self.file(crypto.dump_certificate_request(crypto.FILETYPE_PEM, request))
        self.openssl('req', '-verify', '-noout', '-in', path)
        self.assertIn('DNS:a.example, IP Address:0:0:0:0:0:0:0:1', self.openssl('req', '-text', '-noout', '-in', path))


class ListTest(Peer):

    def test_revoked_is_told_by_openssl_and_by_us(self):
        root, leaf = certificate(), certificate('leaf', certificate(), ca=False)
        revoked = crypto.Revoked()
        revoked.set_serial(hex(leaf.get_serial_number())[2:])
        revoked.set_reason('superseded')
        revoked.set_rev_date('20200101000000Z')
        crl = crypto.CRL()
        crl.add_revoked(revoked)
        pem = crl.export(root, KEY, digest='sha256')
        self.assertIn('Superseded', self.openssl('crl', '-text', '-noout', '-in', self.file(pem)))
        store = crypto.X509Store()
        store.add_cert(root)
        crypto.X509StoreContext(store, leaf).verify_certificate()
        store.add_crl(crypto.load_crl(crypto.FILETYPE_PEM, pem))
        store.set_flags(crypto.X509StoreFlags.CRL_CHECK)
        try:
            crypto.X509StoreContext(store, leaf).verify_certificate()
            self.fail('a revoked certificate is trusted')
        except crypto.X509StoreContextError as e:
            self.assertEqual(e.args, ([23, 0, 'certificate revoked'],))
            self.assertEqual(e.certificate.get_subject().CN, u'leaf')

    def test_time_is_that_of_the_store(self):
        root = certificate()
        store = crypto.X509Store()
        store.add_cert(root)
        store.set_time(datetime.datetime(2050, 1, 1))
        try:
            crypto.X509StoreContext(store, root).verify_certificate()
            self.fail('an old certificate is trusted')
        except crypto.X509StoreContextError as e:
            self.assertEqual(e.args[0], [10, 0, 'certificate has expired'])


class Pkcs12Test(Peer):

    def test_openssl_reads_what_was_written(self):
        whole = crypto.PKCS12()
        whole.set_certificate(certificate())
        whole.set_privatekey(KEY)
        whole.set_friendlyname('name')
        path = self.file(whole.export(SECRET))
        out = self.openssl('pkcs12', '-in', path, '-passin', 'pass:' + SECRET, '-nodes', '-legacy')
        self.assertIn('friendlyName: name', out)
        self.assertEqual(crypto.load_privatekey(crypto.FILETYPE_PEM, out).bits(), 2048)

    def test_what_openssl_writes_is_read(self):
        root = certificate()
        pem = crypto.dump_certificate(crypto.FILETYPE_PEM, root) + crypto.dump_privatekey(crypto.FILETYPE_PEM, KEY)
        for options in [], ['-legacy']:
            out = os.path.join(self.directory, 'out')
            self.openssl('pkcs12', '-export', '-in', self.file(pem), '-out', out, '-passout', 'pass:' + SECRET,
                         '-name', 'mine', *options)
            with open(out, 'rb') as f:
                read = crypto.load_pkcs12(f.read(), SECRET)
            self.assertEqual(read.get_friendlyname(), 'mine')
            self.assertEqual(read.get_certificate().digest('sha1'), root.digest('sha1'))
            self.assertEqual(read.get_privatekey().bits(), 2048)


class ExtensionTest(unittest.TestCase):

    def test_texts(self):
        for kind, value, text in (
                ('keyUsage', 'digitalSignature, cRLSign', 'Digital Signature, CRL Sign'),
                ('extendedKeyUsage', 'serverAuth,1.2.3.4', 'TLS Web Server Authentication, 1.2.3.4'),
                ('basicConstraints', 'CA:TRUE,pathlen:3', 'CA:TRUE, pathlen:3'),
                ('crlDistributionPoints', 'URI:http://a/b', '\nFull Name:\n  URI:http://a/b\n'),
                ('authorityInfoAccess', 'OCSP;URI:http://a/', 'OCSP - URI:http://a/\n'),
                ('nameConstraints', 'permitted;DNS:a,excluded;IP:10.0.0.0/255.0.0.0',
                 'Permitted:\n  DNS:a\nExcluded:\n  IP:10.0.0.0/255.0.0.0\n'),
                ('certificatePolicies', '1.2.3', 'Policy: 1.2.3\n'), ('tlsfeature', 'status_request', 'status_request'),
                ('nsComment', 'said', 'said'), ('nsCertType', 'server', 'SSL Server'),
                ('subjectKeyIdentifier', '0a:FF', '0A:FF'), ('1.2.3', 'DER:0041ff', '.A.')):
            self.assertEqual(str(crypto.X509Extension(kind, False, value)), text)

    def test_what_is_wrong(self):
        for kind, value, reason in (
                ('keyUsage', 'flying', 'unknown bit string argument'), ('subjectAltName', 'IP:1.2.3', 'bad ip address'),
                ('subjectAltName', 'IP:host', 'bad ip address'), ('subjectAltName', 'DNS', 'missing value'),
                ('subjectKeyIdentifier', 'hash', 'no public key'), ('unheard', 'x', 'unknown extension name')):
            try:
                crypto.X509Extension(kind, False, value)
                self.fail('%s=%s was made' % (kind, value))
            except crypto.Error as e:
                self.assertEqual(e.args[0][0][2], reason)
                self.assertEqual(e.args[0][-1], ('X509 V3 routines', 'X509V3_EXT_nconf', 'error in extension'))


class RandomTest(unittest.TestCase):

    def test_status(self):
        rand.add('some', 0)
        self.assertEqual(rand.status(), 1)


class InstalledTest(unittest.TestCase):
    """What pip and pkg_resources go by."""

    def test_pip_would_find_it(self):
        found = [path for path in sys.path
                 if os.path.isfile(os.path.join(path, 'pyOpenSSL-21.0.0.dist-info', 'METADATA'))]
        self.assertEqual(len(found), 1)
        self.assertEqual(__import__('OpenSSL').__version__, '21.0.0')


if __name__ == '__main__':
    unittest.main()
