"""Brings pip, setuptools and wheel to the site, in the last versions that work with Python 2.7 on Java.

They are fetched once for a user from the index that pip's own settings name: as plain files where those are simple
(plain_index), else by the pip 19.1 that Jython's library holds. They are compiled while pip begins to work, and kept in
the user's cache. A site gets a copy of that.
"""

import glob
import os
import shutil
import sys
import tempfile

from java.io import File
from java.nio.file import Files, StandardCopyOption
from java.util.zip import ZipFile
from org.python.core import Py

from euryale_pip import children, classes, plain_index

PINS = ('pip==20.3.4', 'setuptools==44.1.1', 'wheel==0.33.6')

# Where pip of the old version would put things, and what it might use; not meant for a fetch of PINS.
NOT_FOR_BOOTSTRAP = ('PIP_USER', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_REQUIRE_VIRTUALENV', 'PIP_CONSTRAINT',
                     'PIP_REQUIREMENT', 'PIP_ONLY_BINARY', 'PIP_NO_BINARY', 'PIP_REQUIRE_HASHES', 'PIP_LOG')

SCRIPT = '#!/bin/sh\n# pip, run by Euryale.\nexec %s pip "$@"\n'
SCRIPTS = ('pip', 'pip2', 'pip2.7')


class Failed(Exception):
    """pip cannot be had; the text says why."""


def site_packages():
    """Where packages are installed."""
    return os.path.join(sys.prefix, 'Lib', 'site-packages')


def ensure():
    """Makes pip importable."""
    site = site_packages()
    if os.path.isfile(os.path.join(site, 'pip', '__init__.py')):
        if site not in sys.path:
            sys.path.append(site)
        return
    kept, fresh = cached()
    try:
        copy(kept, site)
    except EnvironmentError:
        sys.path.insert(0, kept)  # a site that is read only can still be listed
        site = kept
    if fresh:
        compile_both(kept, site)
    if site not in sys.path:
        sys.path.append(site)
    sys.path_importer_cache.clear()


def copy(kept, site):
    """Copies what the site has not."""
    if not os.path.isdir(site):
        os.makedirs(site)
    for name in sorted(os.listdir(kept)):
        source, target = os.path.join(kept, name), os.path.join(site, name)
        if os.path.exists(target) or name.endswith('.dist-info') and another(name, site):
            continue
        # pip comes last: what makes a site complete.
        part = target + '.part'
        if os.path.isdir(source):
            shutil.rmtree(part, True)
        copy_all(source, part)
        os.rename(part, target)


def copy_all(source, target):
    """Copies a file or a directory, with the times of files, which their classes know."""
    if os.path.isdir(source):
        os.mkdir(target)
        for name in os.listdir(source):
            copy_all(os.path.join(source, name), os.path.join(target, name))
    else:
        Files.copy(java_path(source), java_path(target), [StandardCopyOption.COPY_ATTRIBUTES])


def java_path(name):
    """A file's name for Java."""
    return File(Py.fileSystemDecode(name)).toPath()


def compile_both(kept, site):
    """Compiles the modules of kept and of site, its copy, while pip works. python compiles what pip imports first, so
    that this begins with what takes longest.
    """
    sources = [source for record in glob.glob(os.path.join(kept, '*.dist-info', 'RECORD'))
               for source in classes.record_classes(record)]
    sources.sort(key=lambda source: (not source.startswith('pip/'), -os.path.getsize(os.path.join(kept, source))))
    for source in sources:
        classes.later(compile_once, os.path.join(site, source), os.path.join(kept, source))


def compile_once(path, copied):
    """Compiles a module, unless python has done that when it imported it, and keeps its class beside its copy."""
    made = classes.compiled_name(path)
    if not os.path.exists(made) and os.path.exists(path):
        classes.compile_file(path)
    if path != copied and os.path.exists(made):
        copy_all(made, classes.compiled_name(copied))


def another(name, site):
    """Whether the site has a distribution of that name in whatever version."""
    return bool(glob.glob(os.path.join(site, name.split('-')[0] + '-*-info')))


def cache_directory():
    """The user's cache, or None where there is none to write to."""
    base = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    directory = os.path.join(base, 'euryale')
    try:
        if not os.path.isdir(directory):
            os.makedirs(directory)
        return directory if os.access(directory, os.W_OK) else None
    except EnvironmentError:
        return None


def cached():
    """The directory with PINS, made if it is not there; and whether its modules are still to be compiled."""
    directory = cache_directory()
    name = '-'.join(pin.replace('==', '-') for pin in PINS)
    if directory is not None and os.path.isdir(os.path.join(directory, name)):
        return os.path.join(directory, name), False
    work = tempfile.mkdtemp(prefix='pip-', dir=directory)
    made = os.path.join(work, 'made')
    if directory is None:
        import atexit
        atexit.register(shutil.rmtree, work, True)
    try:
        fetch(work)
        for wheel in glob.glob(os.path.join(work, 'wheels', '*.whl')):
            unpack(wheel, made)
        for record in glob.glob(os.path.join(made, '*.dist-info', 'RECORD')):
            info = os.path.dirname(record)
            with open(os.path.join(info, 'INSTALLER'), 'w') as f:
                f.write('pip\n')
            with open(record, 'a') as f:
                f.write('%s/INSTALLER,,\n' % os.path.basename(info))
            classes.record_classes(record)
    except BaseException:
        shutil.rmtree(work, True)
        raise
    if directory is not None:
        classes.afterwards(lambda: keep(made, os.path.join(directory, name), work))
    return made, True


def keep(made, target, work):
    """Gives what is compiled its name in the cache."""
    try:
        os.rename(made, target)
    except OSError:
        pass  # another process was faster
    shutil.rmtree(work, True)


def unpack(archive, directory):
    """Unpacks a zip, whose names are known to stay below the directory (the wheels of PINS, by their hashes or pip)."""
    with_zip = ZipFile(Py.fileSystemDecode(archive))
    try:
        for entry in with_zip.entries():
            target = os.path.join(directory, str(entry.getName()))
            if not os.path.isdir(os.path.dirname(target)):
                os.makedirs(os.path.dirname(target))
            if not entry.isDirectory():
                Files.copy(with_zip.getInputStream(entry), java_path(target), [])
    finally:
        with_zip.close()


def fetch(work):
    """Downloads PINS into work/wheels."""
    sys.stderr.write('euryale: fetching %s (once) ...\n' % ', '.join(PINS))
    os.mkdir(os.path.join(work, 'wheels'))
    if plain_index.fetch(PINS, os.path.join(work, 'wheels')):
        return
    bundled = os.path.join(os.path.dirname(os.__file__), 'ensurepip', '_bundled')
    old = os.path.join(work, 'old')
    for wheel in glob.glob(os.path.join(bundled, 'pip-*.whl')):
        unpack(wheel, old)
    environment = dict(os.environ, PYTHONPATH=old)
    for name in NOT_FOR_BOOTSTRAP:
        environment.pop(name, None)
    status, output = children.run(
        ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest',
         os.path.join(work, 'wheels')] + list(PINS), environment, work)
    if status:
        sys.stderr.write(output)
        raise Failed('pip itself could not be fetched from the index; its settings are those of pip '
                     '(PIP_INDEX_URL, PIP_FIND_LINKS, pip.conf, https_proxy)')


def write_scripts():
    """Makes PREFIX/bin/pip start us; pip itself writes there what runs it without us."""
    directory = os.path.join(sys.prefix, 'bin')
    text = SCRIPT % children.quoted(sys.executable)
    try:
        if os.path.isdir(site_packages()) and not os.path.isdir(directory):
            os.makedirs(directory)
        for name in SCRIPTS:
            path = os.path.join(directory, name)
            if os.path.isdir(os.path.join(site_packages(), 'pip')) and not same(path, text):
                if os.path.lexists(path):
                    os.remove(path)
                with open(path, 'w') as f:
                    f.write(text)
                os.chmod(path, 0o755)
    except EnvironmentError:
        pass  # a site that is read only


def same(path, text):
    """Whether a file has this text."""
    try:
        with open(path) as f:
            return f.read() == text
    except EnvironmentError:
        return False
