"""The CPython 2.7 that tests compare with."""

import os
import subprocess


def cpython():
    """A CPython 2.7: $EURYALE_CPYTHON27 (executable or prefix), python2.7 on the path, pyenv's."""
    given = os.environ.get('EURYALE_CPYTHON27', '')
    for candidate in (given, os.path.join(given, 'bin', 'python2.7'), 'python2.7',
                      os.path.expanduser('~/.pyenv/versions/2.7.18/bin/python2.7')):
        try:
            version = subprocess.Popen([candidate, '-c', 'import sys; print sys.version_info[:2]'],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE).communicate()[0]
        except OSError:
            continue
        if version.strip() == '(2, 7)':
            return candidate
    raise EnvironmentError('no CPython 2.7 to compare with: name one in EURYALE_CPYTHON27')
