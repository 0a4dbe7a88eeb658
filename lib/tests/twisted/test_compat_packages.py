"""What lib/compat mends in Twisted and the packages below it, which have to be importable.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

import automat
from java.lang import Object
from java.nio import ByteOrder
from java.util import ArrayList
from twisted.internet import defer
from twisted.python import failure
from zope.interface import Interface, classImplements, declarations, implementedBy, implementer, providedBy


def ended(code, reactor=None, **more):
    """What an interpreter of its own says that runs the code; reactor is its EURYALE_REACTOR."""
    environment = dict(os.environ, **more)
    environment.pop('EURYALE_REACTOR', None)
    if reactor:
        environment['EURYALE_REACTOR'] = reactor
    return subprocess.check_output([sys.executable, '-c', code], env=environment, stderr=subprocess.STDOUT).strip()


class ProxiedModulesTest(unittest.TestCase):

    def test_submodules_are_found(self):
        import twisted
        import twisted.internet
        self.assertEqual('_ModuleProxy', type(sys.modules['twisted']).__name__)
        self.assertIs(twisted.internet, sys.modules['twisted.internet'])
        self.assertNotIn('_deprecatedAttributes', vars(twisted))

    def test_one_warning_from_where_it_is_imported(self):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter('always')
            from twisted.protocols import dict  # noqa: F401 - it is about the import
        about = [each for each in seen if 'twisted.protocols.dict was deprecated' in str(each.message)]
        self.assertEqual(1, len(about))
        self.assertEqual(os.path.splitext(__file__)[0].replace('$py', ''), os.path.splitext(about[0].filename)[0])


class ReservedDescriptorTest(unittest.TestCase):

    def test_a_process_without_standard_input(self):
        # As treq's tests start their server: what is asked there of descriptors must not need one that may be closed.
        code = 'from twisted.internet import tcp; print(tcp.__name__)'
        said = subprocess.check_output(['sh', '-c', 'exec "$0" -c "$1" <&-', sys.executable, code])
        self.assertEqual('twisted.internet.tcp', said.strip())


class HostNamesTest(unittest.TestCase):
    """Where service_identity is not installed: in an interpreter that finds all other packages."""

    PEER = '''
from OpenSSL import crypto
from twisted.internet import _sslverify

class Peer(object):
    def __init__(self, *names):
        self.certificate = crypto.X509()
        key = crypto.PKey()
        key.generate_key(crypto.TYPE_RSA, 1024)
        self.certificate.set_version(2)
        self.certificate.set_pubkey(key)
        self.certificate.get_subject().CN = 'common.example'
        self.certificate.set_issuer(self.certificate.get_subject())
        self.certificate.set_notBefore(b'20200101000000Z')
        self.certificate.set_notAfter(b'20400101000000Z')
        if names:
            self.certificate.add_extensions([crypto.X509Extension(b'subjectAltName', False, b', '.join(names))])
        self.certificate.sign(key, 'sha256')

    def get_peer_certificate(self):
        return self.certificate

def says(verify, peer, names):
    for name in names:
        try:
            verify(peer, name)
            print name, 'is its'
        except _sslverify.VerificationError:
            print name, 'is not'
'''

    def ended(self, code):
        site = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, site)
        for installed in os.environ['PYTHONPATH'].split(os.pathsep):
            for name in os.listdir(installed):
                if not name.startswith('service_identity'):
                    os.symlink(os.path.join(installed, name), os.path.join(site, name))
        return ended(code, PYTHONPATH=site)

    def test_nothing_is_said(self):
        self.assertEqual('False', self.ended(
            'import twisted.internet.ssl, sys; print "service_identity" in sys.modules'))

    def test_installed(self):
        """It is imported when a certificate is compared, and its errors are Twisted's, too."""
        said = ended(self.PEER + '''
import sys
from twisted.internet.ssl import VerificationError
print sorted(name for name in sys.modules if name.startswith(('pyasn1', 'service_identity')))
try:
    _sslverify.verifyHostname(Peer(b'DNS:www.example'), u'other.example')
except VerificationError as e:
    import service_identity
    print isinstance(e, service_identity.VerificationError), e, e.errors[0].mismatched_id.hostname
print _sslverify.verifyIPAddress(Peer(b'IP:127.0.0.1'), u'127.0.0.1'), 'pyasn1' in sys.modules
''').splitlines()
        self.assertEqual('[]', said[0])
        self.assertTrue(said[1].startswith('True VerificationError(errors=[DNSMismatch('), said)
        self.assertTrue(said[1].endswith('other.example'), said)
        self.assertEqual('None True', said[2])

    def test_names_and_addresses(self):
        named = self.ended(self.PEER + '''
named = Peer('DNS:www.example', 'DNS:*.shop.example', 'IP:127.0.0.1', 'IP:::1')
says(_sslverify.verifyHostname, named, ('www.example', 'a.shop.example',
     'common.example', 'shop.example', 'a.b.shop.example', '127.0.0.1'))
says(_sslverify.verifyIPAddress, named, ('127.0.0.1', '::1', '0:0:0:0:0:0:0:1', '127.0.0.2'))
''')
        self.assertEqual([True, True, False, False, False, False, True, True, True, False],
                         [line.endswith(' is its') for line in named.splitlines()], named)
        unnamed = self.ended(self.PEER + '''
unnamed = Peer()
says(_sslverify.verifyHostname, unnamed, ('common.example', 'www.example'))
says(_sslverify.verifyIPAddress, unnamed, ('127.0.0.1',))
''')
        self.assertEqual([True, False, False], [line.endswith(' is its') for line in unnamed.splitlines()], unnamed)


class IFirst(Interface):
    pass


class JavaTypesTest(unittest.TestCase):

    def test_declarations_are_not_on_the_class(self):
        self.assertFalse(list(implementedBy(ArrayList)))
        classImplements(ArrayList, IFirst)
        self.assertTrue(IFirst.providedBy(ArrayList()))
        for each in ArrayList, Object:
            self.assertNotIn('__implemented__', each.__dict__)
            self.assertNotIn('__providedBy__', each.__dict__)

    def test_a_python_class_over_a_java_class(self):
        @implementer(IFirst)
        class Both(ArrayList):
            pass
        self.assertTrue(IFirst.providedBy(Both()))
        self.assertIn(IFirst, list(providedBy(Both())))


class DeclaredTypesTest(unittest.TestCase):
    """How zope.interface takes the arguments of a declaration apart, beside its own function."""

    def setUp(self):
        self.ours = declarations._normalizeargs
        with open(os.path.splitext(declarations.__file__)[0].replace('$py', '') + '.py') as f:
            source = f.read()
        start = source.index('def _normalizeargs(')
        theirs = dict(vars(declarations))
        exec source[start:re.compile(r'^\S', re.MULTILINE).search(source, start + 4).start()] in theirs
        self.theirs = theirs['_normalizeargs']

    def test_as_zopes_own(self):
        class Implementing(object):
            pass
        classImplements(Implementing, IFirst)
        implemented = implementedBy(Implementing)
        for arguments in (), [], (IFirst,), IFirst, implemented, (Interface, [IFirst, (implemented,)], ()):
            self.assertEqual(self.theirs(arguments), self.ours(arguments))
            found = [Interface]
            self.assertIs(found, self.ours(arguments, found))
            self.assertEqual(self.theirs(arguments, [Interface]), found)
        for wrong in 3, (IFirst, None):
            self.assertRaises(TypeError, self.theirs, wrong)
            self.assertRaises(TypeError, self.ours, wrong)

    def test_types_are_not_compared(self):
        compared = []

        class Meta(type):
            def __eq__(self, other):
                compared.append(other)
                return self is other
            __hash__ = type.__hash__

        class Arguments(list):
            __metaclass__ = Meta

        self.assertEqual([IFirst], self.theirs(Arguments([IFirst])))
        self.assertTrue(compared)
        del compared[:]
        self.assertEqual([IFirst], self.ours(Arguments([IFirst])))
        self.assertEqual([], compared)


class MachineTest(unittest.TestCase):

    def test_inputs_keep_their_names(self):
        class Door(object):
            machine = automat.MethodicalMachine()

            @machine.state(initial=True)
            def closed(self):
                """Closed."""

            @machine.state()
            def open(self):
                """Open."""

            @machine.input()
            def push(self):
                """Somebody pushes."""

            @machine.output()
            def creak(self):
                return 'creak'

            closed.upon(push, enter=open, outputs=[creak])
        self.assertEqual(['creak'], Door().push())
        self.assertEqual('push', Door().push.__name__)


class PlatformTest(unittest.TestCase):

    def test_posix(self):
        from twisted.python.runtime import platform, platformType
        self.assertEqual(('posix', 'posix'), (platformType, platform.getType()))
        self.assertEqual('java', os.name)

    def test_linux(self):
        from twisted.internet.address import UNIXAddress
        from twisted.python.runtime import platform
        self.assertTrue(platform.isLinux())
        self.assertNotEqual(UNIXAddress('\0one'), UNIXAddress('\0other'))

    def test_interfaces(self):
        from twisted.internet import interfaces
        from twisted.internet.selectreactor import SelectReactor
        for each in ('IReactorTCP', 'IReactorUDP', 'IReactorUNIX', 'IReactorThreads', 'IReactorFDSet', 'IReactorProcess'):
            self.assertTrue(getattr(interfaces, each).implementedBy(SelectReactor), each)

    def test_pid_files(self):
        from twisted.application.runner import _pidfile
        self.assertEqual('posix', _pidfile.SYSTEM_NAME)

    def test_process_names(self):
        from twisted.python import log
        from twisted.scripts import _twistd_unix
        seen = []
        log.addObserver(seen.append)
        self.addCleanup(log.removeObserver, seen.append)
        _twistd_unix.launchWithName('another')
        self.assertEqual(['Not changing process name to another: a JVM cannot exec'],
                         [' '.join(each['message']) for each in seen])


class EscapeTest(unittest.TestCase):

    def test_as_twisteds_own(self):
        from twisted.web import http
        ours = http._escape
        self.assertFalse(hasattr(ours, 'func_code'))
        with open(os.path.splitext(http.__file__)[0].replace('$py', '') + '.py') as f:
            source = f.read()
        start = source.index('def _escape(s)')
        theirs = {}
        exec source[start:source.index('@provider', start)] in theirs
        theirs = theirs['_escape']
        texts = [chr(one) + chr(other) for one in range(256) for other in map(ord, 'a\'"\\\0')]
        for text in texts + ['', 'GET', u'unicode', u'a"b\'c', "both ' and \"", 'caf\xc3\xa9', '\r\n\t']:
            self.assertEqual((unicode, theirs(text)), (type(ours(text)), ours(text)))
        for wrong in u'caf\xe9', None, 1:
            with self.assertRaises(Exception) as caught:
                theirs(wrong)
            with self.assertRaises(type(caught.exception)):
                ours(wrong)


class ContentTest(unittest.TestCase):
    """A site that keeps the content of requests in files of its own is asked for them, and no other."""

    def content(self, **attributes):
        from twisted.web import server
        from twisted.web.test.requesthelper import DummyChannel
        self.assertNotEqual(server.__name__, server.Request.gotLength.im_func.__module__)
        channel = DummyChannel()
        vars(channel).update(attributes)
        request = server.Request(channel)
        request.gotLength(3)
        return request.content

    def test_of_a_site(self):
        class Plain:
            pass

        class Keeping:
            def getContentFile(self, length):
                return 'content of %d' % length

        self.assertEqual('content of 3', self.content(site=Keeping()))
        for attributes in {}, {'site': Plain()}, {'site': None}:
            self.assertEqual('', self.content(**attributes).read())


class LogContextsTest(unittest.TestCase):
    """log.callWithContext, by which Twisted's loops call what is ready, beside Twisted's own function."""

    def setUp(self):
        from twisted.python import context, log
        self.context, self.log = context, log
        self.contexts = context.theContextTracker.currentContext().contexts

    def said(self, *more, **keywords):
        return self.context.get(self.log.ILogContext), more, keywords

    def test_is_mended(self):
        self.assertEqual('builtin_function_or_method', type(self.log.callWithContext).__name__)

    def test_what_is_said_and_passed_on(self):
        depth, call = len(self.contexts), self.log.callWithContext
        self.assertEqual(({'system': 'a'}, (1, 2), {'b': 3}), call({'system': 'a'}, self.said, 1, 2, b=3))
        self.assertEqual(({'system': 'a', 'more': 4}, (), {}), call({'system': 'a'}, call, {'more': 4}, self.said))
        self.assertEqual(({'system': 'a'}, (), {}), call(ctx={'system': 'a'}, func=self.said))
        self.assertEqual({'system': '-'}, self.said()[0])
        self.assertEqual(depth, len(self.contexts))

    def test_other_contexts_are_seen_through(self):
        inner = self.context.call({'mine': 1}, self.log.callWithContext, {'system': 'a'}, lambda: (
            self.context.get('mine'), self.said()[0]))
        self.assertEqual((1, {'system': 'a'}), inner)

    def test_what_is_raised(self):
        depth = len(self.contexts)
        self.assertRaises(ZeroDivisionError, self.log.callWithContext, {}, lambda: 1 / 0)
        self.assertEqual(depth, len(self.contexts))
        self.assertRaises(TypeError, self.log.callWithContext, {})
        self.assertRaises(TypeError, self.log.callWithContext, 3, self.said)
        self.assertRaises(TypeError, self.log.callWithContext, {}, self.said, ctx=1)

    def test_contexts_that_are_no_dicts(self):
        import collections

        class Context(object):
            def __init__(self, error):
                self.error = error

            def __getitem__(self, key):
                raise self.error(key)

        call = self.context.call
        for context in collections.defaultdict(), Context(KeyError):
            self.assertEqual({'system': 'a'}, call(context, self.log.callWithContext, {'system': 'a'}, self.said)[0])
        self.assertRaises(IndexError, call, Context(IndexError), self.log.callWithContext, {}, self.said)
        self.assertRaises(TypeError, call, [], self.log.callWithContext, {}, self.said)

    def test_in_a_new_thread(self):
        import threading
        seen = []
        thread = threading.Thread(target=lambda: seen.append(self.log.callWithContext({'system': 't'}, self.said)))
        thread.start()
        thread.join()
        self.assertEqual([({'system': 't'}, (), {})], seen)

    def test_of_a_tracker_that_was_there_first(self):
        self.assertEqual('function', ended("""if True:
            from twisted.python import context

            class Tracker(object):
                def callWithContext(self, ctx, func, *args, **kw):
                    return func(*args, **kw)

                def getContext(self, key, default=None):
                    return {}

            context.installContextTracker(Tracker())
            from twisted.python import log
            assert log.callWithContext({}, lambda: 1) == 1
            print(type(log.callWithContext).__name__)
        """))

    def test_of_another_tracker(self):
        context = self.context

        class Tracker(object):
            def callWithContext(self, ctx, func, *args, **kw):
                return 'called', func(*args, **kw)

            def getContext(self, key, default=None):
                return {'of': 'another'}

        for name in 'theContextTracker', 'call', 'get':
            self.addCleanup(setattr, context, name, getattr(context, name))
        context.installContextTracker(Tracker())
        self.assertEqual('builtin_function_or_method', type(self.log.callWithContext).__name__)
        self.assertEqual(('called', ({'of': 'another'}, (), {})), self.log.callWithContext({'system': 'a'}, self.said))


class ThrownFailuresTest(unittest.TestCase):

    def test_tracebacks_of_chained_callbacks(self):
        @defer.inlineCallbacks
        def first():
            yield second()

        @defer.inlineCallbacks
        def second():
            try:
                yield third()
            finally:
                pass

        @defer.inlineCallbacks
        def third():
            yield
            raise ValueError('the first')

        failures = []
        first().addErrback(failures.append)
        text = failures[0].getTraceback()
        for name in 'first', 'second', 'third':
            self.assertIn('in %s\n' % name, text)
        self.assertNotIn('throwExceptionIntoGenerator', text)
        self.assertIn('the first', text)

    def test_another_exception_is_its_own(self):
        """The exception that a generator raises in place of the one that it got is no Failure's."""
        found = []

        def generator():
            try:
                yield
            except ValueError:
                try:
                    [][1]
                except IndexError:
                    found.append(failure.Failure())

        waiting = generator()
        next(waiting)
        self.assertRaises(StopIteration, failure.Failure(ValueError('thrown')).throwExceptionIntoGenerator, waiting)
        self.assertIs(IndexError, found[0].type)


class TunnelsTest(unittest.TestCase):

    def test_requests_are_in_the_machines_order(self):
        from twisted.pair import tuntap
        flags = '\x01\x10' if ByteOrder.nativeOrder() is ByteOrder.LITTLE_ENDIAN else '\x10\x01'
        self.assertEqual('lo\0' + flags, tuntap.struct.pack('3sH', 'lo', 0x1001))
        self.assertEqual(('lo\0', 0x1001), tuntap.struct.unpack('3sH', 'lo\0' + flags))
        self.assertEqual('\x10\x01', tuntap.struct.pack('>H', 0x1001))


class XmlStreamTest(unittest.TestCase):

    def test_elements_come_with_their_pieces(self):
        from twisted.words.xish import domish
        seen, stream = [], domish.elementStream()
        self.assertIsInstance(stream, domish.ExpatElementStream)
        stream.DocumentStartEvent = lambda root: seen.append(root.name)
        stream.ElementEvent = lambda element: seen.append(element.name)
        stream.DocumentEndEvent = lambda: seen.append('end')
        stream.parse('<stream><first/><sec')
        self.assertEqual(['stream', 'first'], seen)
        stream.parse('ond>text</second></stream>')
        self.assertEqual(['stream', 'first', 'second', 'end'], seen)


class PluginsTest(unittest.TestCase):

    def test_found_whether_cached_or_not(self):
        code = ('from twisted.plugin import getPlugins; from twisted.application.service import IServiceMaker\n'
                'print(sorted(each.tapname for each in getPlugins(IServiceMaker)))')
        first, second = ended(code), ended(code)
        self.assertIn("'web'", first)
        self.assertEqual(first, second)


class DefaultReactorTest(unittest.TestCase):

    SHOW = 'from twisted.internet import reactor; print(type(reactor).__name__)'

    def test_ours_unless_the_environment_says_otherwise(self):
        self.assertEqual('EuryaleReactor', ended(self.SHOW))
        for name, kind in ('epoll', 'EPollReactor'), ('select', 'SelectReactor'), ('euryale', 'EuryaleReactor'):
            self.assertEqual(kind, ended(self.SHOW, name))

    def test_a_property_that_names_none(self):
        with self.assertRaises(subprocess.CalledProcessError) as raised:
            ended(self.SHOW, EURYALE_JAVA_OPTS='-Deuryale.reactor=iocp')
        self.assertEqual('ValueError: euryale.reactor is iocp; it can be epoll, euryale, poll, select',
                         raised.exception.output.splitlines()[-1])
        self.assertEqual('SelectReactor', ended(
            'from twisted.application import reactors; reactors.installReactor("select")\n' + self.SHOW,
            EURYALE_JAVA_OPTS='-Deuryale.reactor=iocp'))

    TWISTD = 'import sys; sys.argv[1:] = %r; from twisted.scripts.twistd import run; run()'

    def test_what_twistd_says_of_the_default(self):
        lines = ended(self.TWISTD % ['--help-reactors']).splitlines()
        self.assertEqual(['default What EURYALE_REACTOR names, euryale without it.'],
                         [' '.join(line.split()) for line in lines if line.split()[:1] == ['default']])

    def test_by_name(self):
        from twisted.application import reactors
        names = [each.shortName for each in reactors.getReactorTypes()]
        self.assertEqual(1, names.count('euryale'))
        self.assertIn('epoll', names)
        self.assertEqual('EuryaleReactor', ended(
            'from twisted.application import reactors; reactors.installReactor("euryale")\n' + self.SHOW, 'select'))

    def test_reactor_of_choice(self):
        for name, kind in ('select', 'SelectReactor'), ('poll', 'PollReactor'), ('epoll', 'EPollReactor'):
            self.assertEqual(kind, ended('from twisted.internet import %sreactor as chosen; chosen.install()\n'
                                         'from twisted.internet import reactor; print(type(reactor).__name__)' % name))


if __name__ == '__main__':
    unittest.main()
