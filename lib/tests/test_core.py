"""Faults of Jython's Java core that the prepared core mends. What is said here holds on CPython 2.7, too."""

import __future__
import copy_reg
import cPickle
import functools
import gc
import os
import shutil
import string
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import types
import unittest
import warnings
from array import array
from collections import deque


class First:
    class Same:
        pass


class Second:
    class Same:
        pass


class ClassicClassTest(unittest.TestCase):
    """Classic classes are what they are, whatever their names."""

    def test_two_of_one_name_differ(self):
        self.assertFalse(First.Same == Second.Same)
        self.assertTrue(First.Same != Second.Same)
        self.assertNotEqual(0, cmp(First.Same, Second.Same))
        self.assertEqual(1, [Second.Same, First.Same].index(First.Same))
        self.assertEqual(2, len({First.Same: 1, Second.Same: 2}))

    def test_one_is_itself(self):
        self.assertTrue(First.Same == First.Same)
        self.assertFalse(First.Same != First.Same)
        self.assertEqual(0, cmp(First.Same, First.Same))

    def test_order_is_one(self):
        self.assertEqual(cmp(First.Same, Second.Same), -cmp(Second.Same, First.Same))
        self.assertEqual(First.Same < Second.Same, Second.Same > First.Same)

    def test_an_object_that_compares_itself_is_asked(self):
        class Any:
            def __eq__(self, other):
                return True
        self.assertTrue(Any() == First)
        self.assertTrue(First == Any())

    def test_both_are_bases(self):
        """A class with bases of one name: setuptools' build_ext has one."""
        class Base(First.Same, object):
            pass

        class Both(Base, Second.Same):
            pass
        self.assertEqual((Both, Base, First.Same, object, Second.Same), Both.__mro__)


class ExitTest(unittest.TestCase):
    """The text of sys.exit goes to standard error."""

    def ended(self, code):
        process = subprocess.Popen([sys.executable, '-c', 'import sys\n' + code],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, errors = process.communicate()
        return out, errors, process.returncode

    def test_text(self):
        self.assertEqual(('', 'no more\n', 1), self.ended('sys.exit("no more")'))

    def test_object(self):
        self.assertEqual(('', '[1, 2]\n', 1), self.ended('raise SystemExit([1, 2])'))

    def test_stream_of_the_program(self):
        self.assertEqual(('no more\n', '', 1), self.ended('sys.stderr = sys.stdout; sys.exit("no more")'))

    def test_standard_output_that_is_gone(self):
        for way in 'sys.stdout.close()', 'sys.stderr.close()', 'sys.stdout = None', 'del sys.stdout', 'print 1,; sys.stdout = 1':
            self.assertEqual(0, self.ended(way)[2], way)
        self.assertEqual(('', '', 3), self.ended('sys.stdout.close(); sys.exit(3)'))

    def test_a_module_that_closes_it(self):
        process = subprocess.Popen([sys.executable, '-m', 'json.tool'],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(('{\n    "a": 1\n}\n', ''), process.communicate('{"a": 1}'))
        self.assertEqual(0, process.returncode)

    def test_status(self):
        self.assertEqual(('', '', 3), self.ended('sys.exit(3)'))
        self.assertEqual(('', '', 0), self.ended('sys.exit(None)'))


class ImporterCacheTest(unittest.TestCase):
    """sys.path_importer_cache knows every entry of sys.path that was asked."""

    def test_directory(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, directory)
        sys.path.append(directory)
        self.addCleanup(sys.path.remove, directory)
        self.assertRaises(ImportError, __import__, 'there_is_no_such_module')
        self.assertIsNone(sys.path_importer_cache.get(directory, 'unknown'))


class FinishedGeneratorTest(unittest.TestCase):
    """A generator that has ended keeps nothing of what its function had."""

    @staticmethod
    def numbers():
        yield 1
        yield 2

    def test_by_a_loop(self):
        numbers = self.numbers()
        self.assertEqual([1, 2], [number for number in numbers])
        self.assertIsNone(numbers.gi_frame)
        self.assertEqual([], list(numbers))

    def test_by_next_and_by_close(self):
        numbers = self.numbers()
        self.assertEqual((1, 2), (next(numbers), next(numbers)))
        self.assertIsNotNone(numbers.gi_frame)
        self.assertRaises(StopIteration, next, numbers)
        self.assertIsNone(numbers.gi_frame)
        self.assertRaises(StopIteration, numbers.send, None)
        closed = self.numbers()
        next(closed)
        closed.close()
        self.assertIsNone(closed.gi_frame)
        closed.close()

    def test_by_what_it_raises(self):
        def failing():
            yield 1
            raise KeyError('two')

        generator = failing()
        self.assertEqual(1, next(generator))
        self.assertRaises(KeyError, next, generator)
        self.assertIsNone(generator.gi_frame)
        self.assertEqual([], list(generator))

    def test_one_that_was_dropped_within_a_try_still_ends_it(self):
        ended = []

        def trying():
            try:
                yield 1
            finally:
                ended.append(1)

        next(trying())
        patience = time.time() + 20
        while not ended and time.time() < patience:
            gc.collect()
            time.sleep(0.01)
        self.assertEqual([1], ended)


@unittest.skipUnless(sys.platform.startswith('java'), 'it is Jython that has this table')
class MethodCacheTest(unittest.TestCase):
    """Where types' attributes were found is remembered in places enough that two seldom share one."""

    def test_places(self):
        from java.lang import Class
        cls = Class.forName('org.python.core.PyType$MethodCache')

        def field(name, owner):
            found = cls.getDeclaredField(name)
            found.setAccessible(True)
            return found.get(owner)

        self.assertEqual(65536, field('table', field('methodCache', None)).length())


class FileReadTest(unittest.TestCase):
    """What is read is not looked at for characters that are no bytes; it has none."""

    def test_every_byte_by_every_way(self):
        text = ''.join(map(chr, range(256))) * 3
        with tempfile.TemporaryFile() as f:
            f.write(text)
            for read in f.read, f.readlines, lambda: list(f), lambda: list(iter(f.readline, '')):
                f.seek(0)
                got = read()
                self.assertEqual(text, ''.join(got))
                self.assertEqual(4 if isinstance(got, list) else len(text), len(got))
                self.assertEqual(text.decode('latin-1'), ''.join(got).decode('latin-1'))


class ReprTest(unittest.TestCase):

    def test_an_element_that_raised_once(self):
        """A container shows what is in it as soon as that can be shown, however often it could not."""
        class Element(object):
            broken = True

            def __repr__(self):
                if self.broken:
                    raise ValueError('not now')
                return 'element'

        element = Element()
        containers = [[element], {1: element}, {element: 1}, set([element]), frozenset([element]), deque([element]),
                      {1: element}.viewvalues(), [[element]]]
        for container in containers:
            for _ in range(2):
                self.assertRaises(ValueError, repr, container)
        element.broken = False
        self.assertEqual(['[element]', '{1: element}', '{element: 1}', 'set([element])', 'frozenset([element])',
                          'deque([element])', 'dict_values([element])', '[[element]]'], map(repr, containers))

    def test_names_of_an_object(self):
        class Element(object):
            def __repr__(self):
                raise ValueError('not now')

        class Holder(object):
            pass

        holder = Holder()
        holder.element = Element()
        self.assertRaises(ValueError, repr, vars(holder))
        holder.element = 1
        self.assertEqual("{'element': 1}", repr(vars(holder)))

    def test_what_holds_itself(self):
        loop, table = [1], {}
        loop.append(loop)
        table[1] = table
        self.assertEqual(('[1, [...]]', '{1: {...}}'), (repr(loop), repr(table)))
        self.assertEqual(('[1, [...]]', '{1: {...}}'), (repr(loop), repr(table)))

    def test_a_bound_method(self):
        class Shown(object):
            def __repr__(self):
                return 'its repr'

            def __str__(self):
                return 'its str'

            def method(self):
                pass

        self.assertEqual('<bound method Shown.method of its repr>', repr(Shown().method))
        self.assertEqual('<bound method Shown.method of its repr>', str(Shown().method))
        self.assertEqual('<unbound method Shown.method>', repr(Shown.method))


class FormatTest(unittest.TestCase):
    """What a mapping brings to a format is for one conversion."""

    class Mapping(object):
        def __getitem__(self, key):
            return key * 2

        def __repr__(self):
            return 'mapping'

    def test_enough(self):
        for expected, text, argument in [
                ('{1: 2}', '%s', {1: 2}), ('{} %', '%r %%', {}), ('1 2 1', '%(a)s %(b)s %(a)s', {'a': 1, 'b': 2}),
                ('{\'a\': 1} 1', '%s %(a)d', {'a': 1}), ('plain', 'plain', {'a': 1}), ('%', '%%', {}),
                ('aa bb mapping', '%(a)s %(b)s mapping', self.Mapping()), ('mapping', '%s', self.Mapping()),
                (u'1 None', u'%(a)s %(b)s', {'a': 1, 'b': None}), ('{} 1', '%s %s', ({}, 1)), ('  1', '%(a)3d', {'a': 1})]:
            self.assertEqual(expected, text % argument)

    def test_too_few(self):
        for text, argument in [
                ('%s %s', {1: 2}), (u'%s %s', {}), ('%(a)s %s', {'a': 1}), ('%s %r', self.Mapping()), ('%*d', {'a': 1}),
                ('%s %s', ({},))]:
            try:
                self.fail(text % argument)
            except TypeError as e:
                self.assertIn(str(e), ('not enough arguments for format string', '* wants int'))


class ThrownTest(unittest.TestCase):
    """What throw() brings into a generator passes through it, in the traceback as well."""

    def thrown(self, generator):
        """The functions in the traceback of an exception of another's that was thrown into a generator."""
        def other():
            raise ValueError('thrown')

        try:
            other()
        except ValueError:
            kind, value, tb = sys.exc_info()
        try:
            generator.throw(kind, value, tb)
        except ValueError:
            return [entry[2] for entry in traceback.extract_tb(sys.exc_info()[2])]

    def test_at_its_yield(self):
        def generator():
            yield

        waiting = generator()
        next(waiting)
        self.assertEqual(['thrown', 'generator', 'thrown', 'other'], self.thrown(waiting))

    def test_caught_and_raised_again(self):
        def generator():
            try:
                yield
            except ValueError:
                seen.extend(entry[2] for entry in traceback.extract_tb(sys.exc_info()[2]))
                raise

        seen = []
        waiting = generator()
        next(waiting)
        self.assertEqual(['thrown', 'generator', 'thrown', 'other'], self.thrown(waiting))
        self.assertEqual(['generator', 'thrown', 'other'], seen)

    def test_after_its_end(self):
        ended = iter(lambda: None, None)  # no generator
        self.assertFalse(hasattr(ended, 'throw'))
        generator = (each for each in ())
        self.assertEqual([], list(generator))
        self.assertEqual(['thrown', 'thrown', 'other'], self.thrown(generator))


class ExceptionMembersTest(unittest.TestCase):

    def test_what_nobody_has_set_is_none(self):
        class Silent(OSError):
            def __init__(self):
                pass

        class Wrong(SyntaxError):
            def __init__(self):
                pass

        silent = Silent()
        self.assertEqual((None, None, None, ''), (silent.errno, silent.strerror, silent.filename, str(silent)))
        self.assertEqual((None, None), (Wrong().lineno, Wrong().filename))
        silent.errno = 5
        self.assertEqual(5, silent.errno)

    def test_slots_of_a_program_are_as_ever(self):
        class Slotted(Exception):
            __slots__ = 'errno'

        self.assertRaises(AttributeError, getattr, Slotted(), 'errno')


class FieldsTest(unittest.TestCase):

    def test_a_field_without_a_name_has_none(self):
        self.assertEqual([('a', '', '', 's'), ('', '', '', None), ('', 'x.y[0]', '>{}', None), ('b', '0', '', None)],
                         list(string.Formatter().parse('a{!s}{}{x.y[0]:>{}}b{0}')))
        self.assertRaises(KeyError, string.Formatter().format, '{}', 1)

    def test_format_numbers_them(self):
        self.assertEqual(('12', '    1', '1 2'),
                         ('{}{}'.format(1, 2), '{:{}}'.format(1, 5), u'{.real} {.real}'.format(1, 2)))
        self.assertRaises(ValueError, '{0}{}'.format, 1, 2)


class DivisionTest(unittest.TestCase):

    def test_texts_of_a_division_by_zero(self):
        for text, operations in [
                ('division by zero', ('1 / 0', '10 ** 30 / 0', '1L / 0L', 'True / False')),
                ('float division by zero', ('1.0 / 0', '1 / 0.0', '0.0 / 0')),
                ('integer division or modulo by zero', ('1 // 0', '1 % 0', 'divmod(1, 0)')),
                ('long division or modulo by zero', ('10 ** 30 // 0', '1L % 0')),
                ('float divmod()', ('1.0 // 0', 'divmod(1.0, 0)')), ('float modulo', ('1.0 % 0',))]:
            for operation in operations:
                try:
                    self.fail(eval(compile(operation, '', 'eval', __future__.division.compiler_flag)))
                except ZeroDivisionError as e:
                    self.assertEqual((operation, text), (operation, str(e)))


class ArgumentsTest(unittest.TestCase):

    def test_they_can_be_a_tuple(self):
        self.addCleanup(setattr, sys, 'argv', sys.argv)
        sys.argv = ('program', '-x', 'file')
        self.assertEqual(('program', '-x', 'file'), tuple(sys.argv))


class PickledNamesTest(unittest.TestCase):
    """What is pickled by its name can be found by it."""

    def test_found(self):
        for each in (First, PickledNamesTest, os.path.join, len, int):
            for protocol in 0, 1, 2:
                self.assertIs(each, cPickle.loads(cPickle.dumps(each, protocol)))

    def test_not_found(self):
        class Local(object):
            pass

        def gone():
            pass

        gone.__module__ = Local.__module__ = 'no.such.module'
        self.assertRaises(TypeError, cPickle.dumps, gone)
        self.assertRaises(TypeError, cPickle.dumps, lambda: 0)
        self.refuses('import of module no.such.module failed', Local)
        Local.__module__ = __name__
        self.refuses('attribute lookup %s.Local failed' % __name__, Local)
        Local.__name__ = 'First'
        self.refuses("it's not the same object as %s.First" % __name__, Local)

    def refuses(self, end, value):
        with self.assertRaises(cPickle.PicklingError) as raised:
            cPickle.dumps([1, value])
        self.assertEqual("Can't pickle %r: %s" % (value, end), str(raised.exception))

    def test_copy_reg_is_asked(self):
        self.addCleanup(copy_reg.dispatch_table.pop, types.FunctionType)
        copy_reg.pickle(types.FunctionType, lambda function: (int, ('7',)))
        self.assertEqual(7, cPickle.loads(cPickle.dumps(lambda: 0)))
        self.assertIs(os.path.join, cPickle.loads(cPickle.dumps(os.path.join)))


class StructTest(unittest.TestCase):
    """struct unpacks all that has a buffer, and packs into it; numbers that are too large it refuses."""

    BYTES = b'\0\1\0\2\0\3'

    def test_unpack(self):
        for kind in str, unicode, bytearray, memoryview, buffer, lambda data: array('c', data), lambda data: array('b', data):
            for unpack in functools.partial(struct.unpack, '>3H'), struct.Struct('>3H').unpack:
                self.assertEqual((1, 2, 3), unpack(kind(self.BYTES)))
                self.assertRaises(struct.error, unpack, kind(self.BYTES[1:]))
        for unpack in functools.partial(struct.unpack, '>3H'), struct.Struct('>3H').unpack:
            self.assertRaises(struct.error, unpack, None)
            self.assertRaises(struct.error, unpack, 3)

    def test_unpack_from(self):
        for kind in str, bytearray, memoryview, buffer, lambda data: array('c', data), lambda data: array('h', data):
            for unpack in functools.partial(struct.unpack_from, '>H'), struct.Struct('>H').unpack_from:
                data = kind(self.BYTES)
                self.assertEqual([(1,), (2,), (3,), (2,)], [unpack(data)] + [unpack(data, at) for at in 2, 4, -4])
                for at in 5, 6, 7, 1000, -1, -7, -1000:
                    self.refuses(struct.error, 'unpack_from requires a buffer of at least 2 bytes', unpack, data, at)
        for unpack in functools.partial(struct.unpack_from, '>H'), struct.Struct('>H').unpack_from:
            self.refuses(TypeError, 'unpack_from() argument 1 must be string or buffer, not int', unpack, 3)

    def test_pack_into(self):
        for kind in bytearray, lambda data: array('c', data), lambda data: array('h', data):
            for pack in functools.partial(struct.pack_into, '>H'), struct.Struct('>H').pack_into:
                data = kind(self.BYTES)
                pack(data, 2, 0x6162)
                pack(data, -2, 0x6364)
                self.assertEqual(b'\0\1abcd', bytes(buffer(data)))
                for at in 5, 6, 1000, -1, -7, -1000:
                    self.refuses(struct.error, 'pack_into requires a buffer of at least 2 bytes', pack, data, at, 0)
                self.assertEqual(b'\0\1abcd', bytes(buffer(data)))
        data = bytearray(self.BYTES)
        struct.pack_into('>H', memoryview(data), 2, 0x6162)
        self.assertEqual(b'\0\1ab\0\3', bytes(data))
        for kind in str, memoryview, buffer:
            self.refuses(TypeError, 'argument must be read-write buffer, not %s' % type(kind(self.BYTES)).__name__,
                         struct.pack_into, '>H', kind(self.BYTES), 0, 1)

    def test_the_most_and_the_least(self):
        for size, formats in (1, 'bB'), (2, 'hH'), (4, 'iIlL'), (8, 'qQ'):
            for format in formats:
                least, most = (-1 << 8 * size - 1, (1 << 8 * size - 1) - 1) if format.islower() else (0, (1 << 8 * size) - 1)
                for order in '<>':
                    for number in least, least + 1, 0, 1, most - 1, most:
                        self.assertEqual((number,), struct.unpack(order + format, struct.pack(order + format, number)))
                        self.assertEqual((number,), struct.unpack(order + format, struct.pack(order + format, long(number))))
                    for number in least - 1, most + 1, -2 ** 31 - 1, 2 ** 70, -2 ** 70:
                        if not least <= number <= most:
                            self.assertRaises(struct.error, struct.pack, order + format, number)

    def test_what_is_said_of_large_numbers(self):
        for format, number, text in (
                ('b', 128, 'byte format requires -128 <= number <= 127'),
                ('B', -1, 'ubyte format requires 0 <= number <= 255'),
                ('>2h', -32769, "'h' format requires -32768 <= number <= 32767"),
                ('!H', 65536, "'H' format requires 0 <= number <= 65535"),
                ('<i', 2 ** 31, "'i' format requires -2147483648 <= number <= 2147483647"),
                ('<I', 2 ** 32, "'I' format requires 0 <= number <= 4294967295"),
                ('<L', 2 ** 63, "'L' format requires 0 <= number <= 4294967295"),
                ('<l', 2 ** 63, "integer out of range for 'l' format code"),
                ('B', 2 ** 63, "integer out of range for 'B' format code"),
                ('!H', -1, "integer out of range for 'H' format code"),
                ('q', 2 ** 63, "integer out of range for 'q' format code"),
                ('Q', 2 ** 64, "integer out of range for 'Q' format code")):
            self.refuses(struct.error, text, struct.pack, format, number, *[0] * format.count('2'))
        self.assertRaises(struct.error, struct.pack_into, '>H', bytearray(2), 0, 65536)

    def test_what_is_a_number(self):
        class Index(object):
            def __index__(self):
                return 7

        class Int(object):
            def __int__(self):
                return 8

        class Broken(object):
            def __index__(self):
                raise KeyError('broken')

        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter('always')
            self.assertEqual(b'\7\1\0\1', struct.pack('BBB?', Index(), True, False, Index()))
            self.assertEqual([], seen)
            self.assertEqual(b'\0\1\0\0\0\x08', struct.pack('>hi', 1.5, Int()))
        self.assertEqual([(DeprecationWarning, 'integer argument expected, got float'),
                          (DeprecationWarning, 'integer argument expected, got non-integer (implicit conversion using '
                                               '__int__ is deprecated)')],
                         [(each.category, str(each.message)) for each in seen])
        for wrong in None, 'a', object(), []:
            self.refuses(struct.error, 'cannot convert argument to integer', struct.pack, 'i', wrong)
        self.assertRaises(KeyError, struct.pack, 'i', Broken())

    def test_truth(self):
        for order in '', '@', '=', '<', '>', '!':
            self.assertEqual(b'\1\0\1\0', struct.pack(order + '4?', 5, 0, 'a', None))
            self.assertEqual('(False, True, True)', repr(struct.unpack(order + '3?', b'\0\1\x80')))
            self.assertEqual(3, struct.calcsize(order + 'B2?'))

    def test_nothing(self):
        self.assertEqual((b'', (), (), 0), (struct.pack(''), struct.unpack('', b''), struct.unpack_from('', b''), struct.calcsize('')))

    def refuses(self, kind, text, function, *arguments):
        with self.assertRaises(kind) as raised:
            function(*arguments)
        self.assertEqual(text, str(raised.exception))


class SubmodulesTest(unittest.TestCase):
    """That a package has no module of a name is remembered, once the name was found elsewhere (import.c's mark_miss)."""

    def test_none_is_remembered(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        os.mkdir(os.path.join(directory, 'parcel'))
        for name, text in (('__init__', ''), ('inner', 'import stat, inner2\n'), ('inner2', ''),
                           ('late', 'def load():\n    import errno\n    return errno\n'),
                           ('wrong', 'import neither_here_nor_there\n'),
                           ('absolute', 'from __future__ import absolute_import\nimport pickle\nfrom . import inner\n')):
            with open(os.path.join(directory, 'parcel', name + '.py'), 'w') as f:
                f.write(text)
        sys.path.append(directory)
        self.addCleanup(sys.path.remove, directory)
        from parcel import absolute
        from parcel import inner
        from parcel import late
        self.assertRaises(ImportError, __import__, 'parcel.wrong')
        self.assertEqual(late.load(), late.load())
        known = dict((name, sys.modules[name] is None) for name in sys.modules if name.startswith('parcel.'))
        for name in known:
            del sys.modules[name]
        self.assertEqual({'parcel.absolute': False, 'parcel.inner': False, 'parcel.inner2': False, 'parcel.late': False,
                          'parcel.stat': True, 'parcel.errno': True}, known)


CO_FUTURE_DIVISION = 0x2000


def empty_class(name):
    """A class file of Java's, public and with nothing in it (The Java Virtual Machine Specification, 4.1)."""
    def text(value):
        return struct.pack('>BH', 1, len(value)) + value
    constants = text(name) + struct.pack('>BH', 7, 1) + text('java/lang/Object') + struct.pack('>BH', 7, 3)
    return struct.pack('>IHHH', 0xcafebabe, 0, 52, 5) + constants + struct.pack('>HHHHHHH', 0x21, 2, 4, 0, 0, 0, 0)


class CodeFlagsTest(unittest.TestCase):
    """Each code has the flags of its own."""

    def test_flags(self):
        def generator(*rest, **named):
            yield 1

        def plain():
            pass
        self.assertEqual([0x2c, 0], [each.__code__.co_flags & 0x2c for each in (generator, plain)])
        divided = compile('1 / 2', '', 'eval', CO_FUTURE_DIVISION)
        plainly = compile('1 / 2', '', 'eval', 0, True)
        self.assertEqual([CO_FUTURE_DIVISION, 0], [each.co_flags & CO_FUTURE_DIVISION for each in (divided, plainly)])
        self.assertEqual([0.5, 0], [eval(divided), eval(plainly)])


@unittest.skipUnless(sys.platform.startswith('java'), 'it is Jython that imports Java packages')
class JavaPackagesTest(unittest.TestCase):
    """Java's packages are searched for modules whose names may be one."""

    def test_packages_are_found(self):
        from java import math
        import java.util.concurrent
        import org.euryale.jython
        self.assertEqual('3', str(math.BigInteger('3')))
        self.assertEqual('<java package java.util.concurrent', repr(java.util.concurrent)[:34])
        self.assertRaises(ImportError, __import__, 'java.nothing')
        self.assertRaises(ImportError, __import__, 'nothing.java')

    def test_class_in_a_directory(self):
        """Also after it was looked for in vain."""
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        sys.path.append(directory)
        self.addCleanup(sys.path.remove, directory)
        self.assertRaises(ImportError, __import__, 'PlainJavaClass')
        with open(os.path.join(directory, 'PlainJavaClass.class'), 'wb') as f:
            f.write(empty_class('PlainJavaClass'))
        import PlainJavaClass
        self.assertEqual('PlainJavaClass', PlainJavaClass.__name__)

    def test_other_names_may_be_none(self):
        from org.euryale.jython import JavaPackages
        self.assertEqual(['java', 'java.nothing', 'org', 'org.euryale'],
                         [name for name in ('java', 'java.nothing', 'jav', 'orga.b', 'o', 'os', 'org', 'org.euryale',
                                            'distutils.stat', 'stat.java') if JavaPackages.mayHave(name)])

    def test_import_of_another_name_lists_none(self):
        code = '''if True:
            import sys
            from java.lang import Thread
            from java.lang.management import ManagementFactory
            sys.path[:] = []
            def fail():
                for number in range(100):
                    try:
                        __import__('nothing%d' % number)
                    except ImportError:
                        pass
            def allocated():
                return ManagementFactory.getThreadMXBean().getThreadAllocatedBytes(Thread.currentThread().getId())
            fail()
            before = allocated()
            fail()
            print (allocated() - before) / 100
            '''
        # A list of the packages takes above 100,000 bytes.
        self.assertLess(int(subprocess.check_output([sys.executable, '-c', code])), 50000)


class RecursionTest(unittest.TestCase):
    """What is too deep for the stack is an error of the program's, and no more than that."""

    PROGRAM = '''if True:
        import sys
        class Shown(object):
            def __repr__(self):
                return self.shown()
            def shown(self):
                return self.shown()
        class Named(object):
            def __getattr__(self, name):
                return getattr(self, name)
        def nested(depth, value):
            for _ in xrange(depth):
                value = [value]
            return value
        def shown(value):
            return repr(value)
        def frames():
            frame, names = sys._getframe(1), []
            while frame is not None:
                names.append(frame.f_code.co_name)
                frame = frame.f_back
            return names
        def in_finally(value):
            try:
                repr(value)
            finally:
                print frames()
        def fails(function, *arguments):
            try:
                function(*arguments)
            except RuntimeError as e:
                print str(e)[:32], frames()
        fails(shown, nested(100000, None))
        for depth in range(1000, 9000, 1000):
            fails(shown, nested(depth, Shown()))
        fails(repr, nested(100000, None))
        fails(in_finally, nested(100000, Shown()))
        fails(getattr, Named(), 'name')
        def too_deep(number):
            return too_deep(number + 1)
        fails(too_deep, 0)
        sys.exit(0)
        '''

    def test_nothing_is_left_of_it(self):
        program = subprocess.Popen([sys.executable, '-c', self.PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        failed = "maximum recursion depth exceeded ['fails', '<module>']"
        expected = 10 * [failed] + ["['in_finally', 'fails', '<module>']"] + 3 * [failed]
        self.assertEqual(expected, program.communicate()[0].splitlines())
        self.assertEqual(0, program.returncode)

    def test_where_warnings_are_errors(self):
        code = '''if True:
            def shown(value):
                return repr(value)
            value = None
            for _ in xrange(100000):
                value = [value]
            try:
                shown(value)
            except RuntimeError as e:
                print type(e).__name__
            '''
        self.assertEqual('RuntimeError\n', subprocess.check_output([sys.executable, '-W', 'error', '-c', code]))


if __name__ == '__main__':
    unittest.main()
