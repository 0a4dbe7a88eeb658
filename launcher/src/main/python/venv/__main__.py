"""euryale venv DIR: a directory with a python and packages of its own.

Links to the launcher, which finds pyvenv.cfg beside the link's directory, as CPython 3's (PEP 405). pip comes
with its first use.
"""

import os
import sys

PYTHONS = ('euryale', 'python', 'python2', 'python2.7')
PIP = '#!/bin/sh\n# pip, run by Euryale.\nexec %s pip "$@"\n'


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith('-'):
        sys.stderr.write('usage: euryale venv DIR\n')
        return 0 if arguments in (['-h'], ['--help']) else 2
    directory = os.path.abspath(arguments[0])
    if os.path.isdir(directory) and os.listdir(directory) and not os.path.exists(os.path.join(directory, 'pyvenv.cfg')):
        sys.stderr.write('euryale: %s is there, is not empty and is no venv\n' % directory)
        return 1
    if not sys.executable:
        sys.stderr.write('euryale: a venv is made by the script euryale, not by java -jar\n')
        return 1
    try:
        make(directory, os.path.realpath(sys.executable))
    except EnvironmentError as e:
        sys.stderr.write('euryale: %s\n' % e)
        return 1
    return 0


def make(directory, launcher):
    scripts = os.path.join(directory, 'bin')
    for needed in scripts, os.path.join(directory, 'Lib', 'site-packages'):
        if not os.path.isdir(needed):
            os.makedirs(needed)
    for name in PYTHONS:
        link = os.path.join(scripts, name)
        if os.path.lexists(link):
            os.remove(link)
        os.symlink(launcher, link)
    for name in 'pip', 'pip2', 'pip2.7':
        path = os.path.join(scripts, name)
        with open(path, 'w') as f:
            f.write(PIP % ("'%s'" % os.path.join(scripts, 'python').replace("'", "'\\''")))
        os.chmod(path, 0o755)
    with open(os.path.join(directory, 'pyvenv.cfg'), 'w') as f:
        f.write('home = %s\ninclude-system-site-packages = false\nversion = %s\n'
                % (os.path.dirname(launcher), sys.version.split()[0]))


sys.exit(main(sys.argv[1:]))
