package org.euryale.dropin;

import java.util.Properties;
import org.python.core.JythonInitializer;
import org.python.core.PySystemState;
import org.python.core.adapter.ExtensiblePyObjectAdapter;

/** As most are: knows of no other. */
public final class SelfishInitializer implements JythonInitializer {
    @Override
    public void initialize(
            Properties pre, Properties post, String[] argv, ClassLoader loader, ExtensiblePyObjectAdapter adapter) {
        PySystemState.doInitialize(pre, post, argv, loader, adapter);
    }
}
