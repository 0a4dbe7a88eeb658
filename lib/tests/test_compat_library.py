"""What lib/compat mends in Jython's Lib, module by module. What is said here holds on CPython 2.7, too."""

import code as console
import codeop
import cPickle
import cProfile
import crypt
import cStringIO
import ctypes
import dis
import gc
import hashlib
import hmac
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import thread
import threading
import unicodedata
import unittest
import uuid
import weakref
import xml.sax
import zlib
from StringIO import StringIO
from xml.sax.handler import ContentHandler, feature_namespaces, property_lexical_handler

import stringprep

DATA = ''.join('%d bottles of beer on the wall%c\n' % (n, n & 0xff) for n in range(999, 0, -1))
GZIP, ANY, RAW = 31, 47, -15


def compressed(wbits, data=DATA, level=6):
    c = zlib.compressobj(level, zlib.DEFLATED, wbits)
    half = len(data) // 2
    return c.compress(data[:half]) + c.compress(data[half:]) + c.flush()


def gzip_with(flags, fields):
    plain = compressed(GZIP)
    return plain[:3] + chr(flags) + plain[4:10] + fields + plain[10:]


class ZlibTest(unittest.TestCase):

    def test_every_format_comes_back(self):
        for wbits in (8, 15, -9, -15, 24, 31):
            data = compressed(wbits) if wbits != 24 else compressed(25)
            read = 15 if wbits == 8 else wbits  # zlib writes 9 for 8
            read = 31 if wbits == 24 else read
            self.assertEqual(DATA, zlib.decompress(data, read), wbits)
            self.assertEqual(DATA, zlib.decompressobj(read).decompress(data), wbits)

    def test_a_small_window_is_kept_to(self):
        for bits in range(9, 16):
            twice = os.urandom(1 << bits) * 2   # the second comes one byte too late for zlib
            for wbits in -bits, bits, bits + 16:
                data = compressed(wbits, twice)
                self.assertEqual(twice, zlib.decompress(data, wbits))
                self.assertTrue(len(data) > len(twice), wbits)
            near = os.urandom(50) * 100
            self.assertTrue(len(compressed(-bits, near)) < len(near) / 4, bits)
        c = zlib.compressobj(6, zlib.DEFLATED, -9)
        d = zlib.decompressobj(-9)
        for _ in range(3):
            sent = c.compress(DATA) + c.flush(zlib.Z_SYNC_FLUSH)
            self.assertEqual('\0\0\xff\xff', sent[-4:])
            self.assertEqual(DATA, d.decompress(sent))

    def test_the_header_tells_the_window(self):
        for bits in range(8, 16):
            for level in -1, 1, 2, 5, 6, 9:
                header = map(ord, compressed(bits, level=level)[:2])
                self.assertEqual(max(bits, 9) - 8 << 4 | zlib.DEFLATED, header[0])
                self.assertEqual(0, (header[0] << 8 | header[1]) % 31)
                self.assertEqual({-1: 2, 1: 0, 2: 1, 5: 1, 6: 2, 9: 3}[level], header[1] >> 6)

    def test_the_format_is_found_out(self):
        for wbits in 15, GZIP:
            self.assertEqual(DATA, zlib.decompress(compressed(wbits), ANY))
        self.assertRaises(zlib.error, zlib.decompress, compressed(RAW), ANY)

    def test_gzip_has_one_header(self):
        self.assertEqual(1, compressed(GZIP).count('\x1f\x8b\x08'))
        self.assertEqual('\x1f\x8b\x08\0\0\0\0\0\0\3', compressed(GZIP)[:10])
        self.assertEqual('\2', compressed(GZIP, level=9)[8])
        self.assertEqual('\4', compressed(GZIP, level=1)[8])

    def test_gzip_byte_by_byte(self):
        header = '\5\0extraname\0comment\0'
        for data in compressed(GZIP), gzip_with(4 | 8 | 16, header):
            d = zlib.decompressobj(GZIP)
            self.assertEqual(DATA, ''.join(d.decompress(byte) for byte in data + 'rest'))
            self.assertEqual(('rest', ''), (d.unused_data, d.unconsumed_tail))

    def test_output_is_limited(self):
        for wbits in 15, GZIP, RAW:
            d = zlib.decompressobj(wbits)
            data, pieces = compressed(wbits), []
            while data:
                pieces.append(d.decompress(data, 100))
                self.assertTrue(len(pieces[-1]) <= 100)
                data = d.unconsumed_tail
            self.assertEqual(DATA, ''.join(pieces) + d.flush())

    def test_flush_gives_the_rest(self):
        d = zlib.decompressobj()
        self.assertEqual(DATA[:10], d.decompress(compressed(15), 10))
        self.assertEqual(DATA[10:], d.flush())

    def test_damage_is_an_error(self):
        good = compressed(GZIP)
        for bad, text in ((good[:-8] + 'abcd' + good[-4:], 'incorrect data check'),
                          (good[:-4] + 'abcd', 'incorrect length check'),
                          ('abc' + good, 'incorrect header check'),
                          (good[:2] + '\7' + good[3:], 'unknown compression method')):
            with self.assertRaises(zlib.error) as raised:
                zlib.decompressobj(GZIP).decompress(bad)
            self.assertEqual('Error -3 while decompressing: ' + text, str(raised.exception))
            with self.assertRaises(zlib.error) as raised:
                zlib.decompress(bad, GZIP)
            self.assertEqual('Error -3 while decompressing data: ' + text, str(raised.exception))
        with self.assertRaises(zlib.error) as raised:
            zlib.decompress(good[:-1], GZIP)
        self.assertTrue(str(raised.exception).startswith('Error -5 '))

    def test_formats_that_there_are_not(self):
        for wbits in 7, -7, 23, 33, 48, -16:
            self.assertRaises(ValueError, zlib.decompressobj, wbits)
            self.assertRaises(zlib.error, zlib.decompress, compressed(15), wbits)
        for wbits in 0, 16, 23, 32, 40:
            self.assertRaises(ValueError, zlib.compressobj, 6, zlib.DEFLATED, wbits)


def decorated(function):
    return function


@decorated
def some_lines(argument):
    first = 1

    def inner():
        return argument
    if argument:
        return [first,
                inner]
    return None


class DigestsTest(unittest.TestCase):

    def test_compare_digest(self):
        compare = hmac.compare_digest
        for a, b in ('abc', 'abc'), (u'\xe9', u'\xe9'), (bytearray('abc'), 'abc'), ('abc', buffer('abc')), ('', ''):
            self.assertIs(True, compare(a, b))
        for a, b in ('abc', 'abd'), ('abc', 'ab'), (u'\xe9', u'e'), ('', 'a'):
            self.assertIs(False, compare(a, b))
        for a, b in (u'a', 'a'), ('a', 1), (None, 'a'):
            self.assertRaises(TypeError, compare, a, b)

    def test_pbkdf2(self):
        derived = hashlib.pbkdf2_hmac
        # RFC 6070, and two that no RFC has.
        for digest, password, salt, rounds, length, key in (
                ('sha1', 'password', 'salt', 1, 20, '0c60c80f961f0e71f3a9b524af6012062fe037a6'),
                ('SHA1', 'password', 'salt', 4096, 20, '4b007901b765489abead49d926f721d065a429c1'),
                ('sha1', 'passwordPASSWORDpassword', 'saltSALTsaltSALTsaltSALTsaltSALTsalt', 4096, 25,
                 '3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038'),
                ('sha1', 'pass\0word', 'sa\0lt', 4096, 16, '56fa6aa75548099dcc37d7f03425e0c3'),
                ('sha256', 'pw', 'salt', 3, None, '3c671234e386cb307220d70ee15c4985160b8a8dba62f247001b07974ad52ed1'),
                ('sha1', '', '', 1, 5, '1e437a1c79')):
            self.assertEqual(key, derived(digest, bytearray(password), buffer(salt), rounds, length).encode('hex'))
        for wrong in ('nope', 'p', 's', 1), ('sha1', 'p', 's', 0), ('sha1', 'p', 's', 1, 0), ('sha1', 'p', 's', -1):
            self.assertRaises(ValueError, derived, *wrong)
        for wrong in (1, 'p', 's', 1), ('sha1', 'p', 1, 1):
            self.assertRaises(TypeError, derived, *wrong)
        self.assertEqual(hashlib.algorithms_guaranteed, hashlib.algorithms_available & set(hashlib.algorithms))


class LineNumbersTest(unittest.TestCase):

    def test_last_statement(self):
        lines = [line for _, line in dis.findlinestarts(some_lines.__code__)]
        with open(__file__.replace('.pyc', '.py')) as source:
            text = source.read().split('\n')
        seen = [text[line - 1].strip() for line in sorted(set(lines))]
        self.assertIn('first = 1', seen)
        self.assertIn('def inner():', seen)
        self.assertNotIn('return argument', seen)
        self.assertEqual('return None', seen[-1])

    def test_code_without_source(self):
        scope = {}
        exec compile('def f():\n    return 1\n', '<nowhere>', 'exec') in scope
        self.assertIn(list(line for _, line in dis.findlinestarts(scope['f'].__code__)), ([1], [2]))


class ConsoleTest(unittest.TestCase):
    UNFINISHED = ["'''", '"""', "'''\n", '"""a\nb', "''' \"\"\" ", "x = '''a\n", "if 1:\n  '''", "f('''"]
    FINISHED = ["'''a'''", "'''a\nb'''\n", "# '''", "'\\'\\'\\''", 'x = """a""", 1', "if 1:\n  '''a'''\n\n"]

    def test_a_string_that_goes_on(self):
        compilers = [codeop.compile_command, codeop.CommandCompiler(), console.compile_command,
                     console.InteractiveInterpreter().compile]
        for compiler in compilers:
            for source in self.UNFINISHED:
                self.assertIsNone(compiler(source), source)
            for source in self.FINISHED:
                self.assertIsNotNone(compiler(source), source)
            self.assertRaises(SyntaxError, compiler, "= '''a'''")

    def test_what_was_compiled(self):
        source = "x = '''a\nb'''\n"
        compiled = codeop.compile_command(source, 'here')
        self.assertEqual('here', compiled.co_filename)
        names = {}
        exec compiled in names
        self.assertEqual('a\nb', names['x'])
        self.assertEqual('ab', eval(codeop.compile_command("'''a''' + 'b'", symbol='eval')))
        self.assertRaises(ValueError, codeop.compile_command, '1', symbol='other')


class NamesTest(unittest.TestCase):

    def test_thread_error(self):
        self.assertIs(thread.error, threading.ThreadError)
        self.assertTrue(issubclass(thread.error, Exception))

    def test_a_lock_that_nobody_holds(self):
        for lock in threading.Lock(), thread.allocate_lock():
            with self.assertRaises(thread.error) as raised:
                lock.release()
            self.assertEqual('release unlocked lock', str(raised.exception))
            self.assertIsInstance(lock, thread.LockType)
            with lock:
                self.assertTrue(lock.locked())
                self.assertFalse(lock.acquire(0))
            self.assertFalse(lock.locked())

    def test_another_thread_may_release_a_lock(self):
        for make in threading.Lock, thread.allocate_lock:
            lock = make()
            lock.acquire()
            threading.Thread(target=lock.release).start()
            lock.acquire()
            lock.release()
            condition = threading.Condition(lock)
            with condition:
                condition.wait(0.01)

    def test_crypt(self):
        self.assertEqual('abxxB7HlIeckU', crypt.crypt('a', 'ab'))
        self.assertRaises(TypeError, crypt.crypt, 'a', None)

    def test_exit_status_names(self):
        self.assertEqual((0, 64, 70), (os.EX_OK, os.EX_USAGE, os.EX_SOFTWARE))


class Events(ContentHandler):

    def __init__(self):
        self.seen = []

    def startPrefixMapping(self, prefix, uri):
        self.seen.append((prefix, uri))

    def endPrefixMapping(self, prefix):
        self.seen.append(prefix)

    def comment(self, text):
        self.seen.append(text)

    def startCDATA(self):
        self.seen.append('[')

    def endCDATA(self):
        self.seen.append(']')

    def startDTD(self, name, public, system):
        self.seen.append(name)

    def endDTD(self):
        self.seen.append('/')

    def startEntity(self, name):
        pass

    def endEntity(self, name):
        pass


class SaxTest(unittest.TestCase):

    def parsed(self, text, lexical):
        parser, events = xml.sax.make_parser(), Events()
        parser.setFeature(feature_namespaces, True)
        parser.setContentHandler(events)
        if lexical:
            parser.setProperty(property_lexical_handler, events)
            self.assertIs(events, parser.getProperty(property_lexical_handler))
        parser.parse(StringIO(text))
        return events.seen

    def test_lexical_handler(self):
        self.assertEqual(['a', '/', u' \xe9 ', '[', ']'],
                         self.parsed('<!DOCTYPE a><a><!-- \xc3\xa9 --><![CDATA[b]]></a>', True))

    def test_prefixes(self):
        self.assertEqual([(None, 'urn:b'), ('c', 'urn:d'), 'c', None],
                         self.parsed('<a xmlns="urn:b"><c:e xmlns:c="urn:d"/></a>', False))


# Where the tables have most to say; all of Unicode takes a minute.
CHARACTERS = [unichr(code) for first, last in ((0, 0x3500), (0xa000, 0xa100), (0xf800, 0x10500), (0x1d000, 0x1d800),
                                               (0x2f800, 0x2fa20), (0xe0000, 0xe0100)) for code in range(first, last)]


def digest(function):
    """A digest of what a function says of each of these characters."""
    said = hashlib.sha1()
    for character in CHARACTERS:
        said.update(function(character))
    return said.hexdigest()[:12]


TABLES = (('a1', '14da0d1fa44c'), ('b1', 'd52b1f2a8531'), ('c11', '69d7aa39ed3b'), ('c12', '1dd71efa2a54'),
    ('c11_c12', 'da3dfee6210b'), ('c21', '6e00f39c1fb8'), ('c22', '8f6a49cad72a'), ('c21_c22', '947cf2febdce'), ('c3',
    '9c841615fb52'), ('c4', '0ab4ba1532b2'), ('c6', 'dd017abb5226'), ('c7', '15ddefcf8908'), ('c8', '6b0427508916'),
    ('c9', '070227a7b6fd'), ('d1', '71c21ff4cc0d'), ('d2', '44cc77ddabfe'))
FOLDED = '4be64ea34963'
PROPERTIES = (('category', 'c5272fc200d2'), ('bidirectional', '29432f6940c8'), ('combining', '82251042dc12'),
    ('mirrored', 'af074216f9e8'))
FORMS = (('NFC', '3cef96589dd6'), ('NFD', '53818f102aa5'), ('NFKC', '370b3ec58804'), ('NFKD', 'bbe08eb40efd'))


class PickleTest(unittest.TestCase):

    def test_arguments_have_names(self):
        for protocol in 0, 1, 2, -1:
            text = cPickle.dumps(obj=[1, u'two'], protocol=protocol)
            first, second = cStringIO.StringIO(), cStringIO.StringIO()
            cPickle.dump([1, u'two'], first, protocol=protocol)
            cPickle.Pickler(second, protocol=protocol).dump([1, u'two'])
            for each in text, first.getvalue(), second.getvalue():
                self.assertEqual([1, u'two'], cPickle.loads(each))
                self.assertEqual(protocol in (2, -1), each.startswith('\x80\x02'))


class CollectorTest(unittest.TestCase):

    def test_it_can_be_told_to_pause(self):
        self.addCleanup(gc.enable)
        gc.disable()
        self.assertFalse(gc.isenabled())
        gc.enable()
        self.assertTrue(gc.isenabled())

    def test_finalizers_have_run(self):
        class Finalized(object):
            def __del__(self):
                ended.append(1)

        class Circle(object):
            pass

        ended = []
        for count in 1, 1000:
            del ended[:]
            for _ in range(count):
                Finalized()
            circle = Circle()
            circle.itself = circle
            found = weakref.ref(circle)
            circle = None
            self.assertTrue(gc.collect() >= 0)
            self.assertEqual((count, None), (len(ended), found()))
        self.assertRaises(ValueError, gc.collect, 3)

    @unittest.skipUnless(sys.platform.startswith('java'), 'it is a JVM that finalizes beside the program')
    def test_a_finalizer_that_hangs_is_waited_for_no_longer(self):
        class Hanging(object):
            def __del__(self):
                go_on.wait()

        go_on = threading.Event()
        self.addCleanup(go_on.set)
        Hanging()
        gc.collect()
        self.assertFalse(go_on.is_set())
        go_on.set()
        self.test_finalizers_have_run()

    @unittest.skipUnless(sys.platform.startswith('java'), 'it is a JVM that can be told to ignore collect()')
    def test_jvm_that_does_not_collect(self):
        subprocess.check_call(
            [sys.executable, '-c', 'import gc; gc._PATIENCE = 10 ** 9; assert gc.collect() == 0'],
            env=dict(os.environ, EURYALE_JAVA_OPTS='-XX:+DisableExplicitGC'))

    def test_thresholds(self):
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.assertEqual((700, 10, 10), gc.get_threshold())
        gc.set_threshold(500)
        self.assertEqual((500, 10, 10), gc.get_threshold())
        gc.set_threshold(1, 2, 3)
        self.assertEqual((1, 2, 3), gc.get_threshold())
        self.assertRaises(TypeError, gc.set_threshold)
        self.assertRaises(TypeError, gc.set_threshold, '1')
        self.assertRaises(TypeError, gc.set_threshold, 1, 2, 3, 4)


def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)


def failing():
    raise ValueError


def calling():
    recursive(10)
    try:
        failing()
    except ValueError:
        pass


class ProfileTest(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def counted(self, stats):
        """Calls of this module's functions, with the outermost ones, and who made them."""
        return dict((key[2], (of[1], of[0], dict((caller[2], by[:2]) for caller, by in of[4].items())))
                    for key, of in stats.items() if key[2] in ('recursive', 'failing', 'calling'))

    EXPECTED = {'calling': (1, 1, {}), 'failing': (1, 1, {'calling': (1, 1)}),
                'recursive': (177, 1, {'recursive': (176, 2), 'calling': (1, 1)})}

    def test_calls_are_counted(self):
        profile = cProfile.Profile()
        profile.enable()
        calling()
        profile.disable()
        calling()
        profile.create_stats()
        self.assertEqual(self.EXPECTED, self.counted(profile.stats))
        for _, _, own, whole, _ in profile.stats.values():
            self.assertTrue(0 <= own <= whole)
        times = dict((key[2], of[2:4]) for key, of in profile.stats.items())
        self.assertTrue(times['calling'][1] >= times['calling'][0] + times['recursive'][1] > 0)

    def test_runcall_and_the_file(self):
        path = os.path.join(self.directory, 'profile')
        profile = cProfile.Profile()
        self.assertEqual(55, profile.runcall(recursive, 10))
        profile.dump_stats(path)
        self.assertEqual((177, 1), self.counted(pstats.Stats(path).stats)['recursive'][:2])

    def test_an_error_ends_it(self):
        self.assertRaises(ValueError, cProfile.Profile().runcall, failing)
        self.assertIsNone(sys.getprofile())

    def test_command_line(self):
        program = os.path.join(self.directory, 'program.py')
        with open(program, 'w') as f:
            f.write('import sys\ndef f(): pass\nfor _ in range(12): f()\nprint sys.argv[1:]')
        said = subprocess.check_output([sys.executable, '-m', 'cProfile', '-s', 'calls', program, 'an', 'argument'])
        self.assertIn("['an', 'argument']", said)
        self.assertIn('       12 ', said)
        self.assertIn('program.py:2(f)', said)


class StringprepTest(unittest.TestCase):
    """The digests are CPython 2.7.18's."""

    def test_tables(self):
        for name, expected in TABLES:
            tells = getattr(stringprep, 'in_table_' + name)
            self.assertEqual(expected, digest(lambda c: '1' if tells(c) else '0'), name)

    def test_folding(self):
        for folded in stringprep.map_table_b2, stringprep.map_table_b3:
            self.assertEqual(FOLDED, digest(lambda c: (c if stringprep.in_table_a1(c) else folded(c)).encode('utf-8')))


class Unicode32Test(unittest.TestCase):
    """The digests are CPython 2.7.18's."""

    ucd = unicodedata.ucd_3_2_0

    def test_properties(self):
        for name, expected in PROPERTIES:
            tells = getattr(self.ucd, name)
            self.assertEqual(expected, digest(lambda c: str(tells(c))), name)

    def test_normalization(self):
        for form, expected in FORMS:
            self.assertEqual(expected, digest(lambda c: self.ucd.normalize(form, c).encode('utf-8')), form)

    def test_a_character_that_came_later(self):
        self.assertEqual('Cn', self.ucd.category(u'\u0221'))
        self.assertEqual(u'\u1e9e', self.ucd.normalize('NFKC', u'\u1e9e'))
        self.assertEqual('3.2.0', self.ucd.unidata_version)

    def test_what_is_refused(self):
        self.assertRaises(ValueError, self.ucd.normalize, 'NFX', u'a')
        self.assertRaises(TypeError, self.ucd.normalize, 'NFC', 'a')
        self.assertRaises(TypeError, self.ucd.category, u'ab')


class ForeignFunctionsTest(unittest.TestCase):
    """What programs look for by ctypes, which Jython has in part, and their other ways where it is not there."""

    def test_library_that_is_not_there(self):
        self.assertRaises(OSError, ctypes.CDLL, 'libnothing.so')
        self.assertRaises(OSError, ctypes.cdll.LoadLibrary, 'libnothing.so')

    def test_function_that_is_not_there(self):
        library = ctypes.CDLL(None)
        self.assertTrue(hasattr(library, 'getpid'))
        self.assertFalse(hasattr(library, 'nothing_of_that_name'))
        with self.assertRaises(AttributeError) as raised:
            library['nothing_of_that_name']
        self.assertIn('undefined symbol: nothing_of_that_name', str(raised.exception))

    def test_function(self):
        chdir = ctypes.CDLL(None).chdir
        chdir.argtypes = [ctypes.c_char_p]
        chdir.restype = ctypes.c_int
        self.assertEqual(-1, chdir('/nothing/of/that/name'))

    def test_uuid(self):
        """The module takes libuuid's functions if there is a ctypes.util, and needs create_string_buffer then."""
        self.assertEqual([1, 4], [make().version for make in (uuid.uuid1, uuid.uuid4)])
        self.assertEqual(200, len(set(make() for make in (uuid.uuid1, uuid.uuid4) for _ in range(100))))


class CachedModuleTest(unittest.TestCase):
    """A module that comes from the cache of compiled ones says of itself what it said when it was compiled."""

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        os.mkdir(os.path.join(self.directory, 'package'))
        for name in 'package/__init__.py', 'package/module.py':
            with open(os.path.join(self.directory, name), 'w') as source:
                source.write('names = 1\n')

    def test_file(self):
        code = ('import os, sys; sys.path.insert(0, %r); import package, package.module\n'
                'for m in package, package.module: print(os.path.splitext(os.path.basename(m.__file__))[0])'
                % self.directory)
        for _ in 'compiled', 'cached':
            told = subprocess.check_output([sys.executable, '-c', code])
            self.assertEqual(['__init__', 'module'], told.split())

if __name__ == '__main__':
    unittest.main()
