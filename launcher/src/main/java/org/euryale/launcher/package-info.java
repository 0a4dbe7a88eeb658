/** The command line: {@code euryale run FILE}, and all that {@code python} takes. */
@NullMarked
package org.euryale.launcher;

import org.jspecify.annotations.NullMarked;
