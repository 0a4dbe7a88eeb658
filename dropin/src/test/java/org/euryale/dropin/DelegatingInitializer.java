package org.euryale.dropin;

import java.util.Properties;
import org.euryale.jython.Initializer;
import org.python.core.JythonInitializer;
import org.python.core.adapter.ExtensiblePyObjectAdapter;

/** Offers a builtin module, and Euryale's as well: whichever of the two jars comes first. */
public final class DelegatingInitializer implements JythonInitializer {
    @Override
    public void initialize(
            Properties pre, Properties post, String[] argv, ClassLoader loader, ExtensiblePyObjectAdapter adapter) {
        String before = post.getProperty("python.modules.builtin");
        post.setProperty("python.modules.builtin", (before == null ? "" : before + ",") + "others:java.lang.Object");
        new Initializer().initialize(pre, post, argv, loader, adapter);
    }
}
