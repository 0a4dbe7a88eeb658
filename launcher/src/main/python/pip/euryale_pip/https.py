"""pip's HTTPS on the JDK's: what requests' HTTPAdapter takes for a connection pool of urllib3.

Certificates are checked against the bundle that pip names, as pip would. Client certificates are not supported.
"""

import re
import jarray

from java.io import ByteArrayInputStream, IOException
from java.net import Authenticator, InetSocketAddress, PasswordAuthentication, Proxy, SocketTimeoutException, URL
from java.security import KeyStore, SecureRandom
from java.security.cert import CertificateFactory
from java.lang import System
from javax.net.ssl import HostnameVerifier, SSLContext, SSLException, TrustManagerFactory, X509ExtendedTrustManager

# The JDK has these itself, or computes them.
OWN_HEADERS = ('connection', 'content-length', 'host')

PEM = re.compile('-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----', re.S)

factories = {}


def socket_factory(bundle):
    """For connections whose certificates this PEM file vouches for; None: whoever it is."""
    if bundle not in factories:
        context = SSLContext.getInstance('TLS')
        context.init(None, trust(bundle), SecureRandom())
        factories[bundle] = context.getSocketFactory()
    return factories[bundle]


def trust(bundle):
    if bundle is None:
        return [Anyone()]
    store = KeyStore.getInstance(KeyStore.getDefaultType())
    store.load(None, None)
    certificates = CertificateFactory.getInstance('X.509')
    with open(bundle) as f:
        for number, text in enumerate(PEM.findall(f.read())):
            store.setCertificateEntry(str(number), certificates.generateCertificate(ByteArrayInputStream(text)))
    factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
    factory.init(store)
    return factory.getTrustManagers()


class Anyone(X509ExtendedTrustManager):
    """For --trusted-host."""

    def checkClientTrusted(self, *arguments):
        pass

    def checkServerTrusted(self, *arguments):
        pass

    def getAcceptedIssuers(self):
        return []


class AnyName(HostnameVerifier):

    def verify(self, name, session):
        return True


class ProxyPassword(Authenticator):

    def __init__(self, user, password):
        self.answer = PasswordAuthentication(user, jarray.array(password or '', 'c'))

    def getPasswordAuthentication(self):
        return self.answer if str(self.getRequestorType()) == 'PROXY' else None


class Body(object):
    """A response's bytes; closed at their end, as urllib3 and CacheControl expect of a body."""

    def __init__(self, stream):
        self.stream = stream
        self.closed = stream is None

    def read(self, amount=None):
        if self.closed or amount == 0:
            return ''
        if amount is None:
            data = self.stream.readAllBytes().tostring()
            self.close()
            return data
        room = jarray.zeros(amount, 'b')
        count = self.stream.readNBytes(room, 0, amount)
        if count < amount:
            self.close()
        return room[:count].tostring()

    def close(self):
        if not self.closed:
            self.closed = True
            self.stream.close()

    def flush(self):
        pass


class Pool(object):
    """In the place of urllib3's HTTPSConnectionPool; HTTPAdapter sets the certificate's fields."""

    cert_reqs = ca_certs = ca_cert_dir = cert_file = key_file = None

    def __init__(self, urllib3, proxy):
        self.urllib3, self.proxy = urllib3, proxy

    def urlopen(self, method, url, body=None, headers=None, retries=None, timeout=None, **ignored):
        """urllib3's response to a request for an absolute URL."""
        while True:
            try:
                return self.once(method, url, body, headers or {}, timeout)
            except SSLException as e:
                raise self.urllib3.exceptions.SSLError(e.getMessage())
            except IOException as e:
                kind = self.urllib3.exceptions
                error = (kind.ReadTimeoutError(self, url, e.getMessage()) if isinstance(e, SocketTimeoutException)
                         else kind.ProtocolError(e.toString()))
                retries = retries.increment(method, url, error=error, _pool=self)
                retries.sleep()

    def once(self, method, url, body, headers, timeout):
        connection = self.opened(URL(self.absolute(url)))
        connection.setRequestMethod(method)
        connection.setInstanceFollowRedirects(False)
        connection.setUseCaches(False)
        if timeout is not None and isinstance(timeout.connect_timeout, (int, float)):
            connection.setConnectTimeout(int(timeout.connect_timeout * 1000))
        if timeout is not None and isinstance(timeout._read, (int, float)):
            connection.setReadTimeout(int(timeout._read * 1000))
        for name, value in headers.items():
            if name.lower() not in OWN_HEADERS:
                connection.setRequestProperty(name, value)
        if body:
            connection.setDoOutput(True)
            connection.getOutputStream().write(body)
        status = connection.getResponseCode()
        stream = connection.getErrorStream() if status >= 400 else connection.getInputStream()
        pairs = [(str(name), value.encode('latin-1')) for name, values in connection.getHeaderFields().items()
                 if name is not None and name.lower() != 'transfer-encoding' for value in values]
        return self.urllib3.HTTPResponse(
            body=Body(stream if method != 'HEAD' else None), headers=self.urllib3._collections.HTTPHeaderDict(pairs),
            status=status, reason=connection.getResponseMessage(), preload_content=False, decode_content=False)

    def absolute(self, url):
        return url if '://' in url else self.base + url

    def opened(self, url):
        if self.cert_file:
            raise self.urllib3.exceptions.SSLError('client certificates are not supported on Java')
        connection = url.openConnection(self.through())
        checked = self.cert_reqs == 'CERT_REQUIRED'
        connection.setSSLSocketFactory(socket_factory(self.ca_certs if checked else None))
        if not checked:
            connection.setHostnameVerifier(AnyName())
        return connection

    def through(self):
        if not self.proxy:
            return Proxy.NO_PROXY
        parsed = self.urllib3.util.parse_url(self.proxy)
        if parsed.auth:
            System.setProperty('jdk.http.auth.tunneling.disabledSchemes', '')
            from urllib import unquote
            Authenticator.setDefault(ProxyPassword(*(unquote(part) for part in parsed.auth.partition(':')[::2])))
        kind = Proxy.Type.SOCKS if (parsed.scheme or '').startswith('socks') else Proxy.Type.HTTP
        return Proxy(kind, InetSocketAddress(parsed.host, parsed.port or 80))


def connections(adapters):
    """An HTTPAdapter.get_connection that gives a Pool to https URLs."""
    stock = adapters.HTTPAdapter.get_connection

    def get_connection(self, url, proxies=None):
        if not url.lower().startswith('https://'):
            return stock(self, url, proxies)
        urllib3 = __import__('pip._vendor.urllib3', None, None, ['exceptions', '_collections', 'util', 'HTTPResponse'])
        proxy = adapters.select_proxy(url, proxies)
        pool = Pool(urllib3, adapters.prepend_scheme_if_needed(proxy, 'http') if proxy else None)
        pool.base = '/'.join(url.split('/')[:3])
        return pool

    return get_connection
