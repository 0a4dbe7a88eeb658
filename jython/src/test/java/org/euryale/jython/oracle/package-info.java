/**
 * Random sequences of socket calls, made once on {@link org.euryale.posix} and once on the C library of the machine,
 * which is the oracle: both have to say the same at every step.
 */
@NullMarked
package org.euryale.jython.oracle;

import org.jspecify.annotations.NullMarked;
