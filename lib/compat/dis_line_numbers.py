"""dis.findlinestarts fails: code objects have no co_lnotab.

The lines come from the source instead: those on which the statements of the code's own body begin, in
their order, as CPython's table has them. In place of a bytecode's offset is the statement's number.
Code without source, or whose source has changed, has its first line alone.

Evidence: list(dis.findlinestarts((lambda: 0).__code__)); twisted.python.deprecate.warnAboutFunction.
"""

import ast
import linecache

# What begins a code object of its own: of these only the first line belongs to the body around them.
INNER = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)
NAMES = {ast.Lambda: '<lambda>', ast.GeneratorExp: '<genexpr>'}


def is_faulty(dis):
    return not hasattr(is_faulty.__code__, 'co_lnotab')


def first_line(node):
    """The line that co_firstlineno has: a decorated function begins with its first decorator."""
    return min([node.lineno] + [decorator.lineno for decorator in getattr(node, 'decorator_list', ())])


def of_code(tree, code):
    """The node of the tree that the code was compiled from, None if there is none."""
    if code.co_name == '<module>':
        return tree
    for node in ast.walk(tree):
        if isinstance(node, INNER) and getattr(node, 'name', NAMES.get(type(node))) == code.co_name:
            if code.co_firstlineno in (first_line(node), node.lineno):
                return node
    return None


def lines(node):
    """The lines of a node's own body, in the order of its statements and expressions."""
    waiting = list(node.body) if isinstance(getattr(node, 'body', None), list) else [node]
    while waiting:
        inner = waiting.pop(0)
        if hasattr(inner, 'lineno'):
            yield inner.lineno
        if inner is node or not isinstance(inner, INNER):
            waiting[:0] = list(ast.iter_child_nodes(inner))


def repair(dis):

    def findlinestarts(code):
        """(number, line) pairs of a code object: the lines that statements begin on, as they come."""
        source = ''.join(linecache.getlines(code.co_filename))
        try:
            node = of_code(ast.parse(source), code) if source else None
        except SyntaxError:
            node = None
        last = None
        for number, line in enumerate(lines(node) if node else [code.co_firstlineno]):
            if line != last:
                yield number, line
                last = line

    dis.findlinestarts = findlinestarts
