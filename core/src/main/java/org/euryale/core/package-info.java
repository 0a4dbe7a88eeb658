/**
 * The prepared core: Jython's jar with faults of its Java classes mended. It is made from the released jar by the build,
 * on the machine that runs it, and is never distributed. Nothing of this package is there when a program runs.
 */
@NullMarked
package org.euryale.core;

import org.jspecify.annotations.NullMarked;
