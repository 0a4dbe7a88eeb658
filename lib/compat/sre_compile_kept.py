"""Regular expressions are compiled by Python code, which takes a JVM that has just started milliseconds for each.

What modules compile while they are imported is kept in the user's cache, from one start to the next.

Evidence: `import re; re.compile` of what the standard library and Twisted compile was a tenth of a start of twistd's.
"""

from org.euryale.jython import CompiledPatterns


def repair(sre_compile):
    compiled = sre_compile.compile
    patterns = sre_compile._sre = CompiledPatterns(sre_compile._sre)
    kept = patterns.kept

    def compile(p, flags=0):
        return kept(p, flags) or compiled(p, flags)

    sre_compile.compile = compile
