"""Child processes of Euryale's reactor, and of Twisted's own.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import os
import subprocess
import sys
import unittest

START = '''
import sys
__import__(%r, fromlist=['install']).install()
from twisted.internet import interfaces, protocol, reactor
assert interfaces.IReactorProcess.providedBy(reactor)
'''

PROGRAM = '''
class Child(protocol.ProcessProtocol):

    def say(self, *words):
        print(' '.join(map(str, words)))

    def connectionMade(self):
        self.transport.write(sys.argv[1])

    def childDataReceived(self, number, data):
        self.say(number, repr(data))

    def processExited(self, reason):
        self.say('exited', reason.value.exitCode, reason.value.signal)

    def processEnded(self, reason):
        self.say('ended', reason.value.exitCode, reason.value.signal)
        reactor.stop()

reactor.callWhenRunning(reactor.spawnProcess, Child(), sys.argv[2], sys.argv[3:], {'NAME': 'value'})
reactor.callLater(30, reactor.crash)
reactor.run()
'''

# Descriptors 3 and 5, and no 2 and 4.
MORE = '''
import os, socket
class Child(protocol.ProcessProtocol):

    data = {}

    def connectionMade(self):
        self.transport.writeToChild(5, 'words\\n')

    def childDataReceived(self, number, data):
        self.data[number] = self.data.get(number, '') + data

    def processEnded(self, reason):
        print reason.value.exitCode, sorted(self.data.items())
        reactor.stop()

reactor.callWhenRunning(reactor.spawnProcess, Child(), sys.argv[1], sys.argv[1:],
                        childFDs={0: 0, 1: 'r', 3: 'r', 5: 'w'})
reactor.callLater(30, reactor.crash)
reactor.run()
'''

OUR_CHILD = '''
import os
line = os.read(5, 100)
os.write(3, line.upper())
try:
    os.fstat(4)
except OSError as e:
    print e.errno
'''

TERMINAL = '''
class Child(protocol.ProcessProtocol):

    data = ''

    def outReceived(self, data):
        self.data += data
        if self.data.endswith('go on? '):
            self.transport.write('\\x03')

    def processEnded(self, reason):
        print self.data, reason.value.exitCode, reason.value.signal
        reactor.stop()

reactor.callWhenRunning(reactor.spawnProcess, Child(), '/bin/sh', sys.argv[1:], {}, usePTY=True)
reactor.callLater(30, reactor.crash)
reactor.run()
'''


USER = '''
import os
class Child(protocol.ProcessProtocol):

    data = ""

    def outReceived(self, data):
        self.data += data

    def processEnded(self, reason):
        print self.data + str(os.getuid())
        reactor.stop()

reactor.callWhenRunning(reactor.spawnProcess, Child(), sys.argv[1], sys.argv[1:], {}, uid=65534, gid=65533)
reactor.callLater(30, reactor.crash)
reactor.run()
'''

# The threads that wait for children begin when the first child has been reaped already, and a second one runs.
LATE = '''
import os, threading
from euryale import process
late = []

class Late(threading.Thread):

    def start(self):
        late.append(self)

class Threads(object):
    Thread = Late

process.threading = Threads

class Child(protocol.ProcessProtocol):

    def processEnded(self, reason):
        print 'exit status', reason.value.exitCode
        if len(late) < 2:
            self.again()
        else:
            reactor.stop()

    def again(self):
        waiter, = late
        try:
            os.waitpid(number, 0)
        except OSError as e:
            print os.strerror(e.errno)
        another = reactor.spawnProcess(Child(), '/bin/sh', ['sh', '-c', 'read line; exit 4'])
        threading.Thread.start(waiter)
        waiter.join()
        print waiter.getName() == 'wait for child %d' % number
        another.write('line\\n')

def begin():
    global number
    number = reactor.spawnProcess(Child(), '/bin/sh', ['sh', '-c', 'exit 3']).pid

reactor.callWhenRunning(begin)
reactor.callLater(30, reactor.crash)
reactor.run()
'''


class ProcessTest(unittest.TestCase):

    module = 'euryale.reactor'

    def output(self, program, *arguments):
        """What a program prints that a reactor of its own runs; it says nothing on standard error, and ends well."""
        program = subprocess.Popen([sys.executable, '-c', START % self.module + program] + list(arguments),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said, errors = program.communicate()
        self.assertEqual('', errors)
        self.assertEqual(0, program.returncode)
        return said

    def conversation(self, given, executable, *arguments):
        """What a reactor of its own says of a child, in order, but for the pieces in which data come."""
        lines = self.output(PROGRAM, given, executable, *arguments).splitlines()
        return sorted(lines[:-1]) + lines[-1:]

    def test_that_ends_by_itself_and_leaves_its_stdin_open(self):
        self.assertEqual(['exited 0 None', 'ended 0 None'], self.conversation('', 'sleep', 'sleep', '0.5'))

    def test_data_arguments_and_environment(self):
        script = 'read line; echo $0 $1 $NAME $line; echo bad >&2; exit 7'
        self.assertEqual(["1 'another one value given\\n'", "2 'bad\\n'", 'exited 7 None', 'ended 7 None'],
                         self.conversation('given\n', '/bin/sh', 'another', '-c', script, 'another', 'one'))

    def test_that_a_signal_ends(self):
        self.assertEqual(['exited None 15', 'ended None 15'],
                         self.conversation('', '/bin/sh', 'sh', '-c', 'sleep 0.2; kill -TERM $$'))
        self.assertEqual(['exited 143 None', 'ended 143 None'],
                         self.conversation('', '/bin/sh', 'sh', '-c', 'exit 143'))

    def test_that_is_reaped_before_its_thread_waits(self):
        self.assertEqual(['exit status 3', 'No child processes', 'True', 'exit status 4'], self.output(LATE).splitlines())

    def test_whose_stdin_a_process_of_its_own_keeps(self):
        self.assertEqual(['exited 0 None', 'ended 0 None'],
                         self.conversation('', '/bin/sh', 'sh', '-c', 'exec >&- 2>&-; sleep 1 <&0 & exit 0'))

    def test_that_there_is_not(self):
        said = self.conversation('', '/nowhere/to/be/found', 'x')
        self.assertEqual(['exited 1 None', 'ended 1 None'], said[-2:])
        self.assertIn('No such file', said[0])

    def test_descriptors_beyond_the_standard_streams(self):
        script = 'read line <&5; echo $line >&3; ls /proc/self/fd; exit 3'
        self.assertEqual("3 [(1, '0\\n1\\n2\\n3\\n5\\n'), (3, 'words\\n')]\n",  # ls opens the directory as its 2
                         self.output(MORE, '/bin/sh', '-c', script))

    def test_a_child_of_our_own_has_them_too(self):
        self.assertEqual("0 [(1, '9\\n'), (3, 'WORDS\\n')]\n",
                         self.output(MORE, sys.executable, '-c', OUR_CHILD))

    @unittest.skipIf(os.geteuid(), "for root")
    def test_another_user(self):
        said = self.output(USER, "/bin/sh", "-c", "id -u; id -g; id -G")
        self.assertEqual("65534\n65533\n65533\n0\n", said)

    def test_terminal(self):
        said = self.output(TERMINAL, 'sh', '-c', 'tty; [ $(ps -o tpgid= $$) = $$ ] && echo leads; '
                           'printf "go on? "; sleep 20')
        self.assertRegexpMatches(said, r'^/dev/pts/\d+\r\nleads\r\ngo on\? \^C None 2\n$')


class EpollProcessTest(ProcessTest):
    """posix_spawn in the place of fork, on Twisted's own reactor; see lib/compat/twisted_processes.py."""

    module = 'twisted.internet.epollreactor'


if __name__ == '__main__':
    unittest.main()
