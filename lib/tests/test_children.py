"""Child processes get descriptors, and subprocess behaves as CPython 2.7's on Linux: lib/compat/subprocess_children.py.

What CPython's own test_subprocess asks is asked by the conformance run.
"""

import errno
import os
import platform
import select
import signal
import subprocess
import tempfile
import time
import unittest

PIPE = subprocess.PIPE
IS_JYTHON = platform.python_implementation() == 'Jython'


def started(*arguments, **named):
    """A child without the descriptors of ours that CPython's would inherit, other ends of its own pipes among them."""
    named.setdefault('close_fds', True)
    return subprocess.Popen(*arguments, **named)


class StreamsTest(unittest.TestCase):

    def test_a_file_is_the_childs_own(self):
        # The child writes by itself, at the offset that it shares with us, also into a file without a name.
        with tempfile.TemporaryFile() as f:
            f.write('head\n')
            f.flush()
            self.assertEqual(0, subprocess.call(['echo', 'hello'], stdout=f))
            os.write(f.fileno(), 'tail\n')
            f.seek(0)
            self.assertEqual('head\nhello\ntail\n', f.read())

    def test_a_pipe_of_ours(self):
        r, w = os.pipe()
        child = started(['cat'], stdin=r, stdout=PIPE)
        os.close(r)
        os.write(w, 'through')
        os.close(w)
        self.assertEqual(('through', None), child.communicate())

    def test_a_pipe_whose_other_end_a_child_has_is_not_hung_up(self):
        r, w = os.pipe()
        child = started(['sh', '-c', 'read line; echo late'], stdin=PIPE, stdout=w)
        os.close(w)
        poller = select.poll()
        poller.register(r, select.POLLIN)
        self.assertEqual([], poller.poll(0))
        child.stdin.write('go\n')
        child.stdin.close()
        self.assertEqual('late\n', os.read(r, 100))
        self.assertEqual('', os.read(r, 100))
        self.assertEqual([(r, select.POLLHUP)], poller.poll())
        self.assertEqual(0, child.wait())
        os.close(r)

    def test_one_childs_output_is_anothers_input(self):
        first = started(['echo', 'a\nb'], stdout=PIPE)
        second = started(['sort', '-r'], stdin=first.stdout, stdout=PIPE)
        first.stdout.close()
        self.assertEqual('b\na\n', second.communicate()[0])
        self.assertEqual(0, first.wait())

    def test_its_pipes_in_select_poll_and_epoll(self):
        child = started(['sh', '-c', 'read line; echo $line; echo err >&2'],
                        stdin=PIPE, stdout=PIPE, stderr=PIPE)
        self.assertEqual(([], [child.stdin], []), select.select([child.stdout, child.stderr], [child.stdin], [], 0))
        poll = select.poll()
        epoll = select.epoll()
        for stream in child.stdout, child.stderr:
            poll.register(stream, select.POLLIN)
            epoll.register(stream, select.EPOLLIN)
        self.assertEqual([], poll.poll(0))
        self.assertEqual([], epoll.poll(0))
        child.stdin.write('line\n')
        child.stdin.flush()
        expected = [child.stdout.fileno(), child.stderr.fileno()]
        while len(poll.poll()) < 2:
            pass
        self.assertEqual(sorted(expected), sorted(fd for fd, _ in epoll.poll()))
        self.assertEqual(sorted(expected), sorted(select.select(expected, [], [])[0]))
        self.assertEqual(('line\n', 'err\n'), child.communicate())
        epoll.close()

    def test_much_data_both_ways(self):
        data = ''.join(chr(i % 251) for i in range(1 << 20))
        for has_poll in True, False:
            subprocess._has_poll = has_poll
            self.addCleanup(setattr, subprocess, '_has_poll', True)
            child = started(['cat'], stdin=PIPE, stdout=PIPE, stderr=PIPE)
            out, err = child.communicate(data)
            self.assertTrue(out == data)
            self.assertEqual(('', 0), (err, child.returncode))

    def test_closing_its_input_is_its_end_of_file(self):
        child = started(['cat'], stdin=PIPE, stdout=PIPE)
        child.stdin.write('all')
        child.stdin.close()
        self.assertEqual('all', child.stdout.read())
        self.assertEqual(0, child.wait())

    def test_it_has_nothing_but_its_streams(self):
        kept = open(os.devnull), os.pipe()
        for close_fds in (False, True) if IS_JYTHON else (True,):  # CPython's inherit the others
            child = started('echo /proc/self/fd/*', shell=True, close_fds=close_fds, stdout=PIPE)
            numbers = [int(os.path.basename(name)) for name in child.communicate()[0].split()]
            # The shell opens the directory for the pattern, below 10.
            self.assertTrue(set(numbers) <= set(range(4)), numbers)
        del kept

    def test_nothing_is_left_open(self):
        subprocess.call(['true'])
        before = os.listdir('/proc/self/fd')
        for _ in range(3):
            self.assertRaises(OSError, subprocess.Popen, ['/nonexistent'], stdin=PIPE, stdout=PIPE, stderr=PIPE)
            started(['true'], stdin=PIPE, stdout=PIPE, stderr=PIPE).communicate()
        self.assertEqual(len(before), len(os.listdir('/proc/self/fd')))


class EndTest(unittest.TestCase):

    def test_signals_and_statuses(self):
        self.assertEqual(137, subprocess.call('exit 137', shell=True))
        for act, number in (('terminate', signal.SIGTERM), ('kill', signal.SIGKILL)):
            child = subprocess.Popen(['sleep', '60'])
            getattr(child, act)()
            self.assertEqual(-number, child.wait())

    def test_who_has_been_waited_for_is_lost(self):
        child = subprocess.Popen(['sh', '-c', 'exit 3'])
        self.assertEqual((child.pid, 3 << 8), os.waitpid(child.pid, 0))
        self.assertEqual(0, child.wait())

    def test_ignored_children(self):
        before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGCHLD, before)
        self.assertEqual(0, subprocess.call(['sh', '-c', 'exit 3']))

    def test_a_handler_runs_while_it_is_waited_for(self):
        ran = []
        before = signal.signal(signal.SIGALRM, lambda number, frame: ran.append(number))
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        child = subprocess.Popen(['cat'], stdin=PIPE)

        def close(number, frame):
            ran.append(number)
            child.stdin.close()

        signal.signal(signal.SIGALRM, close)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        self.assertEqual(0, child.wait())
        self.assertEqual([signal.SIGALRM], ran)

    def test_system_and_popen_tell_as_wait(self):
        self.assertEqual(3 << 8, os.system('exit 3'))
        self.assertEqual(9, os.system('kill -9 $$'))
        self.assertEqual(42 << 8, os.popen('exit 42').close())
        with tempfile.NamedTemporaryFile() as f:
            pipe = os.popen('cat > ' + f.name, 'w')
            pipe.write('text')
            self.assertEqual(None, pipe.close())
            self.assertEqual('text', f.read())


class StartTest(unittest.TestCase):

    def failure(self, *arguments, **keywords):
        with self.assertRaises(OSError) as raised:
            subprocess.Popen(*arguments, **keywords)
        return raised.exception.errno

    def test_what_cannot_be_started(self):
        self.assertEqual(errno.ENOENT, self.failure(['nonexistent-program']))
        self.assertEqual(errno.ENOENT, self.failure(['true'], cwd='/nonexistent'))
        self.assertEqual(errno.ENOTDIR, self.failure(['true'], cwd='/etc/passwd'))
        self.assertEqual(errno.EACCES, self.failure(['/etc/passwd']))
        self.assertRaises(TypeError, subprocess.Popen, ['tr\0ue'])
        self.assertRaises(ValueError, subprocess.Popen, ['true'], env={'A=B': 'c'})

    @unittest.skipUnless(IS_JYTHON, 'CPython forks')
    def test_nothing_of_ours_runs_in_the_child(self):
        with self.assertRaises(ValueError) as raised:
            subprocess.Popen(['true'], preexec_fn=lambda: None)
        self.assertIn('preexec_fn', str(raised.exception))

    def test_bytes_stay_as_they_are(self):
        argument = '\xff\xfe caf\xc3\xa9'
        child = subprocess.Popen(['sh', '-c', 'printf %s "$0$X"', argument], stdout=PIPE,
                                 env={'X': '\x80', 'PATH': os.environ['PATH']})
        self.assertEqual(argument + '\x80', child.communicate()[0])

    def test_the_working_directory_is_the_interpreters(self):
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir('/usr')
        self.assertEqual('/usr\n', subprocess.check_output(['pwd']))
        self.assertEqual('/usr/bin\n', subprocess.check_output(['pwd'], cwd='bin'))


if __name__ == '__main__':
    unittest.main()
