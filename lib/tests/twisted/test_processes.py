"""Child processes of Euryale's reactor.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import subprocess
import sys
import unittest

PROGRAM = '''
import sys
from twisted.internet import protocol, reactor

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


def conversation(given, executable, *arguments):
    """What a reactor of its own says of a child, in order, but for the pieces in which data come."""
    lines = subprocess.check_output([sys.executable, '-c', PROGRAM, given, executable] + list(arguments)).splitlines()
    return sorted(lines[:-1]) + lines[-1:]


class ProcessTest(unittest.TestCase):

    def test_that_ends_by_itself_and_leaves_its_stdin_open(self):
        self.assertEqual(['exited 0 None', 'ended 0 None'], conversation('', 'sleep', 'sleep', '0.5'))

    def test_data_arguments_and_environment(self):
        script = 'read line; echo $0 $1 $NAME $line; echo bad >&2; exit 7'
        self.assertEqual(["1 'another one value given\\n'", "2 'bad\\n'", 'exited 7 None', 'ended 7 None'],
                         conversation('given\n', '/bin/sh', 'another', '-c', script, 'another', 'one'))

    def test_that_a_signal_ends(self):
        self.assertEqual(['exited None 15', 'ended None 15'],
                         conversation('', '/bin/sh', 'sh', '-c', 'sleep 0.2; kill -TERM $$'))
        self.assertEqual(['exited 143 None', 'ended 143 None'], conversation('', '/bin/sh', 'sh', '-c', 'exit 143'))

    def test_whose_stdin_a_process_of_its_own_keeps(self):
        self.assertEqual(['exited 0 None', 'ended 0 None'],
                         conversation('', '/bin/sh', 'sh', '-c', 'exec >&- 2>&-; sleep 1 <&0 & exit 0'))

    def test_that_there_is_not(self):
        said = conversation('', '/nowhere/to/be/found', 'x')
        self.assertEqual(['exited 1 None', 'ended 1 None'], said[-2:])
        self.assertIn('No such file', said[0])


if __name__ == '__main__':
    unittest.main()
