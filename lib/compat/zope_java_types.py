"""What zope.interface finds out about a Java class is seen by every interpreter of the JVM.

implementedBy(cls) notes the interfaces on the class, as it does with a class of Python; but a Java class, which types
written in Java and java.lang.Object are, is one object in all interpreters, and each has interfaces of its own. Such
classes are noted here where those are that take no attributes: in BuiltinImplementationSpecifications.

Evidence: zope.interface.providedBy(java.util.ArrayList()); '__implemented__' in java.util.ArrayList.__dict__.
"""

from java.lang import Class


def is_faulty(declarations):
    return isinstance(Class, type)  # a Java class is a type


def repair(declarations):
    of_python = declarations.implementedBy
    known = declarations.BuiltinImplementationSpecifications

    def implementedBy(cls):
        if not isinstance(cls, Class):
            return of_python(cls)
        specification = known.get(cls)
        if specification is None:
            name = declarations._implements_name(cls)
            specification = declarations.Implements.named(name, *[implementedBy(base) for base in cls.__bases__])
            specification.inherit = cls
            known[cls] = specification
        return specification

    implementedBy.__doc__ = of_python.__doc__
    declarations.implementedBy = implementedBy
