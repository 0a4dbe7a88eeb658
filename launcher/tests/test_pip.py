"""pip, venv, and the launcher where the surroundings are poor. EURYALE_LONG=1 adds packages from the index."""

import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest
import zipfile

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EURYALE = os.environ.get('EURYALE', os.path.join(CHECKOUT, 'euryale'))
SECONDS = 900

GREETING = {
    'setup.py': "from setuptools import setup\n"
                "setup(name='greeting', version='1.0', py_modules=['greeting'],\n"
                "      entry_points={'console_scripts': ['greet = greeting:main']})\n",
    'greeting.py': "import sys\ndef main():\n    print 'hello', sys.argv[1:]\n",
}
NEEDS_C = {
    'setup.py': "from setuptools import setup, Extension\n"
                "setup(name='needs-c', version='1.0', py_modules=['needs_c'],\n"
                "      ext_modules=[Extension('_needs_c', ['needs_c.c'])])\n",
    'needs_c.py': '',
    'needs_c.c': 'int nothing;\n',
}
# What setup.py sees of the process that it thinks it is.
LOOKS = {
    'setup.py': "import os, subprocess, sys\nfrom setuptools import setup\n"
                "assert sys.argv[0] == os.path.abspath('setup.py') or sys.argv[0] == 'setup.py', sys.argv\n"
                "assert os.path.samefile(os.path.dirname(os.path.abspath(__file__)), os.getcwd())\n"
                "assert os.environ['LOOKS'] == 'yes'; os.environ['LOOKS'] = 'changed'\n"
                "assert subprocess.check_output([sys.executable, '-sE', '-u', '-c', 'import sys; print 6 * 7']) == '42\\n'\n"
                "assert subprocess.call([sys.executable, '-Es', '-c', 'raise SystemExit(7)']) == 7\n"
                "assert 'pip' not in sys.modules\n"
                "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
                "setup(name='looks', version='1.0', py_modules=['looks'])\n",
    'looks.py': '',
}
SECURE = {
    'setup.py': "from setuptools import setup\n"
                "setup(name='secure', version='1.0', py_modules=['secure'], install_requires=['pyOpenSSL>=19.0.0'])\n",
    'secure.py': "import pkg_resources\npkg_resources.require('secure')\nfrom OpenSSL import SSL\n",
}

# It bears the name of one that is installed without cryptography (without-packages.txt); the other is one like it.
WITHOUT = {
    'setup.py': "from setuptools import setup\n"
                "setup(name='Autobahn', version='1.0', py_modules=['road'],\n"
                "      install_requires=['cryptography>=2.7', 'greeting'])\n",
    'road.py': '',
}
NOT_WITHOUT = {
    'setup.py': "from setuptools import setup\n"
                "setup(name='other', version='1.0', py_modules=['other'], install_requires=['cryptography'])\n",
    'other.py': '',
}


def sdist(directory, name, files):
    top = '%s-1.0' % name
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(os.path.join(work, top))
        for file, text in {**files, 'PKG-INFO': 'Metadata-Version: 1.0\nName: %s\nVersion: 1.0\n' % name}.items():
            with open(os.path.join(work, top, file), 'w') as f:
                f.write(text)
        with tarfile.open(os.path.join(directory, top + '.tar.gz'), 'w:gz') as archive:
            archive.add(os.path.join(work, top), top)


def wheel(directory):
    info = 'farewell-1.0.dist-info/'
    metadata = ('Metadata-Version: 2.1\nName: farewell\nVersion: 1.0\nRequires-Python: >=2.7.9, <3\n'
                'Requires-Dist: nowhere; python_full_version < "2.7.9"\n')
    files = {
        'farewell/__init__.py': "word = 'bye'\n",
        'farewell/newer.py': 'async def f(): pass\n',
        'farewell/tests/__init__.py': '',
        info + 'METADATA': metadata,
        info + 'WHEEL': 'Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py2-none-any\n',
    }
    files[info + 'RECORD'] = ''.join('%s,,\n' % name for name in [*files, info + 'RECORD'])
    with zipfile.ZipFile(os.path.join(directory, 'farewell-1.0-py2-none-any.whl'), 'w') as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def run(*command, env=None, status=0):
    """What a command says; None in env takes a variable away."""
    environment = {k: v for k, v in {**os.environ, **(env or {})}.items() if v is not None}
    result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            timeout=SECONDS)
    if result.returncode != status:
        raise AssertionError('%s: exit status %d\n%s\n%s' % (command, result.returncode, result.stdout, result.stderr))
    return result


def listing(directory):
    return sorted(os.path.relpath(os.path.join(parent, name), directory)
                  for parent, _, names in os.walk(directory) for name in names)


class OfflineTest(unittest.TestCase):
    """Packages made here, installed without an index. pip itself comes from the user's cache, or into it."""

    @classmethod
    def setUpClass(cls):
        cls.directory = os.path.realpath(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.packages = os.path.join(cls.directory, 'packages')
        os.mkdir(cls.packages)
        sdist(cls.packages, 'greeting', GREETING)
        sdist(cls.packages, 'needs-c', NEEDS_C)
        sdist(cls.packages, 'looks', LOOKS)
        sdist(cls.packages, 'secure', SECURE)
        sdist(cls.packages, 'Autobahn', WITHOUT)
        sdist(cls.packages, 'other', NOT_WITHOUT)
        wheel(cls.packages)
        cls.data = os.path.join(cls.directory, 'data')
        cls.env = {'XDG_DATA_HOME': cls.data}
        run(EURYALE, 'pip', '--version', env=cls.env)
        cls.env.update(PIP_NO_INDEX='1', PIP_FIND_LINKS=cls.packages, PIP_CONFIG_FILE=os.devnull, PIP_NO_CACHE_DIR='1')

    def pip(self, *arguments, pip=(EURYALE, 'pip'), status=0, **env):
        return run(*pip, *arguments, env={**self.env, **env}, status=status)

    def test_install_use_uninstall(self):
        before = listing(self.data)
        self.pip('install', 'greeting', 'farewell')
        files = [os.path.basename(f) for f in listing(self.data) if f not in before]
        self.assertIn('greeting$py.class', files)
        self.assertNotIn('newer$py.class', files)
        # Compiled before it was installed, of which its time in whole seconds tells; and python takes that.
        module = os.path.join(self.data, 'euryale', 'Lib', 'site-packages', 'greeting')
        self.assertEqual(0, os.stat(module + '.py').st_mtime_ns % 10 ** 9)
        made = os.stat(module + '$py.class')
        script = os.path.join(self.data, 'euryale', 'bin', 'greet')
        self.assertEqual("hello ['you']\n", run(script, 'you', env=self.env).stdout)
        again = os.stat(module + '$py.class')
        self.assertEqual((made.st_ino, made.st_mtime_ns), (again.st_ino, again.st_mtime_ns))
        self.assertEqual('bye\n', run(EURYALE, '-c', 'import farewell, farewell.tests; print farewell.word',
                                      env=self.env).stdout)
        listed = self.pip('freeze', pip=(EURYALE, '-m', 'pip')).stdout
        self.assertIn('farewell==1.0', listed)
        self.assertIn('greeting==1.0', listed)
        self.pip('uninstall', '-y', 'greeting', 'farewell')
        self.assertEqual(before, listing(self.data))

    def test_module_in_c_is_told_in_a_line(self):
        requirements = os.path.join(self.directory, 'requirements.txt')
        with open(requirements, 'w') as f:
            f.write('farewell\nneeds-c\n')
        result = self.pip('install', '-r', requirements, status=2)
        self.assertEqual(1, result.stderr.count('\n'), result.stderr)
        self.assertIn('needs-c needs a C compiler: its module _needs_c', result.stderr)
        self.assertNotIn('Traceback', result.stdout + result.stderr)
        self.pip('install', 'needs-c', EURYALE_WITHOUT_C='needs_C')
        self.pip('uninstall', '-y', 'needs-c')

    def test_setup_py_sees_a_process_of_its_own(self):
        target = os.path.join(self.directory, 'target')
        self.pip('install', '--target', target, 'looks', LOOKS='yes')
        self.assertTrue(os.path.exists(os.path.join(target, 'looks.py')))

    def test_list(self):
        self.assertRegex(self.pip('list').stdout, r'(?m)^pip +20\.3\.4$')
        self.assertRegex(self.pip('list', '--outdated', '--format', 'json').stdout, r'^\[\]')

    def test_download(self):
        place = os.path.join(self.directory, 'downloaded')
        said = self.pip('download', '-d', place, 'farewell', 'greeting').stdout
        self.assertEqual(['farewell-1.0-py2-none-any.whl', 'greeting-1.0.tar.gz'], listing(place))
        self.assertIn('Successfully downloaded farewell greeting\n', said)

    def test_what_needs_pyopenssl_has_it(self):
        self.pip('install', 'secure')
        run(EURYALE, '-c', 'import secure', env=self.env)
        self.assertIn('pyOpenSSL==21.0.0', self.pip('freeze', '--all').stdout)
        self.pip('uninstall', '-y', 'secure')

    def test_what_a_package_does_without_is_not_required(self):
        self.pip('install', 'autobahn')
        self.assertRegex(self.pip('list').stdout, r'(?m)^greeting +1\.0$')
        self.assertIn('No broken requirements found', self.pip('check').stdout)
        self.assertIn('cryptography', self.pip('install', 'other', status=1).stderr)
        self.pip('uninstall', '-y', 'autobahn', 'greeting')

    def test_venv(self):
        venv = os.path.join(self.directory, 'with space', 'venv')
        run(EURYALE, 'venv', venv, env=self.env)
        python, scripts = os.path.join(venv, 'bin', 'python'), os.path.join(venv, 'bin')
        self.pip('install', 'greeting', pip=(os.path.join(scripts, 'pip'),))
        show = 'import sys, greeting; print sys.prefix; print sys.base_prefix != sys.prefix; print sys.executable'
        self.assertEqual('%s\nTrue\n%s\n' % (venv, python), run(python, '-c', show, env=self.env).stdout)
        self.assertEqual("hello ['you']\n", run(os.path.join(scripts, 'greet'), 'you', env=self.env).stdout)
        run(EURYALE, '-c', 'import greeting', env=self.env, status=1)
        # Where nothing can be written, what is there can be used.
        nowhere = os.path.join(self.packages, 'greeting-1.0.tar.gz', 'below a file')
        poor = {'XDG_CACHE_HOME': nowhere, 'XDG_DATA_HOME': nowhere}
        self.assertIn('greeting==1.0', self.pip('freeze', pip=(os.path.join(scripts, 'pip'),), **poor).stdout)

    def test_not_over_other_things(self):
        result = run(EURYALE, 'venv', self.packages, env=self.env, status=1)
        self.assertEqual(1, result.stderr.count('\n'), result.stderr)
        self.assertIn('is no venv', result.stderr)
        self.assertIn('usage', run(EURYALE, 'venv', env=self.env, status=2).stderr)


class PlainIndexTest(unittest.TestCase):
    """Index pages that are read without html5lib, and settings with which pip is fetched without pip."""

    def said(self, code, **env):
        environment = {name: None for name in os.environ if name.startswith('PIP_')}
        program = 'import sys; sys.path.insert(0, %r)\nfrom euryale_pip.plain_index import *\n%s' % (
            os.path.join(CHECKOUT, 'launcher', 'target', 'dist', 'commands', 'pip'), code)
        environment.update(env, PIP_CONFIG_FILE=os.devnull)
        return run(EURYALE, '-B', '-c', program, env=environment).stdout.splitlines()

    def test_links(self):
        self.assertEqual(["[('href', 'a-1.tar.gz#sha256=0')]", "[('data-requires-python', u'>=2.7'), ('href', u'b?x&y')]",
                          "['a-1.tar.gz', 'b']", 'None', 'None', 'None', '[]'], self.said('''
page = """<!DOCTYPE html>
<html><head><title>Links</title></head><body><h1>Links</h1>
<a href="a-1.tar.gz#sha256=0">a-1.tar.gz</a><br/>
<a data-requires-python="&gt;=2.7" href="b?x&amp;y">
 b </a><br />
</body></html>"""
for link in links(page): print sorted(link.items())
print [link.text for link in links(page)]
print links('<base href="/elsewhere/"><a href="a">a</a>')
print links('<a href="a">caf\\xe9</a>')
print links("<a href='a'>a</a>")
print links('<html></html>')
'''))

    def test_settings(self):
        show = 'try: print settings()\nexcept NotPlain as e: print "not", e'
        self.assertEqual(["('https://pypi.org/simple', None)"], self.said(show))
        self.assertEqual(["('https://mirror/simple', '/ca.pem')"],
                         self.said(show, PIP_INDEX_URL='https://mirror/simple', PIP_CERT='/ca.pem', PIP_TIMEOUT='9'))
        for setting in ({'PIP_PROXY': 'http://proxy'}, {'PIP_EXTRA_INDEX_URL': 'https://other'},
                        {'PIP_INDEX_URL': 'https://me:secret@mirror'}, {'PIP_FIND_LINKS': 'https://links'},
                        {'PIP_NO_INDEX': '1'}):
            with self.subTest(setting):
                self.assertTrue(self.said(show, **setting)[0].startswith('not '))


class PoorSurroundingsTest(unittest.TestCase):

    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)

    def starts(self, **env):
        result = run(EURYALE, '-c', 'import java.util, json; print 42', env=env)
        self.assertEqual(('42\n', ''), (result.stdout, result.stderr))

    def test_home_that_is_no_directory(self):
        file = os.path.join(self.directory, 'file')
        open(file, 'w').close()
        self.starts(HOME=file, XDG_CACHE_HOME=None, XDG_DATA_HOME=None)

    def test_no_home(self):
        self.starts(HOME=None, XDG_CACHE_HOME=None, XDG_DATA_HOME=None)

    def test_c_locale(self):
        name = os.path.join(self.directory, 'caf\u00e9.py')
        with open(name, 'w', encoding='utf-8') as f:
            f.write('import os, sys\nprint sys.argv[1:], os.path.basename(__file__), os.listdir(sys.path[0])\n'
                    'print len(open(__file__).read()) > 0\n')
        for env in {'LC_ALL': 'POSIX'}, {'LC_ALL': None, 'LC_CTYPE': None, 'LANG': 'C'}:
            with self.subTest(env):
                out = run(EURYALE, name, '\u00e9', env=env).stdout
                self.assertEqual("['\\xc3\\xa9'] caf\u00e9.py ['caf\\xc3\\xa9.py']\nTrue\n", out)


@unittest.skipUnless(os.environ.get('EURYALE_LONG'), 'needs the index and minutes')
class IndexTest(unittest.TestCase):
    """Released packages, unmodified, each in a venv of its own."""

    PACKAGES = {
        'requests==2.27.1': 'import requests',
        'waitress==1.4.4': 'import waitress',
        'medusa==0.5.4': 'import medusa.http_server',
        'supervisor==3.4.0': 'import supervisor.options',
        'Twisted==20.3.0': 'import twisted.application.internet, twisted.web.server',
    }

    def test_packages(self):
        directory = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        for requirement, use in self.PACKAGES.items():
            with self.subTest(requirement):
                venv = os.path.join(directory, requirement)
                run(EURYALE, 'venv', venv)
                run(os.path.join(venv, 'bin', 'pip'), 'install', requirement)
                run(os.path.join(venv, 'bin', 'python'), '-c', use)


if __name__ == '__main__':
    unittest.main()
