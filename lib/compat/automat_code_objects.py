"""Code objects have no co_stacksize, co_code, co_consts, co_names and co_lnotab, and cannot be made.

Jython's code is a method of a Java class, so there is nothing they could say. Automat makes a code
object that is the same but for the name, which only tracebacks show; here the function gets the name.

Evidence: hasattr((lambda: 0).__code__, 'co_stacksize') is False; automat.MethodicalMachine().input()
decorates no method; twisted.application.internet.ClientService.
"""

import types


def is_faulty(introspection):
    return not hasattr(introspection.preserveName.__code__, 'co_stacksize')


def repair(introspection):

    def preserveName(function):
        def decorator(decorated):
            renamed = types.FunctionType(decorated.__code__, decorated.__globals__, function.__name__,
                                         decorated.__defaults__, decorated.__closure__)
            renamed.__dict__.update(decorated.__dict__)
            return renamed
        return decorator

    introspection.preserveName = preserveName
