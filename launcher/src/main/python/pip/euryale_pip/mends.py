"""What is changed in pip, wheel and Jython's library while pip runs: when a module is imported (PEP 302), in memory.

The files stay as they were released. Each function has the fault that it mends.
"""

import os
import re
import sys

PARALLEL = 'pip._internal.utils.parallel'
HERE = os.path.dirname(os.path.abspath(__file__))


def children_in_this_jvm(module):
    """A JVM that starts takes seconds, and pip starts python for every setup.py."""
    from euryale_pip.children import Child
    stock = module.Popen

    class Popen(stock):
        def __new__(cls, *arguments, **options):
            child = Child.of(*arguments, **options) if cls is Popen else None
            return object.__new__(cls) if child is None else child

    module.Popen = Popen


def compiled_and_recorded(module):
    """pip compiles with compileall and then expects x.pyc; Jython writes x$py.class."""
    from euryale_pip.classes import compile_recorded
    stock = module.install_wheel

    def install_wheel(name, wheel_path, scheme, req_description, pycompile=True, **options):
        stock(name, wheel_path, scheme, req_description, pycompile=False, **options)
        if pycompile:
            import zipfile
            with zipfile.ZipFile(wheel_path) as archive:
                records = [n for n in archive.namelist() if n.count('/') == 1 and n.endswith('.dist-info/RECORD')]
            for root in sorted(set((scheme.purelib, scheme.platlib))):
                for record in records:
                    if os.path.exists(os.path.join(root, record)):
                        compile_recorded(os.path.join(root, record), root)

    module.install_wheel = install_wheel


def compiled_as_it_comes(module):
    """To compile takes long, and can go on while pip does other things."""
    stock = module.unpack_url

    def unpack_url(*arguments, **options):
        file = stock(*arguments, **options)
        if file is not None and file.path.endswith('.whl'):
            compile_ahead(file.path)
        return file

    module.unpack_url = unpack_url


def compiled_as_it_is_built(module):
    """As above."""
    stock = module._build_one

    def build_one(*arguments, **options):
        wheel = stock(*arguments, **options)
        if wheel:
            compile_ahead(wheel)
        return wheel

    module._build_one = build_one


def compile_ahead(wheel):
    """Begins to compile a wheel's modules. One that cannot be read is pip's to complain of."""
    from euryale_pip import classes
    from java.lang import Throwable
    try:
        classes.compile_ahead(wheel)
    except (Exception, Throwable):
        pass


def unpacked_once(module):
    """Jython's bz2 cannot go back, and begins anew: pip looks whether an archive is one, lists it, and unpacks it."""
    stock = module.TarFile.bz2open
    last = {}

    def bz2open(cls, name, mode='r', fileobj=None, compresslevel=9, **options):
        if mode != 'r' or fileobj is not None or os.path.getsize(name) > 32 << 20:
            return stock(name, mode, fileobj, compresslevel, **options)
        import bz2
        from cStringIO import StringIO
        status = os.stat(name)
        key = os.path.abspath(name), status.st_size, status.st_mtime
        try:
            content = last.pop(key) if key in last else None
            if content is None:
                content = bz2.BZ2File(name).read()
                last.clear()
                last[key] = content
            tar = cls.taropen(name, mode, StringIO(content), **options)
        except (IOError, EOFError):
            raise module.ReadError('not a bzip2 file')
        tar._extfileobj = False
        return tar

    module.TarFile.bz2open = classmethod(bz2open)


def listed_once(module):
    """Each line of a MANIFEST.in lists the tree anew, and files as if they were directories; nothing changes then."""
    stock = module.manifest_maker.run

    def run(self):
        import fnmatch
        from setuptools import glob
        names, trees = {}, {}
        before = glob.glob1, glob._rlistdir

        def listed(directory):
            if directory not in names:
                try:
                    place = directory or os.curdir
                    names[directory] = os.listdir(place) if os.path.isdir(place) else []
                except OSError:
                    names[directory] = []
            return names[directory]

        def glob1(directory, pattern):
            inside = listed(directory)
            return fnmatch.filter(inside, pattern) if inside else []

        def rlistdir(directory):
            if directory not in trees:
                tree = trees[directory] = []
                for name in listed(directory):
                    tree.append(name)
                    tree.extend(os.path.join(name, below) for below in rlistdir(os.path.join(directory, name)))
            return trees[directory]

        glob.glob1, glob._rlistdir = glob1, rlistdir
        try:
            stock(self)
        finally:
            glob.glob1, glob._rlistdir = before

    module.manifest_maker.run = run


def plain_pages(module):
    """html5lib takes seconds for an index page; most are lines of links and nothing else."""
    from euryale_pip.plain_index import links
    stock = module.html5lib

    class Html5lib(object):
        def __getattr__(self, name):
            return getattr(stock, name)

        def parse(self, content, **options):
            found = links(content)
            return stock.parse(content, **options) if found is None else Links(found)

    class Links(object):
        def __init__(self, found):
            self.found = found

        def findall(self, path):
            return self.found if path == './/a' else []

    module.html5lib = Html5lib()


def newest_python_2(module):
    """Jython counts its own releases after 2.7, and packages ask for 2.7.9: for the ssl and httplib that are there."""
    class Named(object):
        """A module that has other values for some names."""

        def __init__(self, stock, **others):
            self.__dict__.update(others)
            self.stock = stock

        def __getattr__(self, name):
            return getattr(self.stock, name)

    version = 2, 7, 18
    if hasattr(module, 'sys'):
        module.sys = Named(module.sys, version_info=version + tuple(module.sys.version_info[3:]))
    if hasattr(module, 'platform'):
        module.platform = Named(module.platform, python_version=lambda: '%d.%d.%d' % version,
                                python_version_tuple=lambda: tuple(map(str, version)))


def constraints_are_not_downloaded(module):
    """pip download takes each constraint for something to fetch, and stops at the first that nothing asked for."""
    stock = module.DownloadCommand.make_resolver

    def make_resolver(*arguments, **options):
        resolver = stock(*arguments, **options)
        resolve = resolver.resolve

        def asked_for(*arguments, **options):
            found = resolve(*arguments, **options)
            for name, requirement in list(found.requirements.items()):
                if requirement.constraint:
                    del found.requirements[name]
            return found

        resolver.resolve = asked_for
        return resolver

    module.DownloadCommand.make_resolver = staticmethod(make_resolver)


def not_required(module):
    """Some packages require one in C that they can do without here."""
    stock = module.Distribution.requires
    known = set(tuple(normal(name.strip()) for name in line.split(':')) for line in lines_of('without-packages.txt'))

    def requires(self, extras=()):
        return [r for r in stock(self, extras) if (normal(self.project_name), normal(r.project_name)) not in known]

    module.Distribution.requires = requires


class WithoutPools(object):
    """Jython has no multiprocessing. pip makes no pool on Python 2, but imports two."""

    NAMES = 'multiprocessing', 'multiprocessing.dummy'

    def __enter__(self):
        from types import ModuleType
        for name in self.NAMES:
            sys.modules[name] = ModuleType(name)
            sys.modules[name].Pool = None

    def __exit__(self, *raised):
        for name in self.NAMES:
            del sys.modules[name]


def shebangs(module):
    """distlib leaves out its way around long paths and spaces where os.name is not posix."""
    def _build_shebang(self, executable, post_interp):
        if ' ' not in executable and len(executable) + len(post_interp) + 3 <= 127:
            return '#!' + executable + post_interp + '\n'
        return "#!/bin/sh\n'''exec' \"" + executable + '"' + post_interp + ' "$0" "$@"\n\' \'\'\'\n'

    module.ScriptMaker._build_shebang = _build_shebang
    module.enquote_executable = lambda executable: executable


def one_line(module):
    """A package with a module in C is told in a line, without pip's traceback of what it did not expect."""
    from euryale_pip.children import NeedsCompiler

    class Filter(object):
        def filter(self, record):
            if record.exc_info and isinstance(record.exc_info[1], NeedsCompiler):
                record.msg, record.args, record.exc_info = str(record.exc_info[1]), (), None
            return True

    module.logger.addFilter(Filter())


def no_compiler(module):
    """Jython's compiler only warns that it compiles nothing; the package would be installed and fail at import."""
    from distutils.errors import CompileError

    def refuse(self, *arguments, **options):
        raise CompileError('modules in C cannot be built for Java')

    for name in 'preprocess', 'compile', 'create_static_lib', 'link':
        setattr(module.JythonCompiler, name, refuse)


def normal(name):
    """A distribution's name as the index compares it (PEP 503)."""
    return re.sub('[-_.]+', '-', name).lower()


def lines_of(file):
    """The lines of a file beside the constraints, without comments."""
    with open(os.path.join(os.path.dirname(HERE), file)) as f:
        lines = [line.split('#')[0].strip() for line in f]
    return [line for line in lines if line]


def works_without_c(name):
    """Whether a distribution is known to work without its modules in C, though its setup.py insists on them."""
    known = lines_of('without-c.txt') + os.environ.get('EURYALE_WITHOUT_C', '').replace(',', ' ').split()
    return ':all:' in known or normal(name) in map(normal, known)


def without_c(refused):
    """Leaves out modules in C where that is known to do, and notes the others (children.run)."""
    def mend(module):
        stock = module.build_ext.build_extension

        def build_extension(self, ext):
            from distutils.errors import CCompilerError
            if works_without_c(self.distribution.get_name()):
                self.announce('%s, a module in C, is left out' % ext.name, 2)
                return None
            try:
                return stock(self, ext)
            except CCompilerError:
                refused.append((self.distribution.get_name(), ext.name))
                raise

        module.build_ext.build_extension = build_extension
    return mend


def any_platform(module):
    """The platform tag has the JDK's whole version, and a wheel in pip's cache was lost at each update of the JDK.

    Nothing in it depends on the JDK: modules in C are never built.
    """
    stock = module.bdist_wheel.get_tag

    def get_tag(self):
        if self.root_is_pure or self.plat_name_supplied:
            return stock(self)
        return 'jy27', 'none', 'any'

    module.bdist_wheel.get_tag = get_tag


def mends(refused):
    """The module, and what mends it."""
    return {
        'subprocess': children_in_this_jvm,
        'pip._internal.operations.install.wheel': compiled_and_recorded,
        'pip._internal.operations.prepare': compiled_as_it_comes,
        'pip._internal.wheel_builder': compiled_as_it_is_built,
        'pip._internal.index.collector': plain_pages,
        'pip._internal.commands.download': constraints_are_not_downloaded,
        'pip._internal.models.target_python': newest_python_2,
        'pip._internal.resolution.legacy.resolver': newest_python_2,
        'pip._vendor.packaging.markers': newest_python_2,
        'pip._vendor.pkg_resources': not_required,
        'pip._internal.cli.base_command': one_line,
        'pip._vendor.distlib.scripts': shebangs,
        'setuptools.command.egg_info': listed_once,
        'tarfile': unpacked_once,
        'distutils.jythoncompiler': no_compiler,
        'distutils.command.build_ext': without_c(refused),
        'wheel.bdist_wheel': any_platform,
    }


class Finder(object):
    """On sys.meta_path: imports a module the usual way and then mends it."""

    def __init__(self, refused):
        self.mends = mends(refused)
        self.under_way = set()

    def find_module(self, name, path=None):
        """Itself for a module that it mends and that is being imported for the first time."""
        mended = name in self.mends or name == PARALLEL
        return self if mended and name not in self.under_way and name not in sys.modules else None

    def load_module(self, name):
        """PEP 302."""
        self.under_way.add(name)
        try:
            if name == PARALLEL:
                with WithoutPools():
                    __import__(name)
            else:
                __import__(name)
        finally:
            self.under_way.discard(name)
        module = sys.modules[name]
        if name in self.mends:
            self.mends[name](module)
        return module


def install(refused):
    """Mends this interpreter's modules: those that are there now, and the others when they come."""
    finder = Finder(refused)
    sys.meta_path.insert(0, finder)
    for name in finder.mends:
        if sys.modules.get(name) is not None:
            finder.mends[name](sys.modules[name])
