"""A statement that begins with a string in triple quotes is complete to codeop where the string still goes on.

A console, Twisted's manhole for instance, then drops what was typed instead of asking for more.

Evidence: codeop.compile_command("'''") is a code object; CPython's is None.
"""

import tokenize


def is_faulty(codeop):
    return codeop.compile_command("'''") is not None


def repair(codeop):
    compile_command = codeop.compile_command
    call = codeop.CommandCompiler.__call__.im_func

    def compiled(source, filename='<input>', symbol='single'):
        code = compile_command(source, filename, symbol)
        return None if code is not None and goes_on(source) else code

    def called(self, source, filename='<input>', symbol='single'):
        code = call(self, source, filename, symbol)
        return None if code is not None and goes_on(source) else code

    for function, original in (compiled, compile_command), (called, call):
        function.__name__, function.__doc__ = original.__name__, original.__doc__
    codeop.compile_command = compiled
    codeop.CommandCompiler.__call__ = called


def goes_on(source):
    """Whether the source ends within a string in triple quotes."""
    if "'''" not in source and '"""' not in source:
        return False
    lines = iter(source.splitlines(True))
    try:
        for _ in tokenize.generate_tokens(lambda: next(lines, '')):
            pass
    except tokenize.TokenError as e:
        return 'string' in e.args[0]        # The other is a statement that goes on.
    except IndentationError:
        pass
    return False
