"""Children take and give descriptors that are ints.

Jython's subprocess couples a child's streams to Java objects, which fileno() returned there. An int,
or what a file's fileno() returns, becomes such an object here.

Evidence: CPython's test_subprocess test_stdin_filedes, test_stdout_filedes.
"""


def repair(module):
    from org.euryale.jython import IoFunctions
    stock = module.Popen._get_handles

    def handle(given):
        if given is None or given in (module.PIPE, module.STDOUT):
            return given
        if isinstance(given, (int, long)):
            return IoFunctions.raw(given)
        if hasattr(given, 'fileno'):
            number = given.fileno()
            if isinstance(number, (int, long)):
                return IoFunctions.raw(number)
        return given

    def _get_handles(self, stdin, stdout, stderr):
        out = handle(stdout)
        same = stderr is not None and stderr != module.STDOUT and stderr == stdout
        err = out if same else handle(stderr)
        return stock(self, handle(stdin), out, err)

    module.Popen._get_handles = _get_handles
