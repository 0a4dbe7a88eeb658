"""pip on Jython: the released pip, unmodified, and what it needs around it.

main      starts pip; brings it to the site first where it is missing (bootstrap)
mends     what is changed in modules when they are imported; the only place that knows pip's insides
children  setup.py and other children run in interpreters of this JVM
classes   modules are compiled when they are installed, and their classes recorded
"""
