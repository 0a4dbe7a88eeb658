"""Children that are this python run in interpreters of this JVM (org.euryale.launcher.Interpreter).

pip starts python two or three times for each package that has a setup.py, and a JVM that starts takes
seconds. Popen (mends) asks here first; what is not our own python, or is wanted in a way that an
interpreter cannot give, is a process as ever.
"""

import os
import subprocess
import sys
from cStringIO import StringIO

from java.io import ByteArrayOutputStream
from org.euryale.launcher import Interpreter

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# given is what run() passes; the child's path is its own again before it does anything else.
BEGIN = """
import sys
sys.path.insert(0, %r)
from euryale_pip import child
del sys.path[0]
child.main(given)
""" % HERE

# What a child could not compile, as (distribution, module): shared by all the interpreters of this JVM.
refused = []


class NeedsCompiler(BaseException):
    """A package has a module in C. Not an Exception, so that pip does not try the next way of building it."""


def quoted(word):
    """A word for sh."""
    return "'" + word.replace("'", "'\\''") + "'"


def run(arguments, environment, directory, error=None):
    """(exit status, output) of python with these arguments; standard error is in the output, too, or in error."""
    before = len(refused)
    out = ByteArrayOutputStream()
    status = Interpreter.run(BEGIN, {'arguments': list(arguments), 'environment': environment, 'refused': refused},
                             directory, out, out if error is None else error)
    if status and len(refused) > before:
        name, module = refused[-1]
        raise NeedsCompiler('%s needs a C compiler: its module %s is written in C, which cannot be built for Java '
                            '(EURYALE_WITHOUT_C=%s installs the rest)' % (name, module, name))
    return status, out.toString('ISO-8859-1').encode('latin-1')


class Child(object):
    """What Popen is to its caller: the interpreter runs when something of it is asked for."""

    def __init__(self, arguments, stdout, stderr, directory, environment):
        self.pid = os.getpid()
        self.returncode = None
        self.stdin = StringIO()
        self._arguments, self._directory, self._environment = arguments, directory, environment
        self._stdout, self._stderr = stdout, stderr
        self._out = self._err = None
        if stdout != subprocess.PIPE:
            self.wait()

    @staticmethod
    def of(args, bufsize=0, executable=None, stdin=None, stdout=None, stderr=None, preexec_fn=None, close_fds=False,
           shell=False, cwd=None, env=None, universal_newlines=False, startupinfo=None, creationflags=0):
        """A Child for Popen's arguments, or None for what has to be a process."""
        if shell or executable or preexec_fn or isinstance(args, basestring) or args[0] != sys.executable:
            return None
        if stdin not in (None, subprocess.PIPE) or stdout not in (None, subprocess.PIPE):
            return None
        if stderr not in (None, subprocess.PIPE, subprocess.STDOUT):
            return None
        environment = dict(os.environ if env is None else env)
        return Child([str(a) for a in args[1:]], stdout, stderr, os.path.abspath(cwd or os.getcwd()), environment)

    def wait(self):
        """The exit status."""
        if self.returncode is None:
            error = None if self._stderr == subprocess.STDOUT else ByteArrayOutputStream()
            self.returncode, out = run(self._arguments, self._environment, self._directory, error)
            err = error.toString('ISO-8859-1').encode('latin-1') if error is not None else ''
            if self._stdout is None:
                sys.stdout.write(out)
                out = ''
            if self._stderr is None:
                sys.stderr.write(err)
                err = ''
            self._out, self._err = StringIO(out), StringIO(err)
        return self.returncode

    poll = wait

    def communicate(self, input=None):
        """(standard output, standard error), None for what was not asked for."""
        self.wait()
        return (self._out.read() if self._stdout == subprocess.PIPE else None,
                self._err.read() if self._stderr == subprocess.PIPE else None)

    @property
    def stdout(self):
        if self._stdout != subprocess.PIPE:
            return None
        self.wait()
        return self._out

    @property
    def stderr(self):
        if self._stderr != subprocess.PIPE:
            return None
        self.wait()
        return self._err

    def kill(self):
        """Nothing: it has ended, or not begun."""

    terminate = kill
